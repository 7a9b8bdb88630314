"""Names for what a recipe leaves blank, for whoever makes variables of it."""

from __future__ import annotations

from provisioner.planning.recipe import Recipe


def credential_names(recipe: Recipe) -> tuple[str, ...]:
    return ("BW_TOKEN",) if recipe.by_token else ("BW_USERNAME", "BW_PASSWORD")


def variable_names(recipe: Recipe) -> dict[str, str]:
    """A name for each blank's mark, such as SITE_RALEIGH_ID; none twice."""
    names: dict[str, str] = {}
    taken: dict[str, str] = {}
    for mark, blank in recipe.blanks.items():
        words = blank.name or " ".join((blank.address.type, *blank.address.path, blank.kind))
        name = "".join(each if each.isascii() and each.isalnum() else "_" for each in words).upper()
        name = f"_{name}" if name[:1].isdigit() else name
        # One secret may have several places; anything else is one of its own.
        owner = blank.name or mark
        if taken.setdefault(name, owner) != owner:
            name = f"{name}_{len(names) + 1}"
        names[mark] = name
    return names
