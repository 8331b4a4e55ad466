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


LETTER = '---\nsubject: "Hi"\n---\n{{ ask_link }}\n'


def test_its_first_campaign_passes_with_the_shop_beside_it(tmp_path: Path, written: str) -> None:
    [campaign] = re.findall(r"^```yaml\n(campaign:.*?)^```", written, re.M | re.S)
    [business] = re.findall(r"^```yaml\n(brand:.*?)^```", written, re.M | re.S)
    spec = loaded(tmp_path, campaign, business, thanks=LETTER)
    assert [item.message for item in spec.diagnostics] == []


HEAD = "campaign: x\naudience: orders >= 1\ngoal: {event: ordered, within: 60d, assumed_lift: 2pp}\n"


def test_each_piece_it_shows_passes_in_a_campaign(tmp_path: Path, written: str) -> None:
    """Offers, segments and steps of the page, each put where it belongs."""
    [business] = re.findall(r"^```yaml\n(brand:.*?)^```", written, re.M | re.S)
    business += "  desk: {use: call_list, folder: out/calls}\n  meta: {use: meta_audience, token: env:META_TOKEN}\n"
    plain = '---\nsubject: "Hi"\n---\nHello\n'
    texts = dict.fromkeys(re.findall(r"(?:send|call|template): ([a-z_]+)", written), plain) | {"thanks": LETTER}
    pieces = re.findall(r"^```yaml\n((?:offers:|segments:|journey:).*?)^```", written, re.M | re.S)
    assert len(pieces) >= 4
    for number, piece in enumerate(pieces):
        offers = 'offers: {ten: {use: gift, gives: "tea", cost: 1 USD}}\n' if "offer: best" in piece else ""
        steps = "" if "journey:" in piece else "journey:\n  - {send: part_is_due, by: email}\n"
        spec = loaded(tmp_path / str(number), f"{HEAD}{offers}{piece}{steps}", business, **texts)
        assert [item.message for item in spec.diagnostics if item.is_error] == [], piece


def test_each_rule_it_shows_can_be_read(tmp_path: Path, written: str) -> None:
    shown = re.findall(r"^\| `([^`]+)` \| .* \|$", written.partition("Rules as one reads")[2].partition("###")[0], re.M)
    assert len(shown) >= 9
    rules = "".join(f"  - wait: 1d\n    if: {rule}\n" for rule in shown)
    [business] = re.findall(r"^```yaml\n(brand:.*?)^```", written, re.M | re.S)
    journey = f"journey:\n  - send: thanks\n    by: email\n    ask: why\n{rules}"
    spec = loaded(tmp_path, HEAD + journey, business, thanks=LETTER)
    assert [item.message for item in spec.diagnostics if item.is_error] == []


def test_the_twelve_mistakes_are_answered_as_the_page_says() -> None:
    page = (ROOT / "docs" / "how-to" / "twelve-mistakes.md").read_text(encoding="utf-8")
    answers = re.findall(r"^```text\n(.*?)^```", page, re.M | re.S)
    corpus = {path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "specs" / "bad").glob("*.txt")}
    assert len(answers) == 12
    assert set(answers) <= corpus
