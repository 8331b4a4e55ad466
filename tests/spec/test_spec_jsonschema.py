"""The JSON Schema for editors agrees with the binder, which is the judge."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator
from spec_tools import BUSINESS, CAMPAIGN, DESIGN, SPECS, stubs

from reactivate.cli.schema import command
from reactivate.diagnostics import Collector
from reactivate.spec.jsonschema import schema
from reactivate.spec.load import load
from reactivate.spec.tree import Mapping, Scalar, Sequence
from reactivate.spec.yaml import parse, read

VALIDATOR = Draft7Validator(schema(stubs()))
EXPRESSIBLE = {
    "R201",
    "R202",
    "R203",
    "R204",
    "R205",
    "R206",
    "R208",
    "R209",
    "R210",
    "R212",
    "R213",
    "R217",
    "R218",
    "R221",
}
"""Faults of shape that a schema can see."""


def as_editor(node: Any) -> Any:
    """A tree as an editor reads it: YAML 1.2 core types for what stands without quotes."""
    if isinstance(node, Mapping):
        return {entry.key.text: as_editor(entry.value) for entry in node.entries}
    if isinstance(node, Sequence):
        return [as_editor(item) for item in node]
    assert isinstance(node, Scalar)
    if node.quoted:
        return node.text
    if re.fullmatch(r"[-+]?\d+", node.text):
        return int(node.text)
    if re.fullmatch(r"[-+]?\d+\.\d*", node.text):
        return float(node.text)
    return {"true": True, "false": False, "": None, "null": None}.get(node.text, node.text)


def accepts(path: Path) -> bool | None:
    node, _ = read(path.read_bytes(), path.name, Collector())
    return None if node is None else VALIDATOR.is_valid(as_editor(node))


def test_the_schema_is_a_schema() -> None:
    Draft7Validator.check_schema(schema(stubs()))


@pytest.mark.parametrize("path", sorted((DESIGN).rglob("*.yml")), ids=lambda path: path.name)
def test_the_schema_accepts_every_spec_of_the_design(path: Path) -> None:
    node, _ = read(path.read_bytes(), path.name, Collector())
    assert [error.message for error in VALIDATOR.iter_errors(as_editor(node))] == []


@pytest.mark.parametrize("path", sorted((SPECS / "bad").glob("*.yml")), ids=lambda path: path.stem)
def test_schema_and_binder_agree_on_broken_specs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    accepted = accepts(path)
    if accepted is None:
        return  # no YAML: an editor says so by itself
    monkeypatch.chdir(path.parent)
    errors = {
        item.code
        for item in load(path.name, stubs()).diagnostics
        if item.is_error and item.span and item.span.file == path.name
    }
    if not accepted:
        assert errors
    elif path.stem != "business-hours":  # that hours begin before they end is no matter of patterns
        assert not errors & EXPRESSIBLE


def test_keys_carry_descriptions_and_examples() -> None:
    made = schema(stubs())
    limits = made["definitions"]["Limits"]["properties"]
    assert "how many may enter" in limits["people"]["description"]
    assert limits["people"]["examples"] == ["400 per week"]


def test_settings_are_chosen_by_use() -> None:
    source = schema(stubs())["definitions"]["SourceSpec"]
    branch = next(item for item in source["allOf"] if item["if"]["properties"]["use"]["const"] == "csv")
    assert {"path", "rows", "map", "paid"} <= set(branch["then"]["properties"])


def test_a_wrong_key_is_named_alone() -> None:
    node = parse(BUSINESS.replace("encoding", "").replace("rows: orders", "row: orders"), "x", Collector())
    [error] = VALIDATOR.iter_errors(as_editor(node))
    assert "'row' was unexpected" in error.message


def test_a_campaign_is_no_business() -> None:
    assert VALIDATOR.is_valid(as_editor(parse(CAMPAIGN, "x", Collector())))
    assert not VALIDATOR.is_valid(as_editor(parse(CAMPAIGN + "cap: 3 per 30d\n", "x", Collector())))


def test_the_command_knows_the_plugins_installed(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["--output", str(tmp_path / "a" / "schema.json")])
    assert result.exit_code == 0
    made = json.loads((tmp_path / "a" / "schema.json").read_text(encoding="utf-8"))
    words = [item["const"] for item in made["definitions"]["ChannelSpec"]["properties"]["use"]["oneOf"]]
    assert {"smtp", "telegram"} <= set(words)
