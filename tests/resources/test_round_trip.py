"""For every resource type: the body rendered and read back gives the same attributes.

The names of the elements stand in the rows of a type and in its template. This holds them together.
"""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.account.items import read_attributes
from provisioner.account.templates import environment, render
from provisioner.account.xml import Element, find, parse, text_at, to_bytes
from provisioner.block_kinds import BlockKind
from provisioner.model import Address, Secret, Value
from provisioner.resource_type import Field, Kind, ResourceType, Shape, block_kind
from provisioner.resources import resource_types

JINJA = environment()
TYPES = resource_types()
BY_ORDERS = (Shape.BLOCKS, Shape.MEMBERSHIP)
READ_BACK = [each for each in TYPES.values() if each.shape not in BY_ORDERS]
BY_NAME = {kind.name: kind for kind in TYPES["numbers"].kinds}
COUNTED = [
    (TYPES["numbers"], each) for each in BY_NAME.values() if each.name != "telephone_numbers"
]

TARGET = Address("application", ("Alerts & Co",))
IDS = {TARGET: "d775585a-ed5b-4a49-8b96-f68c0a993ebe"}
PATH_IDS = {"site": "13651", "sippeer": "540341"}
REFERRED = {server_id: address for address, server_id in IDS.items()}

# What XML can carry (no control characters), as the spec gives it (no space around it).
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("<&>\"' é漢🎉"),
    max_size=30,
).map(str.strip)


def values(row: Field) -> st.SearchStrategy[Value]:
    match row.kind:
        case Kind.BOOLEAN:
            return st.booleans()
        case Kind.INTEGER:
            return st.integers(row.minimum, row.maximum)
        case Kind.REFERENCE:
            return st.just(TARGET)
        case Kind.SECRET:
            return texts.map(lambda text: Secret(row.name, text))
        case Kind.CHOICES:
            chosen = st.sets(st.sampled_from(row.choices), min_size=1)
            return chosen.map(lambda each: tuple(sorted(each)))
        case Kind.TEXT | Kind.NUMBERS:
            return texts.map(row.normalise)


@st.composite
def attributes_of(draw: st.DrawFn, resource_type: ResourceType) -> dict[str, Value]:
    """What a spec could say: a group that is there has its required members."""
    groups = {"", *(group for group in resource_type.groups if draw(st.booleans()))}
    declared = {
        row.name: draw(values(row))
        for row in resource_type.spec_fields
        if row.group in groups and (row.required or draw(st.booleans()))
    }
    return without_parts(resource_type, declared)


def without_parts(resource_type: ResourceType, attributes: Mapping[str, Value]) -> dict[str, Value]:
    """What stands for several, instead of each of them."""
    groups = {
        resource_type.field_named(part).group
        for row in resource_type.spec_fields
        if row.name in attributes
        for part in row.instead
    }
    return {
        name: value
        for name, value in attributes.items()
        if resource_type.field_named(name).group not in groups
    }


def everything(resource_type: ResourceType) -> dict[str, Value]:
    """A value for every field that can be beside the others, each different where it is a text."""
    values = {row.name: some_value(row) for row in resource_type.spec_fields}
    return without_parts(resource_type, values)


def in_parts(resource_type: ResourceType) -> dict[str, Value]:
    """The parts in place of what stands for them, with their groups."""
    groups = {row.group for row in resource_type.spec_fields if row.instead and row.group}
    return {
        row.name: some_value(row)
        for row in resource_type.spec_fields
        if not row.instead and row.group not in groups
    }


def some_value(row: Field) -> Value:
    text = f"<{row.name}>"
    others: dict[Kind, Value] = {
        Kind.BOOLEAN: True,
        Kind.REFERENCE: TARGET,
        Kind.SECRET: Secret("S", text),
        Kind.CHOICES: tuple(sorted(row.choices)),
    }
    return others.get(row.kind, text)


def assert_reads_back(resource_type: ResourceType, attributes: Mapping[str, Value]) -> None:
    body = render(JINJA, resource_type, attributes, IDS, PATH_IDS)
    read = read_attributes(parse(to_bytes(body)), resource_type, REFERRED)
    fixed = {row.name: row.fixed for row in resource_type.fields if row.fixed}
    readable = {
        name: resource_type.field_named(name).normalise(value) if isinstance(value, str) else value
        for name, value in attributes.items()
        if not isinstance(value, Secret)
    }
    expected = readable | fixed
    parts = {part for row in resource_type.fields if row.name in expected for part in row.instead}
    wholes = {row.name for row in resource_type.fields if {*row.instead} & expected.keys()}
    assert {name: read[name] for name in read.keys() - (parts | wholes)} == {
        name: expected[name] for name in expected.keys() - (parts | wholes)
    }
    assert {name: read[name] for name in expected} == expected


@pytest.mark.parametrize("resource_type", READ_BACK, ids=lambda each: each.name)
def test_a_body_with_every_field_reads_back(resource_type: ResourceType) -> None:
    assert_reads_back(resource_type, everything(resource_type))


