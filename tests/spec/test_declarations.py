"""What a good spec becomes."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from provisioner.errors import Origin, Severity
from provisioner.model import Address, DesiredState, Limits, Secret
from provisioner.resources import resource_types
from provisioner.spec import load_spec

Load = Callable[..., DesiredState]

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))

SITE = Address("site", ("Raleigh",))
SIPPEER = Address("sippeer", ("Raleigh", "East"))
IN_SIPPEER = """\
version: 1
applications:
  App:
sites:
  Raleigh:
    sippeers:
      East:
"""


def in_sippeer(*lines: str) -> str:
    return IN_SIPPEER + "".join(f"        {line}\n" for line in lines)


def test_the_quickstart_becomes_the_guides_resources() -> None:
    path = ROOT / "examples" / "quickstart.yaml"
    state = load_spec([path], {"CALLBACK_PASSWORD": "Your-Password"}, resource_types())
    application = Address("application", ("Production Server",))
    sippeer = ("Raleigh", "Bandwidth Messaging 2 test2")
    found = {address: dict(each.attributes) for address, each in state.resources.items()}
    assert found == {
        application: {
            "name": "Production Server",
            "callback_url": "https://yourSecureSite.com/callbacks",
            "callback_credentials.user_id": "Your-User-id",
            "callback_credentials.password": Secret("CALLBACK_PASSWORD", "Your-Password"),
        },
        Address("site", ("Raleigh",)): {
            "name": "Raleigh",
            "description": "Test Gateway",
            "customer_name": "BW",
            "address.house_number": "1600",
            "address.street_name": "PENNSYLVANIA",
            "address.street_suffix": "AVE",
            "address.post_directional": "NW",
            "address.city": "WASHINGTON",
            "address.state_code": "DC",
            "address.zip": "20006",
            "address.country": "US",
            "address.address_type": "Service",
        },
        Address("sippeer", sippeer): {"name": "Bandwidth Messaging 2 test2", "default": True},
        Address("sms", sippeer): {"toll_free": True, "short_code": True},
        Address("mms", sippeer): {},
        Address("messaging_application", sippeer): {"application": application},
        Address("numbers", (*sippeer, "area_code=910")): {
            "area_code": "910",
            "quantity": 1,
            "partial_allowed": True,
            "back_order": False,
        },
    }
    assert state.account == "9900778"
    assert state.files == (str(path),)
    assert state.digest == sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_is_valid(path: Path) -> None:
    assert load_spec([path], {"CALLBACK_PASSWORD": "long enough"}, resource_types()).resources


def test_resources_are_in_the_order_of_the_files(load: Load) -> None:
    texts = {
        "b.yaml": "version: 1\nsites:\n  Z:\n  A:\napplications:\n  App:\n",
        "a.yaml": "version: 1\nsites:\n  M:\n",
    }
    assert [str(each) for each in load(texts).resources] == [
        "site Z",
        "site A",
        "application App",
        "site M",
    ]


def test_an_empty_body_declares_the_resource_and_no_more_than_its_name(load: Load) -> None:
    state = load(in_sippeer())
    assert state.resources[SIPPEER].attributes == {"name": "East"}


@pytest.mark.parametrize("text", ["version: 1\nsites:\n", in_sippeer("numbers: []")])
def test_an_empty_section_declares_nothing(load: Load, text: str) -> None:
    assert "numbers" not in {each.type for each in load(text).resources}


def test_a_name_of_its_own_takes_the_place_of_the_label(load: Load) -> None:
    state = load("version: 1\nsites:\n  Raleigh:\n    name: RDU\n    id: 500021\n")
    assert state.resources[SITE].attributes == {"name": "RDU"}
    assert state.pins == {SITE: "500021"}
    assert state.origins[SITE, "id"] == Origin("spec.yaml", 5, 9)


def test_values_stay_as_they_are_written_because_comparing_normalises_them(load: Load) -> None:
    lines = "  Raleigh:\n    description: '  Test  '\n    address: {country: United States, "
    required = "house_number: 1, street_name: X, city: Y, state_code: DC, zip: 02134}"
    attributes = load(f"version: 1\nsites:\n{lines}{required}\n").resources[SITE].attributes
    assert attributes["description"] == "  Test  "
    assert attributes["address.country"] == "United States"
    assert attributes["address.zip"] == "02134"


@pytest.mark.parametrize(
    "text", ["910", "+19195551234", "NO", "true", "1e3", "0x10", "1_000", "12:30", "2024-01-01"]
)
def test_text_is_what_it_looks_like(load: Load, text: str) -> None:
    state = load(f"version: 1\nsites:\n  Raleigh:\n    description: {text}\n")
    assert state.resources[SITE].attributes["description"] == text


def test_true_switches_on_all_of_a_feature(load: Load) -> None:
    state = load(in_sippeer("sms: true"))
    sms = Address("sms", SIPPEER.path)
    assert state.resources[sms].attributes == {"toll_free": True, "short_code": True}
    assert state.origins[sms, ""] == Origin("spec.yaml", 8, 9)
    assert state.origins[sms, "toll_free"] == Origin("spec.yaml", 8, 14)


def test_false_makes_a_feature_absent_and_the_assignment_with_it(load: Load) -> None:
    state = load(in_sippeer("sms: false"))
    sms, link = (Address(name, SIPPEER.path) for name in ("sms", "messaging_application"))
    assert state.absent == {sms, link}
    assert state.origins[link, ""] == state.origins[sms, ""] == Origin("spec.yaml", 8, 9)


def test_mms_off_leaves_the_assignment_alone(load: Load) -> None:
    assert load(in_sippeer("mms: false", "sms: true")).absent == {Address("mms", SIPPEER.path)}


def test_origins_tell_where_everything_stands(load: Load) -> None:
    block = "- {quantity: 1, area_code: 910}"
    state = load(
        in_sippeer("default: false", "application: App", "sms: true", f"numbers: [{block[2:]}]")
    )
    link = Address("messaging_application", SIPPEER.path)
    numbers = Address("numbers", (*SIPPEER.path, "area_code=910"))
    positions = {
        (SIPPEER, ""): (7, 7),
        (SIPPEER, "name"): (7, 7),
        (SIPPEER, "default"): (8, 18),
        (link, ""): (9, 9),
        (link, "application"): (9, 22),
        (numbers, ""): (11, 19),
        (numbers, "quantity"): (11, 30),
        (numbers, "area_code"): (11, 44),
    }
    for place, (line, column) in positions.items():
        assert state.origins[place] == Origin("spec.yaml", line, column)
    assert (numbers, "back_order") not in state.origins


def test_the_account_comes_from_the_environment_where_the_files_name_none(load: Load) -> None:
    assert load("version: 1\n", BW_ACCOUNT_ID="9900778").account == "9900778"
    assert load("version: 1\naccount: 9900778\n", BW_ACCOUNT_ID="9900778").account == "9900778"
    assert load("version: 1\n").account == ""


def test_limits_have_defaults(load: Load) -> None:
    assert load("version: 1\n").limits == Limits(new_numbers=100)
    assert load("version: 1\nlimits: {new_numbers: 0}\n").limits == Limits(new_numbers=0)
    assert load("version: 1\nlimits: {}\n").limits == Limits()


def test_a_folder_means_its_yaml_files_in_order(load: Load) -> None:
    texts = {
        "specs/b.yml": "version: 1\nsites:\n  B:\n    sippeers:\n      P: {application: App}\n",
        "specs/a.yaml": "version: 1\napplications:\n  App:\n",
        "specs/deeper/c.yaml": "no spec",
        "specs/.#a.yaml": "an editor's lock",
        "specs/notes.txt": "no spec",
    }
    state = load(texts, paths=["specs", "specs/a.yaml"])
    assert state.files == ("specs/a.yaml", "specs/b.yml")
    both = texts["specs/a.yaml"] + texts["specs/b.yml"]
    assert state.digest == sha256(both.encode()).hexdigest()
    assert Address("sippeer", ("B", "P")) in state.resources


def test_anchors_aliases_and_merge_keys_work(load: Load) -> None:
    state = load(
        "version: 1\n"
        "sites:\n"
        "  A: &a {description: from A, customer_name: &name Ann}\n"
        "  B: {<<: *a, description: own}\n"
        "  C: {<<: [{description: first}, *a]}\n"
        "  D: {customer_name: *name}\n"
        "  E: *a\n"
    )
    found = {
        address.path[0]: (
            each.attributes.get("description"),
            each.attributes.get("customer_name"),
        )
        for address, each in state.resources.items()
    }
    assert found == {
        "A": ("from A", "Ann"),
        "B": ("own", "Ann"),
        "C": ("first", "Ann"),
        "D": (None, "Ann"),
        "E": ("from A", "Ann"),
    }


def test_a_quoted_merge_key_is_just_a_key(load: Load) -> None:
    state = load('version: 1\nsites:\n  "<<": {description: x}\n')
    assert list(state.resources) == [Address("site", ("<<",))]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("${NAME}", "value"),
        ("a ${NAME} ${NAME}", "a value value"),
        ("${OTHER:-default}", "default"),
        ("${EMPTY:-default}", "default"),
        ("${NAME:-default}", "value"),
        ("${OTHER:-}x", "x"),
        ("$${NAME}", "${NAME}"),
        ("$NAME $$", "$NAME $$"),
        ("${NUMBER}", "5"),
    ],
)
def test_variables_are_filled_in(load: Load, written: str, meant: str) -> None:
    text = f"version: 1\nsites:\n  Raleigh:\n    description: '{written}'\n"
    state = load(text, NAME="value", EMPTY="", NUMBER="5")
    assert state.resources[SITE].attributes["description"] == meant


def test_variables_may_be_numbers_booleans_and_labels(load: Load) -> None:
    lines = ("sms: ${ON}", "application: ${APP}", "numbers: [{area_code: 910, quantity: '${N}'}]")
    state = load(in_sippeer(*lines), ON="true", APP="App", N="5")
    numbers = state.resources[Address("numbers", (*SIPPEER.path, "area_code=910"))]
    assert numbers.attributes["quantity"] == 5
    assert Address("sms", SIPPEER.path) in state.resources
    link = state.resources[Address("messaging_application", SIPPEER.path)]
    assert link.attributes["application"] == Address("application", ("App",))


@pytest.mark.parametrize(
    ("written", "name", "warnings"),
    [
        ("${CALLBACK_PASSWORD}", "CALLBACK_PASSWORD", []),
        ("${CALLBACK_PASSWORD:-}", "CALLBACK_PASSWORD", []),
        ("${CALLBACK_PASSWORD}hunter", "callback_credentials.password", []),
        ("${OTHER:-hunter2-secret}", "OTHER", ["literal-secret"]),
        ("hunter2-secret", "callback_credentials.password", ["literal-secret"]),
    ],
)
def test_a_secret_is_named_and_never_shown(
    load: Load, written: str, name: str, warnings: list[str]
) -> None:
    credentials = f"{{user_id: someone, password: '{written}'}}"
    text = f"version: 1\napplications:\n  App:\n    callback_credentials: {credentials}\n"
    state = load(text, CALLBACK_PASSWORD="hunter2-environ")
    secret = state.resources[Address("application", ("App",))].attributes[
        "callback_credentials.password"
    ]
    assert isinstance(secret, Secret)
    assert secret.name == name
    assert secret.reveal().startswith("hunter")
    assert "hunter" not in repr(state) + str(state)
    assert [each.code for each in state.warnings] == warnings
    assert all(each.origin == Origin("spec.yaml", 4, 56) for each in state.warnings)


def test_a_name_beyond_the_documented_length_is_a_warning(load: Load) -> None:
    long = "  Raleigh-Durham:\n  Long:\n    name: Raleigh-North\n"
    text = f"version: 1\nsites:\n{long}  Raleigh-South: {{name: Fine}}\n"
    warnings = load(text).warnings
    assert [(each.code, each.severity, str(each.origin)) for each in warnings] == [
        ("beyond-documented-length", Severity.WARNING, "spec.yaml:3:3"),
        ("beyond-documented-length", Severity.WARNING, "spec.yaml:5:11"),
    ]


def test_two_resources_may_share_a_name_where_both_are_pinned(load: Load) -> None:
    text = "version: 1\nsites:\n  A: {name: Same, id: 1}\n  B: {name: Same, id: 2}\n"
    assert set(load(text).pins.values()) == {"1", "2"}
