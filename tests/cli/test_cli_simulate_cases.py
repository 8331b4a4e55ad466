"""`reactivate simulate SPEC --test`: small tests of a campaign, with no data and no ledger."""

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from reactivate.cli.main import main

BOOKSHOP = Path(__file__).parents[2] / "configs" / "bookshop"


@pytest.fixture
def shop(tmp_path):
    """The bookshop without its data."""
    for name in ("business.yml", "campaign.yml", "campaign.test.yml"):
        shutil.copy(BOOKSHOP / name, tmp_path)
    shutil.copytree(BOOKSHOP / "templates", tmp_path / "templates")
    return tmp_path


@pytest.fixture
def tests(shop, capsys):
    """Write a test file (None = as shipped), run it; the exit code and everything said."""

    def run(cases=None, *words, code=0):
        if cases is not None:
            (shop / "campaign.test.yml").write_text(cases, encoding="utf-8")
        with pytest.raises(SystemExit) as leave:
            main(["simulate", str(shop / "campaign.yml"), "--test", *words])
        told = capsys.readouterr()
        assert leave.value.code == code, told.out + told.err
        assert "Traceback" not in told.err
        return told.out + told.err

    return run


def one(expect, answers="[]", person="orders: [{on: 2026-01-10, sum: 450 UAH}]"):
    return (
        "as_of: 2026-11-02T10:00\ncases:\n"
        f'  - name: "one"\n    person:\n      {person}\n    answers: {answers}\n    expect:\n      {expect}\n'
    )


def test_the_shipped_tests_are_good_and_leave_nothing_behind(shop, tests):
    before = sorted(path.name for path in shop.rglob("*"))
    found = json.loads(tests(None, "--format", "json"))
    assert (found["format"], found["good"], found["failed"]) == ("cases/1", 5, 0)
    assert sorted(path.name for path in shop.rglob("*")) == before


def test_a_failure_shows_expected_beside_seen_with_its_line(tests):
    said = tests(one("touches: [{step: thanks_for_books, day: 1}]\n      outcome: goal"), code=6)
    assert "1 case, 0 good, 1 failed" in said
    assert "campaign.test.yml:8: touches" in said
    rows = [" ".join(line.split()) for line in said.splitlines()]
    assert "! thanks_for_books sent on day 1 thanks_for_books sent on day 0" in rows
    assert "! nothing look_in_your_mailbox sent on day 7" in rows
    assert rows[-3:] == [rows[-3], "expected goal", "seen silent"]
    assert rows[-3].endswith("campaign.test.yml:9: outcome")


def test_junit_counts_the_failures(tests):
    suite = ElementTree.fromstring(tests(one("outcome: goal"), "--format", "junit", code=6))
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    (case,) = suite
    assert case.get("name") == "one"
    assert "expected goal" in case[0].text


@pytest.mark.parametrize(
    ("person", "why"),
    [
        ("orders: [{on: 2026-09-10, sum: 450 UAH}]", "not true: since_last_order > 180d"),
        ("orders: []", "not true: orders >= 1"),
        (
            "orders: [{on: 2026-01-10, sum: 450 UAH}]\n      columns: {topics: [prose]}",
            "not true: topics is missing",
        ),
    ],
)
def test_who_does_not_enter_is_told_why(tests, person, why):
    assert why in tests(one("outcome: goal", person=person), code=6)


@pytest.mark.parametrize(
    ("answers", "outcome", "day"),
    [
        ("[{step: thanks_for_books, event: answered, value: prose, after: 3h}]", "goal", 0),
        ("[{event: answered_topics, after: 20d}]", "goal", 20),
        ("[{step: confirm_contacts, event: result, value: do_not_call, after: 1d}]", "refused", 12),
        ("[]", "silent", 32),
    ],
)
def test_answers_lead_to_outcomes(tests, answers, outcome, day):
    tests(one(f"outcome: {outcome}\n      day: {day}", answers))


def test_a_goal_after_the_steps_is_seen(tests):
    answers = "[{event: answered_topics, after: 40d}]"
    tests(one("outcome: silent\n      goal_day: 40", answers))
    assert "seen     40" in tests(one("goal_day: 39", answers), code=6)


def test_nobody_enters_whom_no_channel_reaches(tests):
    person = "orders: [{on: 2026-01-10, sum: 450 UAH}]\n      reached_by: []"
    tests(one("touches: []\n      outcome: no_channel", person=person))


def test_cases_know_nothing_of_each_other(tests):
    """The same person alone and among others is played alike."""
    text = one("outcome: goal")
    alone = json.loads(tests(text, "--format", "json", code=6))["cases"][0]
    again = text[text.index("  - name") :].replace('"one"', '"two"').replace("450", "99999")
    both = json.loads(tests(text + again, "--format", "json", code=6))["cases"]
    assert both[0] == alone
    assert both[1]["seen"] == alone["seen"]


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("step: thanks_for_books", "step: thanks_for_book", "did you mean thanks_for_books?"),
        ("450 UAH", "450 USD", "R207"),
        ("after: 2d", "after: soon", "R204"),
        ("outcome: goal", "outcome: gaol", "did you mean goal?"),
        ("value: wrong_number", "value: rong_number", "did you mean wrong_number?"),
        ("reached_by: [desk]", "reached_by: [dsk]", "did you mean desk?"),
        ("reached_by: [desk]", "columns: {rfm: champion}", "did you mean champions?"),
        ("reached_by: [desk]", "columns: {ordrs: 3}", "did you mean orders?"),
        ("on: 2026-07-20", "on: 2027-07-20", "after `as_of`"),
        ("as_of: 2026-11-02T10:00", "as_of: yesterday", "write 2026-11-02T10:00"),
        ("event: bounced", "evnt: bounced", "did you mean event?"),
    ],
)
def test_a_fault_in_the_file_is_named_with_its_place(shop, tests, wrong, right, said):
    text = (shop / "campaign.test.yml").read_text(encoding="utf-8")
    assert wrong in text
    found = tests(text.replace(wrong, right), code=3)
    assert said in found
    assert "campaign.test.yml:" in found


def test_without_a_test_file_one_is_told_where_it_lies(shop, tests):
    (shop / "campaign.test.yml").unlink()
    said = tests(code=9)
    assert "R903" in said
    assert "campaign.test.yml" in said


@pytest.mark.parametrize(
    "text", ["", "[]", "cases: 3\n", "as_of: 2026-11-02\ncases: [x]\n", "as_of: {a: b}\ncases: []\n"]
)
def test_strange_files_are_refused_without_a_traceback(tests, text):
    tests(text, code=3)
