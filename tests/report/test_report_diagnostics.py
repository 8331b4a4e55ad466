"""Printers of diagnostics: one finding, five formats."""

import json
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reactivate.diagnostics import Diagnostic, Span
from reactivate.report.diagnostics import printed
from reactivate.report.diagnostics_text import as_text
from reactivate.text import width

FAULT = Diagnostic(
    "R203",
    "unknown key 'valid_dais' in offer 'весна'",
    span=Span("кампании/spring.yml", 34, 7, 17),
    hint="did you mean 'valid'?",
    excerpt="      valid_dais: 14d",
    related=((Span("кампании/spring.yml", 30, 3), "first given here"),),
)
WARNING = Diagnostic("R355", "no holdout, 100%: a, b", "warning", Span("a.yml", 2, 1))
PLACELESS = Diagnostic("R501", "a plug-in cannot be loaded", hint="reinstall it")


def test_a_fault_is_one_line_its_source_a_caret_and_a_hint() -> None:
    assert as_text([FAULT]) == (
        "кампании/spring.yml:34:7: error R203: unknown key 'valid_dais' in offer 'весна'\n"
        "   34 |       valid_dais: 14d\n"
        "      |       ^^^^^^^^^^ did you mean 'valid'?\n"
        "      = кампании/spring.yml:30:3: first given here"
    )


def test_a_fault_without_a_place_comes_last_and_keeps_its_hint() -> None:
    assert as_text([PLACELESS, WARNING]).splitlines() == [
        "a.yml:2:1: warning R355: no holdout, 100%: a, b",
        "error R501: a plug-in cannot be loaded",
        "      = reinstall it",
    ]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("имя: Ёлка", "Ёлка"),
        ("name: 東京タワー x", "x"),
        ("и\u0306мя: краи\u0306 x", "x"),
        ("a: 👩‍👩‍👧 x", "x"),
        ("\ta: x", "x"),
    ],
    ids=["cyrillic", "wide", "combining", "joined", "tab"],
)
def test_the_caret_stands_under_the_character(line: str, word: str) -> None:
    column = line.index(word) + 1
    item = Diagnostic("R203", "m", span=Span("a", 1, column, column + len(word)), excerpt=line)
    _, source, caret = as_text([item]).splitlines()
    source, caret = source[8:], caret[8:]
    assert width(source[: source.index(word)]) == len(caret) - len(caret.lstrip())
    assert caret.strip() == "^" * width(word)


def test_a_very_long_line_is_cut_around_its_fault() -> None:
    line = "a" * 5000 + "X" + "b" * 5000
    _, source, caret = as_text([Diagnostic("R203", "m", span=Span("a", 1, 5001, 5002), excerpt=line)]).splitlines()
    assert len(source) < 200
    assert source[caret.index("^")] == "X"


def test_control_characters_never_reach_the_terminal() -> None:
    item = Diagnostic("R203", "a\x1b[31mb\nc", span=Span("a", 1, 1, 2), excerpt="\x1b[2Jx")
    assert not set("\x1b") & set(as_text([item]))
    assert len(as_text([item]).splitlines()) == 3


def test_json_holds_every_field() -> None:
    document = json.loads(printed([WARNING, FAULT, PLACELESS], "json", ["a.yml"]))
    assert (document["format"], document["errors"], document["warnings"], document["specs"]) == (
        "check/1",
        2,
        1,
        ["a.yml"],
    )
    fault = document["diagnostics"][1]
    assert (fault["code"], fault["line"], fault["column"], fault["end_column"]) == ("R203", 34, 7, 17)
    assert fault["related"] == [{"file": "кампании/spring.yml", "line": 30, "column": 3, "message": "first given here"}]
    assert document["diagnostics"][2]["file"] is None


def test_github_annotations_escape_what_would_end_them() -> None:
    lines = printed([WARNING], "github", ["a.yml"]).splitlines()
    assert lines == ["::warning title=R355,file=a.yml,line=2,col=1::no holdout, 100%25: a, b", "1 warning"]


def test_sarif_names_rules_places_and_levels() -> None:
    [run] = json.loads(printed([FAULT, WARNING], "sarif", ["a.yml"]))["runs"]
    warning, fault = run["results"]
    assert (warning["level"], fault["level"]) == ("warning", "error")
    assert run["tool"]["driver"]["rules"][fault["ruleIndex"]]["id"] == "R203"
    place = fault["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 34, "startColumn": 7, "endColumn": 17}
    assert place["artifactLocation"]["uri"].isascii()
    assert run["columnKind"] == "unicodeCodePoints"


def test_junit_fails_the_files_with_errors_only() -> None:
    root = ElementTree.fromstring(printed([FAULT, WARNING], "junit", ["a.yml", "good.yml"]).encode())
    assert (root.get("tests"), root.get("failures")) == ("3", "1")
    cases = {case.get("name"): case for case in root}
    assert cases["good.yml"].find("failure") is None
    assert cases["a.yml"].find("system-out") is not None
    assert cases["кампании/spring.yml"].find("failure") is not None


def test_good_specs_are_called_good() -> None:
    assert printed([], "text", ["a.yml", "b.yml"]) == "a.yml: good\nb.yml: good"


spans = st.none() | st.builds(
    Span, st.text(max_size=8), st.integers(1, 99), st.integers(1, 300), st.none() | st.integers(1, 300)
)
anything = st.builds(
    Diagnostic, st.just("R203"), st.text(max_size=30), st.sampled_from(["error", "warning", "note"]), spans,
    st.none() | st.text(max_size=30), st.none() | st.text(max_size=300),
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(anything, max_size=5))
def test_every_format_prints_anything(found: list[Diagnostic]) -> None:
    assert "\x1b" not in printed(found, "text", ["a"])
    json.loads(printed(found, "json", ["a"]))
    json.loads(printed(found, "sarif", ["a"]))
    ElementTree.fromstring(printed(found, "junit", ["a"]).encode("utf-8", "replace"))
    assert len(printed(found, "github", ["a"]).splitlines()) >= len(found)
