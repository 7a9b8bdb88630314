"""The HTTP calls of a plan: as text, as a script, as a collection."""

import json
from collections.abc import Callable

import pytest

from provisioner.model import Address
from provisioner.planning.plan import Plan
from provisioner.planning.recipe import Blank, Call, Recipe, Unknown
from provisioner.resource_type import Types
from provisioner.views.recipe import render_recipe
from provisioner.views.recipe_curl import render_curl
from provisioner.views.recipe_postman import postman_collection
from provisioner.views.recipe_variables import variable_names
from tests.views.conftest import APPLICATION, BLOCK, SITE

Golden = Callable[[str, str], None]
APP_ID, SITE_ID, PASSWORD, ORDER = (f"bwpblank{number:05}x" for number in range(1, 5))
BLANKS = {
    APP_ID: Blank(Unknown.ID, APPLICATION),
    SITE_ID: Blank(Unknown.ID, SITE),
    PASSWORD: Blank(Unknown.SECRET, APPLICATION, "CALLBACK_PASSWORD"),
    ORDER: Blank(Unknown.ORDER_ID, BLOCK),
}


@pytest.fixture
def recipe(quickstart: Plan) -> Recipe:
    steps = {step.address: step for step in quickstart.steps}
    account = "/accounts/9900778"
    order = steps[BLOCK]
    look_up = f"{account}/orders?page=1&customerOrderId=bwp-1-1"
    calls = (
        Call(
            steps[APPLICATION],
            "POST",
            f"{account}/applications",
            f"<A>\n  <P>{PASSWORD}</P>\n</A>",
            gives=APP_ID,
        ),
        Call(steps[SITE], "GET", f"{account}/sites/12", purpose="to see"),
        Call(steps[SITE], "PUT", f"{account}/sites/12", "<S>$(rm) `x` \\ \nEOF\n</S>"),
        Call(order, "GET", look_up, purpose="to look"),
        Call(order, "POST", f"{account}/orders", f"<O>{SITE_ID}</O>", gives=ORDER),
        Call(order, "GET", f"{account}/orders/{ORDER}", purpose="until", repeated=True),
    )
    return Recipe("9900778", "https://dashboard.bandwidth.com", "/api", calls, BLANKS)


def test_the_calls_are_as_they_were(recipe: Recipe, types: Types, golden: Golden) -> None:
    golden("views/recipe.txt", render_recipe(recipe, types) + "\n")


def test_the_script_is_as_it_was(recipe: Recipe, types: Types, golden: Golden) -> None:
    golden("views/recipe.sh", render_curl(recipe, types))


def test_the_collection_is_as_it_was(recipe: Recipe, types: Types, golden: Golden) -> None:
    text = json.dumps(postman_collection(recipe, types), indent=2)
    golden("views/recipe.postman.json", text + "\n")


def test_a_token_takes_the_place_of_name_and_password(types: Types) -> None:
    recipe = Recipe("1", "https://host", "/api", (), {}, by_token=True)
    assert "BW_TOKEN" in render_curl(recipe, types)
    assert postman_collection(recipe, types)["auth"] == {
        "type": "bearer",
        "bearer": [{"key": "token", "value": "{{BW_TOKEN}}", "type": "string"}],
    }


def test_no_two_blanks_share_a_name_but_for_one_secret() -> None:
    blanks = {
        "a": Blank(Unknown.ID, Address("site", ("A B",))),
        "b": Blank(Unknown.ID, Address("site", ("A-B",))),
        "c": Blank(Unknown.SECRET, Address("application", ("A",)), "PASSWORD"),
        "d": Blank(Unknown.SECRET, Address("application", ("B",)), "PASSWORD"),
        "e": Blank(Unknown.SECRET, Address("application", ("B",)), "1:x"),
    }
    names = variable_names(Recipe("1", "https://host", "/api", (), blanks))
    assert names == {
        "a": "SITE_A_B_ID",
        "b": "SITE_A_B_ID_2",
        "c": "PASSWORD",
        "d": "PASSWORD",
        "e": "_1_X",
    }


def test_a_secret_of_the_spec_is_not_taken_for_a_credential() -> None:
    blanks = {
        "a": Blank(Unknown.SECRET, Address("application", ("A",)), "BW_PASSWORD"),
        "b": Blank(Unknown.SECRET, Address("application", ("B",)), "BW_PASSWORD"),
        "c": Blank(Unknown.SECRET, Address("application", ("C",)), "bw password"),
    }
    names = variable_names(Recipe("1", "https://host", "/api", (), blanks))
    assert names == {"a": "BW_PASSWORD_2", "b": "BW_PASSWORD_2", "c": "BW_PASSWORD_3"}
