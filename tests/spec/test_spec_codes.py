"""Every code has its page: wrong, right, why."""

import re
from pathlib import Path

import pytest
from spec_tools import SPECS

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "reactivate" / "codes"
USED = sorted(
    {
        code
        for folder in ("reactivate", "plugins")
        for path in (ROOT / folder).rglob("*.py")
        for code in re.findall(r'"(R[1-5]\d\d)"', path.read_text(encoding="utf-8"))
    }
)


@pytest.mark.parametrize("code", [code for code in USED if code[:2] != "R5"])
def test_every_code_of_the_language_has_a_page(code: str) -> None:
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {code}: ")
    wrong, right, why = (text.index(word) for word in ("\nWrong", "\nRight", "\nWhy: "))
    assert wrong < right < why
    assert len(text.splitlines()) <= 30


def test_no_page_speaks_of_a_code_that_nobody_uses() -> None:
    pages = {path.stem for path in PAGES.glob("R[1-4]*.md")}
    assert pages - set(USED) == set()


def test_the_corpus_shows_every_code_of_spec_and_rules() -> None:
    shown = set()
    for path in (SPECS / "bad").glob("*.txt"):
        shown |= set(re.findall(r"(?:error|warning|note) (R\d\d\d)", path.read_text(encoding="utf-8")))
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "reactivate" / "spec").glob("*.py"))
    ours = set(re.findall(r'"(R[123]\d\d)"', source))
    assert ours - shown == {"R220"}  # a plug-in's own validator; tested with the binder
