"""The reference page is made from the code, and what it shows works."""

import re
import sys
from pathlib import Path

import pytest
from spec_tools import loaded

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "spec.md"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    from spec_page import spec

    sys.modules.pop("spec_page", None)
    return spec()


def test_the_page_is_up_to_date(written: str) -> None:
    assert PAGE.read_text(encoding="utf-8").endswith(written.rstrip() + "\n")


def test_every_key_has_a_line_that_says_something(written: str) -> None:
    rows = [line for line in written.splitlines() if line.startswith("| `")]
    assert len(rows) > 120
    assert not [row for row in rows if "|  |  |" in row]


def test_its_first_campaign_passes(tmp_path: Path, written: str) -> None:
    [campaign] = re.findall(r"^```yaml\n(campaign:.*?)^```", written, re.M | re.S)
    spec = loaded(tmp_path, campaign, thanks='---\nsubject: "Hi"\n---\n{{ ask_link }}\n')
    assert [item.message for item in spec.diagnostics] == []


def test_the_twelve_mistakes_are_answered_as_the_page_says() -> None:
    page = (ROOT / "docs" / "how-to" / "twelve-mistakes.md").read_text(encoding="utf-8")
    answers = re.findall(r"^```text\n(.*?)^```", page, re.M | re.S)
    corpus = {path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "specs" / "bad").glob("*.txt")}
    assert len(answers) == 12
    assert set(answers) <= corpus
