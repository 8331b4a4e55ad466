"""The page of every code: it exists, its wrong example gives that code, its right example is good."""

import re
from pathlib import Path

import pytest
from rules.rules_kit import OWN

import reactivate.rules
from reactivate.rules.check import read
from reactivate.rules.types import Kind, Name

SOURCES = Path(reactivate.rules.__file__).parent
PAGES = SOURCES.parent / "codes"
CODES = sorted({code for path in SOURCES.glob("*.py") for code in re.findall(r'"(R4\d\d)"', path.read_text("utf-8"))})
WIDE = OWN.plus(Name("expected_value", Kind.MONEY), Name("thanks.answered", Kind.YESNO, moment=True))


def example(page, title):
    found = re.search(rf"^{title}:\n\n    (.*)$", page, re.M)
    assert found, title
    rule = re.sub(r"^(audience|if): |\s+#.*$", "", found[1])
    return re.sub(r"^- \{.* if: (.*)\}$", r"\1", rule).removesuffix(" or …")


def test_every_code_of_the_rules_is_listed():
    assert len(CODES) >= 22


@pytest.mark.parametrize("code", CODES)
def test_page_tells_the_truth(code):
    page = (PAGES / f"{code}.md").read_text("utf-8")
    assert page.startswith(f"# {code}: ")
    assert "\nWhy: " in page
    wrong, right = example(page, "Wrong"), example(page, "Right")
    scope = WIDE
    if code == "R402":
        scope = OWN.plus(unavailable={})
        good = read(right, scope, currency="RUB")
        assert good[0] is not None
        hidden = type(scope)([], {"thanks.clicked": "only below the step"})
        assert [item.code for item in read(wrong, hidden, currency="RUB")[1]] == ["R402"]
        return
    if code == "R414":
        wrong = " or ".join([wrong] * 60)
    assert code in [item.code for item in read(wrong, scope, currency="RUB")[1]]
    typed, found = read(right, scope, currency="RUB")
    assert typed is not None
    assert found == []
