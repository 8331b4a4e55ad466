"""The page: every figure is the JSON's, nothing is loaded, nothing breaks out, holes do no harm."""

import hashlib
import json
import re
from base64 import b64encode
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report.html_kit import plan, report

from reactivate.report.html import render

VOID = {"meta", "br"}


class Page(HTMLParser):
    """Tags with attributes, figures with the text shown; complains of tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.figures: dict[str, tuple[str, str]] = {}
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "data":
            attrs = self.tags[-1][1]
            self.figures[attrs["data-at"]] = (attrs["value"], data)
        elif self.open and self.open[-1] != "style":
            self.words.append(data.strip())


def at(json_: Any, path: str) -> Any:
    for key in path.split("."):
        json_ = json_[int(key) if isinstance(json_, list) else key]
    return json_


def numbers(json_: Any, path: str = "") -> dict[str, float]:
    if isinstance(json_, bool) or json_ is None or isinstance(json_, str):
        return {}
    if isinstance(json_, int | float):
        return {path: json_}
    pairs = json_.items() if isinstance(json_, dict) else enumerate(json_)
    return {k: v for key, below in pairs for k, v in numbers(below, f"{path}.{key}" if path else str(key)).items()}


@pytest.mark.parametrize("source", [report(), plan()], ids=["report", "plan"])
def test_every_figure_is_the_json_figure(source):
    page = Page(render(source))
    assert page.open == []
    assert len(page.figures) > 60
    for path, (value, _) in page.figures.items():
        assert json.loads(value) == at(source, path), path


def test_every_figure_of_the_results_is_on_the_page():
    shown = Page(render(report())).figures
    expected = numbers(
        {
            k: v
            for k, v in report().items()
            if k in ("funnel", "lift", "money", "steps", "skipped", "results", "answers", "outcomes")
        }
    )
    unseen = set(expected) - set(shown)
    # p-value and sums told in other rows; columns where every step has 0 are left out
    assert {re.sub(r"\.\d+\.", ".*.", path) for path in unseen} == {
        "lift.p_value", "money.revenue_treated", "money.revenue_holdout", "steps.*.rejected", "steps.*.expired",
        "steps.*.suppressed", "steps.*.cancelled", "steps.*.dead",
    }  # fmt: skip
    base = numbers(
        {k: v for k, v in plan().items() if k in ("rfm", "reach", "people", "findings", "sources", "base_rate")}
    )
    gone = {re.sub(r"\.\d+\.", ".*.", f"plan.{path}") for path in base if f"plan.{path}" not in shown}
    assert gone == {"plan.rfm.*.r", "plan.rfm.*.f", "plan.findings.*.dropped"}


def test_figures_read_as_people_write_them():
    shown = {path: said for path, (_, said) in Page(render(report())).figures.items()}
    assert shown["plan.people.people"] == "3,718"
    assert shown["lift.treated_rate"] == "48.4%"
    assert shown["lift.difference"] == "+46.2pp"
    assert shown["money.rows.1.per_person_difference"] == "30.45 UAH"
    assert shown["money.rows.0.treated"] == "402"


def test_what_is_not_known_is_a_dash():
    page = render(report())
    assert "money.rows.2.treated" not in Page(page).figures
    assert ">nan" not in page.lower()
    assert "None" not in Page(page).words


def test_nothing_is_loaded_and_nothing_can_run():
    page = render(report())
    parsed = Page(page)
    assert {tag for tag, _ in parsed.tags} & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "base",
        "form",
        "use",
        "image",
    } == set()
    for _, attrs in parsed.tags:
        assert not {name for name in attrs if name in ("src", "href", "style", "srcset") or name.startswith("on")}
    assert "url(" not in page
    assert "@import" not in page
    policy = next(attrs["content"] for _, attrs in parsed.tags if attrs.get("http-equiv"))
    style = re.search(r"<style>(.*?)</style>", page, re.S)[1]
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_light_dark_narrow_and_print():
    page = render(report())
    for query in ("prefers-color-scheme: dark", "max-width: 40rem", "@media print"):
        assert query in page
    assert 'name="viewport"' in page


EVIL = "</style></title>\"'><script>alert(1)</script><img src=x onerror=alert(1)>{0}{x}%s"


def poisoned(json_: Any) -> Any:
    if isinstance(json_, str):
        return json_ if re.fullmatch(r"\d{4}-\d\d-\d\d|report/1|plan/1", json_) else json_ + EVIL
    if isinstance(json_, dict):
        return {key: poisoned(below) for key, below in json_.items()}
    return [poisoned(below) for below in json_] if isinstance(json_, list) else json_


def test_no_text_breaks_out():
    source = poisoned(report())
    source["plan"]["reach"][EVIL] = {"people": 1, "why": {EVIL: 2}}
    source["plan"]["audience"]["undecided"] = {EVIL: 3}
    page = Page(render(source))
    assert page.open == []
    assert {tag for tag, _ in page.tags} == {tag for tag, _ in Page(render(report())).tags}
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert any(EVIL in word for word in page.words)


def test_the_same_json_gives_the_same_page():
    assert render(report()) == render(json.loads(json.dumps(report())))


def test_an_empty_report_is_a_page():
    for source in (
        {},
        {"format": "report/1", "plan": None},
        {"format": "plan/1"},
        {"format": "plan/1", "brand": "Ёлка"},
    ):
        page = Page(render(source))
        assert page.open == []
        assert not page.figures


def test_a_clean_up_run_speaks_of_the_base():
    source = plan() | {"campaign": None, "audience": None, "entrants": None, "holdout": None, "base_rate": None,
                       "left_out": [], "steps": [], "samples": [], "smallest_lift_said": None}  # fmt: skip
    page = Page(render(source))
    assert "The base" in page.words
    assert "Whom we can reach" in page.words
    assert "Who is meant" not in page.words


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_holes_do_no_harm(data):
    def holed(json_: Any) -> Any:
        if isinstance(json_, dict):
            gone = data.draw(st.sets(st.sampled_from(sorted(json_)), max_size=2)) if json_ else set()
            kept = {key: below for key, below in json_.items() if key not in gone}
            return {key: None if data.draw(st.integers(0, 30)) == 0 else holed(below) for key, below in kept.items()}
        if isinstance(json_, list):
            return [holed(below) for below in json_[: data.draw(st.integers(0, 3))]]
        return json_

    source = holed(report())
    page = Page(render(source))
    assert page.open == []
    for path, (value, _) in page.figures.items():
        assert json.loads(value) == at(source, path)
