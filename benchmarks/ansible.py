"""Ansible with a task for each request, on this machine: one after the other."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.account import Account
from benchmarks.processes import run
from benchmarks.recorded import Found, Recorded, provisioning, reading
from benchmarks.specs import Spec

ANSIBLE = Path(".venv/ansible/bin/ansible-playbook")
SUCCESS = [200, 201, 202, 204]


def provision(account: Account, spec: Spec, _parallelism: int) -> None:
    _run_playbook(account, provisioning(account, spec))


def read(account: Account, spec: Spec, _parallelism: int) -> None:
    _run_playbook(account, reading(account, spec))


def _run_playbook(account: Account, requests: Sequence[Recorded]) -> None:
    """Raises RuntimeError where a request is not answered with success."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "playbook.yml"
        file.write_text(json.dumps([_play(account, requests)]), encoding="utf-8")
        run(
            ANSIBLE,
            *("--inventory", "localhost,", str(file)),
            environ={
                "ANSIBLE_HOME": folder,
                "ANSIBLE_NOCOLOR": "1",
                "ANSIBLE_PIPELINING": "1",  # the faster of its two ways
                "LC_ALL": "C.UTF-8",
            },
        )


def _play(account: Account, requests: Sequence[Recorded]) -> Mapping[str, Any]:
    """What a later request needs of an answer is a variable, worked out where it is used."""
    variables = {
        name: expression
        for number, request in enumerate(requests)
        for found in request.found
        for name, expression in _variables(found, f"answer_{number}").items()
    }
    login = {"url_username": account.username, "url_password": account.password}
    defaults = {
        **login,
        "force_basic_auth": True,
        "return_content": True,
        "status_code": SUCCESS,
        "use_proxy": False,
    }
    return {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}", **variables},
        "module_defaults": {"ansible.builtin.uri": defaults},
        "tasks": [
            _task(request, f"{account.url}/api/accounts/{account.id}", f"answer_{number}")
            for number, request in enumerate(requests)
        ],
    }


def _task(request: Recorded, root: str, answer: str) -> Mapping[str, Any]:
    asked: dict[str, Any] = {"url": root + request.path, "method": request.method}
    if request.body is not None:
        asked["headers"] = {"Content-Type": "application/xml; charset=utf-8"}
        asked["body"] = request.body
    return {"name": str(request), "ansible.builtin.uri": asked, "register": answer}


def _variables(found: Found, answer: str) -> Mapping[str, str]:
    text = f"{answer}.{found.header.lower() or 'content'}"
    pattern = json.dumps(found.pattern)
    return {
        name: f"{{{{ ({text} | regex_findall({pattern}))[{number}] }}}}"
        for number, name in enumerate(found.names)
    }
