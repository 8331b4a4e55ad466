"""The language server that editors use understands our specs: hover, completion and faults, by the schema `init` writes.

The server comes from npm into a temporary folder; `YAML_LANGUAGE_SERVER=/folder` names one that is installed already.
"""

import json
import os
import queue
import shutil
import subprocess
import threading
from itertools import count
from pathlib import Path

import pytest

from reactivate.starter import write_schema

BOOKSHOP = Path(__file__).parents[2] / "configs" / "bookshop"
MODELINE = "# yaml-language-server: $schema=.reactivate/schema.json\n"
SETTINGS = {"hover": True, "completion": True, "validate": True, "schemaStore": {"enable": False}}
PATIENCE = 60
# What the module shares costs much to set up: one worker runs all of it.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("editor")]


class Editor:
    """A language client over stdio, as small as it can be."""

    def __init__(self, server, folder):
        self.process = subprocess.Popen(
            ["node", server, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder
        )
        self.numbers, self.arrived = count(1), queue.Queue()
        self.complaints = {}
        threading.Thread(target=self._listen, daemon=True).start()
        self.ask(
            "initialize",
            processId=os.getpid(),
            rootUri=folder.as_uri(),
            capabilities={"workspace": {"configuration": True}},
        )
        self.tell("initialized")
        self.tell("workspace/didChangeConfiguration", settings={"yaml": SETTINGS})

    def _listen(self):
        stream = self.process.stdout
        while header := stream.readline():
            length = int(header.split(b":")[1])
            while stream.readline().strip():
                pass
            body = stream.read(length)
            if len(body) < length:
                return  # the server was ended in the middle of a message
            self.arrived.put(json.loads(body))

    def _write(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def tell(self, method, **params):
        self._write({"method": method, "params": params})

    def ask(self, method, **params):
        number = next(self.numbers)
        self._write({"id": number, "method": method, "params": params})
        while True:
            message = self._next()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def wait_for_complaints(self, uri):
        while uri not in self.complaints:
            self._next()
        return self.complaints.pop(uri)

    def _next(self):
        """The next message; questions of the server are answered on the way."""
        message = self.arrived.get(timeout=PATIENCE)
        if message.get("method") == "textDocument/publishDiagnostics":
            self.complaints[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "id" in message and "method" in message:
            items = (
                message.get("params", {}).get("items", []) if message["method"] == "workspace/configuration" else None
            )
            self._write(
                {"id": message["id"], "result": None if items is None else [self._setting(item) for item in items]}
            )
        return message

    @staticmethod
    def _setting(item):
        return SETTINGS if item.get("section") == "yaml" else None

    def open(self, path, text):
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", textDocument=document)
        return path.as_uri()

    def at(self, method, uri, line, character):
        return self.ask(method, textDocument={"uri": uri}, position={"line": line, "character": character})

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=PATIENCE)
        self.process.stdin.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The script of the server; skipped where there is no node, no npm or no way to the package."""
    given = os.environ.get("YAML_LANGUAGE_SERVER")
    folder = Path(given) if given else tmp_path_factory.mktemp("npm")
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not here")
    if given is None:
        command = ["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "yaml-language-server"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=180, check=False)
        except subprocess.TimeoutExpired:
            pytest.skip("npm did not bring yaml-language-server within three minutes")
        if done.returncode:
            pytest.skip("npm cannot bring yaml-language-server")
    return folder / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("editor")
    write_schema(folder)
    return folder


@pytest.fixture(scope="module")
def editor(server, shop):
    editor = Editor(server, shop)
    yield editor
    editor.close()


def campaign():
    return MODELINE + (BOOKSHOP / "campaign.yml").read_text(encoding="utf-8")


def line_of(text, beginning):
    return next(number for number, line in enumerate(text.splitlines()) if line.startswith(beginning))


def labels(found):
    return {item["label"] for item in (found["items"] if isinstance(found, dict) else found)}


@pytest.mark.parametrize("name", ["campaign.yml", "business.yml"])
def test_the_bookshop_is_found_good(editor, shop, name):
    uri = editor.open(shop / f"good-{name}", MODELINE + (BOOKSHOP / name).read_text(encoding="utf-8"))
    assert editor.wait_for_complaints(uri) == []


def test_hover_tells_what_a_key_means(editor, shop):
    text = campaign()
    uri = editor.open(shop / "hover.yml", text)
    for key, meaning in (
        ("audience", "looked at on entering only"),
        ("holdout", "left alone"),
        ("    ask", "question"),
    ):
        hovered = editor.at("textDocument/hover", uri, line_of(text, key), len(key) - 1)
        assert meaning in json.dumps(hovered["contents"]), key


def test_keys_and_words_are_completed(editor, shop):
    text = campaign().replace("purpose: permission", "purpose: ") + "    \n\n"
    uri = editor.open(shop / "keys.yml", text)
    words = labels(editor.at("textDocument/completion", uri, line_of(text, "purpose"), len("purpose: ")))
    assert {"marketing", "service", "permission"} <= words
    top = "campaign: x\n\n"
    uri = editor.open(shop / "top.yml", MODELINE + top)
    keys = labels(editor.at("textDocument/completion", uri, 2, 0))
    assert {"audience", "goal", "journey", "holdout"} <= keys
    assert "footer" not in keys


def test_steps_are_completed(editor, shop):
    text = campaign()
    line = line_of(text, "    ask: topics")
    lines = text.splitlines()
    lines.insert(line, "    ")
    uri = editor.open(shop / "steps.yml", "\n".join(lines))
    found = labels(editor.at("textDocument/completion", uri, line, 4))
    assert {"subject", "template", "offer"} <= found


def test_a_misspelt_key_is_marked_while_typing(editor, shop):
    text = campaign().replace("holdout: 10%", "holdot: 10%")
    uri = editor.open(shop / "wrong.yml", text)
    (complaint,) = editor.wait_for_complaints(uri)
    assert "holdot" in complaint["message"]
    assert complaint["range"]["start"]["line"] == line_of(text, "holdot")
