"""`reactivate simulate` reads answers from 0 to 10 as numbers, as plan and run do."""

import json
from datetime import date, timedelta

import pytest

from reactivate.cli.main import main

TODAY = date(2026, 10, 1)
PEOPLE = 40
BUSINESS = """\
brand: "Pedal & Chain"
footer: "Pedal & Chain, 4 Mill Lane, Leeds"
web: https://r.pedal.example
currency: GBP
timezone: Europe/London
language: en
policy: eu
sources:
  till:
    use: csv
    path: data/orders.csv
    rows: orders
    map: {order_id: id, ordered_on: date, amount: sum, email: email}
  forms: {use: csv, path: data/consents.csv, rows: consents, map: {email: email, channel: channel, purpose: purpose, given_on: on, proof: proof}}
questions:
  nps: {text: "Would you recommend us to a friend?", pick: 0-10}
channels:
  email: {use: outbox, folder: out}
"""
CAMPAIGN = """\
campaign: after_the_service
business: business.yml
audience: since_last_order >= 180d
goal: {event: ordered, within: 45d, follow: 90d, assumed_lift: 6pp}
holdout: 0%
journey:
  - {send: how_was_it, by: email, ask: nps}
  - {wait: 5d, or_until: how_was_it.answered}
  - {send: bring_a_friend, by: email, if: how_was_it.answer >= 9}
  - {send: we_are_sorry, by: email, if: nps <= 6}
"""
CASES = """\
as_of: 2026-10-01T11:00
cases:
  - name: "a promoter"
    person: {orders: [{on: 2026-01-10, sum: 45 GBP}]}
    answers: [{step: how_was_it, event: answered, value: 9, after: 1d}]
    expect: {touches: [{step: how_was_it}, {step: bring_a_friend}]}
  - name: "a detractor, who was a promoter before"
    person: {orders: [{on: 2026-01-10, sum: 45 GBP}], columns: {nps: 10}}
    answers: [{step: how_was_it, event: answered, value: 6, after: 1d}]
    expect: {touches: [{step: how_was_it}, {step: we_are_sorry}]}
  - name: "silent, and a detractor of old"
    person: {orders: [{on: 2026-01-10, sum: 45 GBP}], columns: {nps: 0}}
    answers: []
    expect: {touches: [{step: how_was_it}, {step: we_are_sorry}]}
  - name: "ten is more than nine, as texts it would be less"
    person: {orders: [{on: 2026-01-10, sum: 45 GBP}]}
    answers: [{step: how_was_it, event: answered, value: 10, after: 1d}]
    expect: {touches: [{step: how_was_it}, {step: bring_a_friend}]}
  - name: "what is no number is no answer to it"
    person: {orders: [{on: 2026-01-10, sum: 45 GBP}]}
    answers: [{step: how_was_it, event: answered, value: fine, after: 1d}]
    expect: {touches: [{step: how_was_it}]}
"""


@pytest.fixture
def shop(tmp_path):
    """Forty customers silent for most of a year."""
    for name in ("data", "templates"):
        (tmp_path / name).mkdir()
    texts = {"business.yml": BUSINESS, "campaign.yml": CAMPAIGN, "campaign.test.yml": CASES}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name, link in (("how_was_it", "{{ ask_link }}"), ("bring_a_friend", ""), ("we_are_sorry", "")):
        text = f"---\nsubject: {name}\n---\nHello. {link} {{{{ unsubscribe_link }}}}\n"
        (tmp_path / "templates" / f"{name}.md").write_text(text)
    orders = [f"{who},{TODAY - timedelta(days=250 + who)},45,k{who}@post.example" for who in range(PEOPLE)]
    consents = [f"k{who}@post.example,email,marketing,2026-01-01,form" for who in range(PEOPLE)]
    (tmp_path / "data" / "orders.csv").write_text("\n".join(["id,date,sum,email", *orders]) + "\n")
    (tmp_path / "data" / "consents.csv").write_text("\n".join(["email,channel,purpose,on,proof", *consents]) + "\n")
    return tmp_path


@pytest.fixture
def simulated(shop, capsys):
    def go(*words):
        with pytest.raises(SystemExit) as leave:
            main(["simulate", str(shop / "campaign.yml"), "--format", "json", *words])
        told = capsys.readouterr()
        assert leave.value.code == 0, told.out + told.err
        return json.loads(told.out)

    return go


def sent(told):
    counts = {row["name"]: row["people"] for row in told["funnel"]}
    return {name: counts[f"{name}: sent"] for name in ("how_was_it", "bring_a_friend", "we_are_sorry")}


def test_the_steps_after_it_go_by_the_marks(shop, simulated):
    out = shop / "played.json"
    answers = "steps: {how_was_it: {answered: {share: 100%, after: 1d, words: {10: 60%, 6: 40%}}}}\n"
    (shop / "responses.yml").write_text(answers)
    found = sent(
        simulated("--responses", str(shop / "responses.yml"), "--as-of", "2026-10-01T11:00", "--out", str(out))
    )
    # Lots hang on the ids of a fresh ledger, so only what holds for every draw is asked: each mark has its letter.
    assert found["bring_a_friend"] + found["we_are_sorry"] == found["how_was_it"] == PEOPLE
    assert min(found.values()) > 0
    assert sent(json.loads(out.read_text())) == found


@pytest.mark.parametrize(
    ("mark", "friend", "sorry"), [("0", 0, PEOPLE), ("8", 0, 0), ("10", PEOPLE, 0), ("eleven", 0, 0)]
)
def test_everybody_says_the_same(shop, simulated, mark, friend, sorry):
    answers = f"steps: {{how_was_it: {{answered: {{share: 100%, after: 1d, words: {{{mark}: 100%}}}}}}}}\n"
    (shop / "responses.yml").write_text(answers)
    found = sent(simulated("--responses", str(shop / "responses.yml"), "--as-of", "2026-10-01T11:00"))
    assert (found["bring_a_friend"], found["we_are_sorry"]) == (friend, sorry)


def test_nobody_answers(simulated):
    assert sent(simulated("--as-of", "2026-10-01T11:00")) == {
        "how_was_it": PEOPLE,
        "bring_a_friend": 0,
        "we_are_sorry": 0,
    }


def test_small_tests_read_them_alike(simulated):
    told = simulated("--test")
    assert (told["good"], told["failed"]) == (5, 0)
