"""Names for what a recipe leaves blank, for whoever makes variables of it."""

from __future__ import annotations

from itertools import chain, count

from provisioner.planning.recipe import Recipe

OF_THE_ACCOUNT = ("BW_API_URL", "BW_TOKEN", "BW_USERNAME", "BW_PASSWORD")
"""What a recipe names its account and credentials, and therefore nothing else."""


def credential_names(recipe: Recipe) -> tuple[str, ...]:
    return ("BW_TOKEN",) if recipe.by_token else ("BW_USERNAME", "BW_PASSWORD")


def variable_names(recipe: Recipe) -> dict[str, str]:
    """A name for each blank's mark, such as SITE_RALEIGH_ID.

    None is given twice but to the places of one secret, and none of `OF_THE_ACCOUNT` is given.
    """
    names: dict[str, str] = {}
    owners = dict.fromkeys(OF_THE_ACCOUNT, "")
    for mark, blank in recipe.blanks.items():
        words = blank.name or " ".join((blank.address.type, *blank.address.path, blank.kind))
        name = "".join(each if each.isascii() and each.isalnum() else "_" for each in words).upper()
        name = f"_{name}" if name[:1].isdigit() else name
        owner = blank.name or mark
        numbered = (f"{name}_{number}" for number in count(2))
        names[mark] = next(
            each for each in chain((name,), numbered) if owners.setdefault(each, owner) == owner
        )
    return names
