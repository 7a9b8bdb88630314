"""The YAML language server that editors ask, unmodified, in a process of its own.

It is asked as an editor asks it: by the Language Server Protocol, over its standard streams, about
files whose first line names the schema.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

HERE = Path(__file__).parent
SERVER = HERE / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
LONGEST_TALK = 60
"""Seconds after which a server that does not answer is ended, and its test fails."""
SETTINGS = {"schemaStore": {"enable": False}, "validate": True, "completion": True, "hover": True}
"""Nothing is fetched: the schema is the one that the file names."""

Message = dict[str, Any]


class Editor:
    """What an editor shows of a new file. Lines count from 0, as the protocol has them."""

    def __init__(self, to_server: IO[bytes], from_server: IO[bytes]) -> None:
        self._to, self._from = to_server, from_server
        self._asked = self._opened = 0
        self._complaints: dict[str, list[Message]] = {}
        self._request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        self._notify("initialized", {})
        while self._read().get("method") != "workspace/configuration":
            pass

    def complaints(self, folder: Path, text: str) -> list[tuple[int, str]]:
        """The line and the words of each, about a file in this folder."""
        uri = self._open(folder, text)
        while uri not in self._complaints:
            self._read()
        return [
            (each["range"]["start"]["line"], each["message"]) for each in self._complaints.pop(uri)
        ]

    def completions(self, folder: Path, text: str) -> dict[str, str]:
        """What is offered at the end of the text, with its explanation."""
        answer = self._ask_at("textDocument/completion", folder, text, len(text))
        return {each["label"]: _words(each.get("documentation")) for each in answer["items"]}

    def hover(self, folder: Path, text: str, word: str) -> str:
        """What shows over a word of the text."""
        answer = self._ask_at("textDocument/hover", folder, text, text.index(word))
        return _words(answer and answer["contents"])

    def _ask_at(self, method: str, folder: Path, text: str, offset: int) -> Any:
        *before, line = text[:offset].split("\n")
        position = {"line": len(before), "character": len(line)}
        document = {"uri": self._open(folder, text)}
        return self._request(method, {"textDocument": document, "position": position})

    def _open(self, folder: Path, text: str) -> str:
        self._opened += 1
        uri = (folder / f"{self._opened}.yaml").as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._notify("textDocument/didOpen", {"textDocument": document})
        return uri

    def _request(self, method: str, params: Message) -> Any:
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": params})
        while True:
            message = self._read()
            if message.get("id") == self._asked and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _notify(self, method: str, params: Message) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._to.write(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        self._to.flush()

    def _read(self) -> Message:
        """One message. What the server asks of the editor is answered."""
        length = 0
        while line := self._from.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server ended"
        message: Message = json.loads(self._from.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            shown = message["params"]
            self._complaints[shown["uri"]] = shown["diagnostics"]
        elif "method" in message and "id" in message:
            self._send({"id": message["id"], "result": _answer(message)})
        return message


def _answer(asked: Message) -> Any:
    if asked["method"] != "workspace/configuration":
        return None
    return [SETTINGS if each["section"] == "yaml" else {} for each in asked["params"]["items"]]


def _words(told: Any) -> str:
    return str(told["value"] if isinstance(told, dict) else told or "")


@contextmanager
def _started() -> Iterator[Editor]:
    node = shutil.which("node")
    if node is None or not SERVER.exists():
        pytest.skip("needs the YAML language server: `make editor` installs it")
    command = [node, str(SERVER), "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        alarm = threading.Timer(LONGEST_TALK, process.kill)
        alarm.start()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            yield Editor(process.stdin, process.stdout)
        finally:
            alarm.cancel()
            process.kill()


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    with _started() as running:
        yield running
