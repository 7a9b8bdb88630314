"""The HTTP calls of a plan as a Postman collection (format 2.1.0)."""

from __future__ import annotations

from provisioner.planning.recipe import Call, Recipe, Unknown, fill_in
from provisioner.resource_type import Types
from provisioner.views.documents import Document
from provisioner.views.recipe_variables import credential_names, variable_names
from provisioner.views.wording import deed, printable

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
NOTE = (
    "What `provisioner apply` would send, to be read and handed on. Run twice it makes everything "
    "twice. Secrets are variables without values; ids are taken from the answers' Location."
)


def postman_collection(recipe: Recipe, types: Types) -> Document:
    names = variable_names(recipe)
    variables: list[Document] = [{"key": "BW_API_URL", "value": recipe.origin}]
    variables += [
        {"key": name, "value": ""}
        for name in dict.fromkeys((*credential_names(recipe), *names.values()))
    ]
    return {
        "info": {
            "name": f"Account {recipe.account}",
            "description": NOTE,
            "schema": SCHEMA,
        },
        "auth": _auth(recipe),
        "variable": variables,
        "item": [_item(call, recipe, names, types) for call in recipe.calls],
    }


def _auth(recipe: Recipe) -> Document:
    def given(**values: str) -> list[Document]:
        return [{"key": key, "value": value, "type": "string"} for key, value in values.items()]

    if recipe.by_token:
        return {"type": "bearer", "bearer": given(token="{{BW_TOKEN}}")}  # noqa: S106 -- a name
    basic = given(username="{{BW_USERNAME}}", password="{{BW_PASSWORD}}")  # noqa: S106 -- a name
    return {"type": "basic", "basic": basic}


def _item(call: Call, recipe: Recipe, names: dict[str, str], types: Types) -> Document:
    path = _with_variables(f"{recipe.root}{call.path}", names)
    bare, _, query = path.partition("?")
    request: Document = {
        "method": call.method,
        "description": call.purpose,
        "header": [],
        "url": {
            "raw": f"{{{{BW_API_URL}}}}{path}",
            "host": ["{{BW_API_URL}}"],
            "path": bare.strip("/").split("/"),
            "query": [
                {"key": name, "value": value}
                for name, _, value in (each.partition("=") for each in query.split("&") if each)
            ],
        },
    }
    if call.body:
        request["header"] = [
            {"key": "Content-Type", "value": "application/xml; charset=utf-8", "type": "text"}
        ]
        request["body"] = {
            "mode": "raw",
            "raw": _with_variables(call.body, names),
            "options": {"raw": {"language": "xml"}},
        }
    what = printable(deed(call.step.change, call.step.verb, types))
    item: Document = {"name": f"{call.method}: {what}", "request": request, "response": []}
    if call.gives:
        item["event"] = [_keeping_id(names[call.gives], recipe.blanks[call.gives].kind)]
    return item


def _keeping_id(name: str, kind: Unknown) -> Document:
    """The id is the last part of Location, and for an order it stands in the body as well."""
    in_body = r"/<(?:OrderId|id)>([^<]+)</" if kind is Unknown.ORDER_ID else "/(?!)/"
    script = [
        'const at = pm.response.headers.get("Location");',
        f"const found = pm.response.text().match({in_body});",
        'const id = at ? at.replace(/\\/$/, "").split("/").pop() : found && found[1];',
        f'if (id) pm.collectionVariables.set("{name}", id);',
    ]
    return {"listen": "test", "script": {"type": "text/javascript", "exec": script}}


def _with_variables(text: str, names: dict[str, str]) -> str:
    return fill_in(text, lambda mark: f"{{{{{names[mark]}}}}}")
