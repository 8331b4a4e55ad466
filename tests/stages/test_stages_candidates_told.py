"""`explain` shows the sums of one person: every term with its source, and the lines add up to E."""

import re

import pyarrow as pa
import pytest

from reactivate.report.story_text import as_text
from reactivate.report.sums_text import sums_text
from reactivate.stages.candidates_told import sums_of
from reactivate.stages.choice import Choice
from reactivate.stages.story import find_person, story

from .spice_shop import opened, spice_shop


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    campaign = opened(spice_shop(tmp_path_factory.mktemp("spice")))
    with campaign.ledger:
        return story(campaign, find_person(campaign, "customer40@post.example"))


def test_every_offer_is_there_best_first_with_what_became_of_it(told):
    fates = {row["offer"]: row["fate"] for row in told["offers"]}
    assert list(fates) == ["saffron", "none", "both", "coupon"]
    assert fates["saffron"] == "chosen"
    assert fates["none"] == "allowed, saffron chosen"
    assert fates["coupon"].startswith("refused: ")


def test_every_term_has_its_source(told):
    sources = {name: word for name, word in told["offers"][0].items() if name.endswith("_source")}
    assert None not in sources.values()
    assert set(sources.values()) <= {"measured", "history", "model", "assumption", "constant", "stated"}
    assert len(sources) == 10


def test_the_lines_add_up_to_the_expected_profit(told):
    for row in told["offers"]:
        lines = sums_text([row])
        parts = [float(found.group(1)) for line in lines if (found := re.match(r" +([+-][\d.,]+)  ", line))]
        assert len(parts) >= 5
        assert sum(parts) == pytest.approx(row["expected_profit"], abs=0.005 * len(parts))


def test_people_read_it_and_what_is_not_known_is_a_question_mark(told):
    assert "lift 2.0pp (assumption, halved) x margin" in as_text(told)
    unknown = {**told["offers"][0], "lift": None, "lift_source": None, "expected_profit": None, "fate": "undecided"}
    text = "\n".join(sums_text([unknown]))
    assert "expected extra profit unknown; undecided" in text
    assert "?  lift ? (not known)" in text
    assert sums_text([]) == []


def test_whom_the_sums_turn_away_is_told_that_he_enters_by_lot():
    rows = pa.table({"person_id": ["p", "p"], "offer": ["none", "gift"], "expected_profit": [-2.0, -3.0],
                     "verdict": ["breaks even at a lift of 2.4 points", "breaks even at a lift of 2.6 points"]})  # fmt: skip
    taken = pa.table({"person_id": ["p"], "offer": ["none"], "expected_profit": [-2.0], "cost": [1.0]})
    choice = Choice(taken, taken.slice(1), None, 0, explored=pa.array(["p"]))
    fates = {row["offer"]: row["fate"] for row in sums_of(rows, choice, "p")}
    assert fates["none"].startswith(
        "chosen by lot to explore, although the sums turn it away (breaks even at a lift of 2.4 points)"
    )
    assert fates["gift"] == "refused: breaks even at a lift of 2.6 points"
