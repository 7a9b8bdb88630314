"""The folder is the registry: what lies in it is a type, and all of it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import StrictUndefined

import provisioner.resources
from provisioner.account.templates import environment
from provisioner.resource_type import Kind, ResourceType, Shape
from provisioner.resources import resource_types

FOLDER = Path(provisioner.resources.__file__).parent
TYPES = resource_types()
each_type = pytest.mark.parametrize("resource_type", TYPES.values(), ids=TYPES)


def test_every_module_is_a_type_and_has_a_template() -> None:
    modules = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    templates = {path.name.removesuffix(".xml.j2") for path in FOLDER.glob("*.j2")}
    assert modules == templates == TYPES.keys()


def test_nothing_else_lies_in_the_folder() -> None:
    names = {path.name for path in FOLDER.iterdir()} - {"__pycache__", "__init__.py"}
    assert names == {f"{name}{ending}" for name in TYPES for ending in (".py", ".xml.j2")}


def test_the_registry_is_read_once_and_cannot_be_written_to() -> None:
    assert resource_types() is TYPES
    with pytest.raises(TypeError, match="does not support item assignment"):
        TYPES["site"] = TYPES["sms"]  # type: ignore[index]  # that is the point


def test_parents_stand_before_what_is_part_of_them() -> None:
    names = list(TYPES)
    for resource_type in TYPES.values():
        if resource_type.parent:
            assert names.index(resource_type.parent) < names.index(resource_type.name)


@each_type
def test_what_a_type_names_is_there(resource_type: ResourceType) -> None:
    named = {*resource_type.after, *resource_type.needs, *resource_type.holds}
    named |= {resource_type.parent} - {""}
    named |= {row.refers_to for row in resource_type.fields if row.kind is Kind.REFERENCE}
    assert named <= TYPES.keys()
    assert set(resource_type.needs) <= set(resource_type.after)
    for beside in (*resource_type.after, *resource_type.holds):
        assert TYPES[beside].parent == resource_type.parent
    assert {row.group for row in resource_type.fields} - {""} == resource_type.groups.keys()
    for kind in resource_type.kinds:
        assert kind.fields.keys() <= {row.name for row in resource_type.fields}


@each_type
def test_every_row_can_be_read_and_explained(resource_type: ResourceType) -> None:
    names = [row.name for row in resource_type.fields]
    assert len(set(names)) == len(names)
    for row in resource_type.fields:
        assert row.title
        assert row.fixed or row.description
        assert row.elements or resource_type.shape in (Shape.BLOCKS, Shape.MEMBERSHIP)
        assert bool(row.refers_to) == (row.kind is Kind.REFERENCE)


@each_type
def test_a_named_type_has_all_that_finding_it_needs(resource_type: ResourceType) -> None:
    is_named = resource_type.shape is Shape.NAMED
    assert bool(resource_type.collection) == is_named
    assert bool(resource_type.list_answer) == is_named
    assert bool(resource_type.id_elements) == is_named
    assert ("name" in [row.name for row in resource_type.fields if row.elements]) == is_named


def test_templates_escape_and_fail_on_what_is_not_there() -> None:
    jinja = environment()
    assert jinja.autoescape is True
    assert jinja.undefined is StrictUndefined


@each_type
def test_a_path_speaks_only_of_the_resource_and_what_it_is_part_of(
    resource_type: ResourceType,
) -> None:
    own = {resource_type.name, *ancestors(resource_type)}
    calls = (
        resource_type.create,
        resource_type.update,
        resource_type.replace,
        resource_type.delete,
    )
    paths = [resource_type.item, *(call.path for call in calls if call)]
    assert {name for path in paths for name in re.findall(r"{(\w+)}", path)} <= own


def ancestors(resource_type: ResourceType) -> Iterator[str]:
    if resource_type.parent:
        yield resource_type.parent
        yield from ancestors(TYPES[resource_type.parent])
