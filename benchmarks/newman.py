"""Newman, which runs collections of Postman: one request after the other."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.account import Account
from benchmarks.processes import run
from benchmarks.recorded import Found, Recorded, provisioning, reading
from benchmarks.specs import Spec

NEWMAN = Path(".venv/newman/node_modules/.bin/newman")
SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_SUCCEEDED = 'pm.test("answered with success", () => pm.expect(pm.response.code).to.be.below(300));'


def provision(account: Account, spec: Spec, _parallelism: int) -> None:
    _run_collection(account, provisioning(account, spec))


def read(account: Account, spec: Spec, _parallelism: int) -> None:
    _run_collection(account, reading(account, spec))


def _run_collection(account: Account, requests: Iterable[Recorded]) -> None:
    """Raises RuntimeError where a request is not answered with success."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "collection.json"
        file.write_text(json.dumps(_collection(account, requests)), encoding="utf-8")
        run(NEWMAN, "run", str(file), "--bail", "--reporter-cli-no-banner", "--color", "off")


def _collection(account: Account, requests: Iterable[Recorded]) -> Mapping[str, Any]:
    root = f"{account.url}/api/accounts/{account.id}"
    login = {"username": account.username, "password": account.password}
    return {
        "info": {"name": "Benchmark", "schema": SCHEMA},
        "auth": {
            "type": "basic",
            "basic": [{"key": key, "value": value} for key, value in login.items()],
        },
        "event": [_after([_SUCCEEDED])],
        "item": [_item(each, root) for each in requests],
    }


def _item(request: Recorded, root: str) -> Mapping[str, Any]:
    sent: dict[str, Any] = {"method": request.method, "url": root + request.path}
    if request.body is not None:
        sent["header"] = [{"key": "Content-Type", "value": "application/xml; charset=utf-8"}]
        sent["body"] = {"mode": "raw", "raw": request.body}
    events = [_after([_script(each) for each in request.found])] if request.found else []
    return {"name": str(request), "request": sent, "event": events}


def _after(lines: list[str]) -> Mapping[str, Any]:
    return {"listen": "test", "script": {"type": "text/javascript", "exec": lines}}


def _script(found: Found) -> str:
    header = f"pm.response.headers.get({json.dumps(found.header)})"
    text = header if found.header else "pm.response.text()"
    return (
        f"{{ const found = [...{text}.matchAll(new RegExp({json.dumps(found.pattern)}, 'g'))]; "
        f"{json.dumps(list(found.names))}.forEach((name, number) => "
        "pm.collectionVariables.set(name, found[number][1])); }"
    )
