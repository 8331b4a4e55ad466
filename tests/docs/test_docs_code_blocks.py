"""Every block of code in the docs and the README works: Python runs, YAML parses, commands exist."""

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "contrib").rglob("*.md"))]
FENCE = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```", re.M | re.S)


def blocks(language):
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for found in FENCE.finditer(text):
            if found[1] == language:
                line = text.count("\n", 0, found.start()) + 1
                yield pytest.param(found[2], id=f"{page.relative_to(ROOT)}:{line}")


@pytest.mark.parametrize("code", [*blocks("python")])
def test_python_blocks_run(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": "docs"}
    exec(compile(code, "docs", "exec"), namespace)
    assert namespace


@pytest.mark.parametrize("text", [*blocks("yaml")])
def test_yaml_blocks_are_sound(text):
    from reactivate.diagnostics import Collector
    from reactivate.spec.yaml import parse

    found = Collector()
    assert parse(text, "docs.yml", found) is not None
    assert not [item for item in found if item.is_error]


@pytest.mark.parametrize("text", [*blocks("console")])
def test_commands_and_their_options_exist(text):
    import click

    from reactivate.cli.main import COMMANDS, cli

    with click.Context(cli) as context:
        for line in text.splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True) if line.startswith("$ reactivate") else []
            if len(words) < 2 or words[1].startswith("-"):
                continue
            assert words[1] in COMMANDS, line
            command = cli.get_command(context, words[1])
            if isinstance(command, click.Group) and len(words) > 2 and not words[2].startswith("-"):
                assert words[2] in command.commands, line
                command = command.commands[words[2]]
            known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
            for word in words[2:]:
                if word.startswith("--"):
                    assert word.partition("=")[0] in known, f"{word} in: {line}"