@pytest.mark.parametrize("resource_type", READ_BACK, ids=lambda each: each.name)
def test_a_body_with_every_part_reads_back(resource_type: ResourceType) -> None:
    assert_reads_back(resource_type, in_parts(resource_type))


@pytest.mark.parametrize("resource_type", READ_BACK, ids=lambda each: each.name)
@given(data=st.data())
def test_a_body_reads_back_whatever_is_declared(
    resource_type: ResourceType, data: st.DataObject
) -> None:
    assert_reads_back(resource_type, data.draw(attributes_of(resource_type)))


@pytest.mark.parametrize("resource_type", READ_BACK, ids=lambda each: each.name)
def test_every_secret_is_sent(resource_type: ResourceType) -> None:
    for attributes in (everything(resource_type), in_parts(resource_type)):
        body = render(JINJA, resource_type, attributes, IDS, PATH_IDS)
        for row in resource_type.fields:
            if row.kind is Kind.SECRET and row.name in attributes:
                sent = {text_at(body, path) for path in (*row.elements, *row.legacy)}
                assert f"<{row.name}>" in sent <= {f"<{row.name}>", None}


def test_there_are_secrets_to_send() -> None:
    kinds = [row.kind for each in READ_BACK for row in each.fields]
    assert kinds.count(Kind.SECRET) == 3


@st.composite
def searches(draw: st.DrawFn, resource_type: ResourceType, kind: BlockKind) -> dict[str, Value]:
    """What a block of this kind could say of it."""
    keys = set(kind.fields)
    if kind.combines:
        left_out = draw(st.sets(st.sampled_from(sorted(keys))))
        keys -= left_out | draw(st.sampled_from([{each} for each in sorted(kind.one_of)]))
        keys -= {key for key in keys if kind.needs.get(key, key) not in keys}
    return {name: draw(texts, label=name) for name in kind.fields if name in keys} or draw(
        searches(resource_type, kind)
    )


@pytest.mark.parametrize(("resource_type", "kind"), COUNTED, ids=[kind.name for _, kind in COUNTED])
@given(data=st.data())
def test_an_order_carries_the_search_of_its_block(
    resource_type: ResourceType, kind: BlockKind, data: st.DataObject
) -> None:
    search = data.draw(searches(resource_type, kind))
    element = block_kind(resource_type, search).element
    block = search | data.draw(options_of(kind)) | {"quantity": data.draw(st.integers(1, 5000))}
    body = parse(to_bytes(render(JINJA, resource_type, block, IDS, PATH_IDS)))
    for name, value in search.items():
        assert text_at(body, f"{element}/{kind.fields[name]}") == value
    assert_carries_options(body, block)
    assert text_at(body, f"{element}/Quantity") == str(block["quantity"])
    assert text_at(body, f"{element}/EnableLCA") == (
        str(block["local_calling_area"]).lower()
        if "local_calling_area" in block and element in WIDENED
        else None
    )


@given(data=st.data())
def test_an_order_of_listed_numbers_names_those_that_are_missing(data: st.DataObject) -> None:
    numbers, kind = TYPES["numbers"], BY_NAME["telephone_numbers"]
    block: dict[str, Value] = {
        "telephone_numbers": ("+19195551234", "+19195551235", "+19195551236"),
        "ordered_numbers": ("9195551234", "9195551236"),
        "quantity": 2,
        **data.draw(options_of(kind)),
    }
    body = parse(to_bytes(render(JINJA, numbers, block, IDS, PATH_IDS)))
    listed = find(body, "ExistingTelephoneNumberOrderType/TelephoneNumberList")
    assert listed is not None
    assert [each.text for each in listed] == ["9195551234", "9195551236"]
    assert text_at(body, f"{kind.element}/Quantity") is None
    assert_carries_options(body, block)


@st.composite
def options_of(draw: st.DrawFn, kind: BlockKind) -> dict[str, Value]:
    widening = {name: draw(st.booleans()) for name in kind.widened_by}
    return {
        **widening,
        "partial_allowed": draw(st.booleans()),
        "back_order": draw(st.booleans()),
        "name": draw(texts),
        "customer_order_id": "bwp-0123456789abcdef0123-1",
    }


def assert_carries_options(body: Element, block: Mapping[str, Value]) -> None:
    assert {path: text_at(body, path) for path in ORDER_FIELDS} == {
        path: str(block[name]).lower() if isinstance(block[name], bool) else str(block[name])
        for path, name in ORDER_FIELDS.items()
    }
    assert (text_at(body, "SiteId"), text_at(body, "PeerId")) == ("13651", "540341")


WIDENED = {
    "CombinedSearchAndOrderType",
    "NPANXXSearchAndOrderType",
    "RateCenterSearchAndOrderType",
}


def test_the_local_calling_area_is_always_spoken_of_where_an_order_has_it() -> None:
    """The service's default widens the area, and the block would never fill."""
    widened = {kind.element for kind in TYPES["numbers"].kinds if kind.widened_by}
    assert widened == WIDENED


ORDER_FIELDS = {
    "CustomerOrderId": "customer_order_id",
    "Name": "name",
    "PartialAllowed": "partial_allowed",
    "BackOrderRequested": "back_order",
}
