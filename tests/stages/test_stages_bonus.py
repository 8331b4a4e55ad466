"""Staff bonus of a small car service: who served whom, what is due, decided once; the score beside it."""

import json
import shutil
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from reactivate.cli.main import main
from reactivate.cli.progress import Progress
from reactivate.contracts.contract import MOMENT
from reactivate.errors import SpecError
from reactivate.stages.approval import from_json
from reactivate.stages.bonus import bonus
from reactivate.stages.measure import measure
from reactivate.stages.opening import open_spec
from reactivate.stages.planning import plan_of
from reactivate.stages.run import run

START = date(2026, 10, 1)
BUSINESS = """\
brand: "Гараж 7"
footer: "ООО «Гараж 7», Казань, ИНН 1600000000"
web: https://r.garage7.example
currency: RUB
timezone: Europe/Moscow
language: ru
policy: ru
margin: {default: 40%, tyres: 20%}
sources:
  crm:
    use: csv
    path: data/orders.csv
    rows: orders
    paid: [done]
    map: {order_id: id, ordered_on: date, amount: sum, status: status, name: name, email: email, staff: master, category: work}
  forms: {use: csv, path: data/consents.csv, rows: consents, map: {email: email, channel: channel, purpose: purpose, given_on: on, proof: proof}}
questions:
  nps: {text: "Посоветуете ли вы нас друзьям?", pick: 0-10}
channels:
  email: {use: outbox, folder: out, cost: 0.10 RUB}
"""
CAMPAIGN = """\
campaign: service_due
business: business.yml
audience: since_last_order >= 180d
goal: {event: ordered, within: 45d, follow: 90d, assumed_lift: 6pp}
holdout: 0%
journey:
  - {send: part_is_due, by: email}
  - wait: 7d
after_goal:
  - {send: how_was_it, by: email, purpose: service, ask: nps, if: ordered}
  - {wait: 7d, or_until: how_was_it.answered}
staff_bonus: {pay: 5% of margin, if: how_was_it.answer >= 9}
"""
HEAD = "id,date,sum,status,name,email,master,work"
MASTERS = ("Ира", "Олег", "")


def order(number, who, day, amount, master, work="oil"):
    return f"{number},{day},{amount},done,Клиент {who},k{who}@post.example,{master},{work}"


def garage_in(folder):
    """Six silent customers; everybody comes back, one a day from the fifth of October."""
    for name in ("data", "templates"):
        (folder / name).mkdir()
    (folder / "business.yml").write_text(BUSINESS)
    (folder / "campaign.yml").write_text(CAMPAIGN)
    for name in ("part_is_due", "how_was_it"):
        text = f"---\nsubject: {name}\n---\nПора. {{{{ ask_link }}}} {{{{ unsubscribe_link }}}}\n"
        (folder / "templates" / f"{name}.md").write_text(text)
    old = [order(who, who, START - timedelta(days=300 + who), 5000, "Старый") for who in range(6)]
    back = [order(90 + n, n, START + timedelta(days=4 + n), 4000, MASTERS[n % 3], "tyres" if n == 3 else "oil")
            for n in range(6)]  # fmt: skip
    consents = [f"k{who}@post.example,email,marketing,2026-01-01,form" for who in range(6)]
    (folder / "data" / "orders.csv").write_text("\n".join([HEAD, *old, *back]) + "\n")
    (folder / "data" / "consents.csv").write_text("\n".join(["email,channel,purpose,on,proof", *consents]) + "\n")
    return folder / "campaign.yml"


@pytest.fixture
def garage(tmp_path):
    return garage_in(tmp_path)


@pytest.fixture(scope="module")
def eleven_days(tmp_path_factory):
    """The campaign ran until the eleventh, and nobody has said his mark."""
    path = garage_in(tmp_path_factory.mktemp("garage"))
    passed(path, 1, 5, 8, 11)
    return path


@pytest.fixture
def under_way(eleven_days, tmp_path):
    """A copy of it with its ledger, for one test to go on with."""
    return shutil.copytree(eleven_days.parent, tmp_path / "garage") / eleven_days.name


def opened(path, day):
    """At eleven in Moscow, when Kamchatka may be written to."""
    moment = datetime(2026, 10, day, 8, tzinfo=UTC)
    return open_spec(str(path), clock=lambda: moment, progress=Progress(), moment=f"2026-10-{day:02}T11:00")


def passed(path, *days):
    for day in days:
        campaign = opened(path, day)
        with campaign.ledger:
            found, drafted = plan_of(campaign)
            run(campaign, from_json(found["ceilings"]), Progress(), drafted)


def answered(path, day, marks):
    """The person of each order says his mark, in answer to `how_was_it`."""
    campaign = opened(path, day)
    with campaign.ledger as ledger:
        touches = ledger.touches("service_due").to_pylist()
        orders = campaign.base.table("orders").to_pylist()
        persons = {row["order_id"]: row["person_id"] for row in orders}
        keys = {row["person_id"]: row["key"] for row in touches if row["step"] == "how_was_it"}
        at = datetime(2026, 10, day, 7, tzinfo=UTC)
        rows = [(f"a{number}/{day}", keys[persons[number]], f"nps={mark}") for number, mark in marks.items()]
        ids, found, values = zip(*rows, strict=True)
        ledger.import_events(
            pa.table(
                {
                    "source": pa.array(["file"] * len(rows)),
                    "event_id": pa.array(ids),
                    "key": pa.array(found),
                    "kind": pa.array(["answered"] * len(rows)),
                    "value": pa.array(values),
                    "at": pa.array([at] * len(rows), MOMENT),
                }
            )
        )


def found(path, day, **period):
    campaign = opened(path, day)
    with campaign.ledger:
        earned = bonus(campaign, **period)
        return earned, earned.as_json(campaign)


def states(told):
    return told["states"]


def test_due_to_those_who_served_customers_that_came_back_and_would_recommend(under_way):
    answered(under_way, 12, {"90": 10, "91": 8, "92": 9, "93": 9})
    passed(under_way, 12, 20)
    _, told = found(under_way, 20)
    assert {row["staff"]: row["due"] for row in told["staff"] if row["due"]} == {"Ира": 120.0, "(nobody named)": 80.0}
    assert told["due"] == 200.0
    assert [row["order_id"] for row in told["rows"]] == ["crm:92", "crm:90", "crm:93"]
    ira = next(row for row in told["staff"] if row["staff"] == "Ира")
    assert (ira["answers"], ira["score"], ira["margin"]) == (2, 1.0, 2400.0)
    oleg = next(row for row in told["staff"] if row["staff"] == "Олег")
    assert (oleg["customers"], oleg["answers"], oleg["score"]) == (0, 1, 0.0)


def test_what_was_decided_stays_and_periods_do_not_overlap(under_way):
    answered(under_way, 12, {"90": 10})
    passed(under_way, 12, 20)
    before, _ = found(under_way, 20)
    answered(under_way, 21, {"91": 10, "90": 1})
    passed(under_way, 21)
    after, told = found(under_way, 21)
    assert after.rows.equals(before.rows)
    assert told["due"] == 80.0
    first, _ = found(under_way, 21, until=date(2026, 10, 12))
    second, _ = found(under_way, 21, since=date(2026, 10, 13))
    both = sorted(first.rows["person_id"].to_pylist() + second.rows["person_id"].to_pylist())
    assert both == sorted(after.rows["person_id"].to_pylist())
    assert first.due.num_rows == 1


def test_who_is_still_on_the_way_waits(garage):
    passed(garage, 1, 5)
    _, told = found(garage, 6)
    assert states(told) == {"waiting": 1}
    assert told["due"] == 0


def test_without_a_rule_everybody_who_came_back_counts(garage):
    garage.write_text(CAMPAIGN.replace("pay: 5% of margin, if: how_was_it.answer >= 9", "pay: 10% of margin"))
    passed(garage, 1, 12, 20)
    _, told = found(garage, 20)
    assert told["due"] == pytest.approx(5 * 160 + 80)


def test_the_guard_counts_the_bonus_as_a_cost(garage):
    offer = CAMPAIGN.replace("journey:", 'offers: {tea: {use: gift, gives: "чай", cost: 10 RUB}}\njourney:')
    garage.write_text(offer.replace("{send: part_is_due, by: email}", "{send: part_is_due, by: email, offer: best}"))
    campaign = opened(garage, 1)
    with campaign.ledger:
        _, drafted = plan_of(campaign)
    assert set(drafted.candidates["bonus_cost"].to_pylist()) == {5000 * 0.4 * 0.05}


def reported(path, day):
    campaign = opened(path, day)
    with campaign.ledger:
        return measure(campaign)["money"]


def test_the_report_counts_what_is_due_by_then(garage, under_way):
    assert reported(garage, 1)["staff_bonus"] == 0
    answered(under_way, 12, {"90": 10, "91": 8, "92": 9})
    passed(under_way, 12, 20)
    for day, due in ((8, 0.0), (20, 160.0)):
        _, told = found(under_way, day)
        money = reported(under_way, day)
        assert (told["due"], money["staff_bonus"], money["currency"]) == (due, due, "RUB")
        line = {"name": "staff_bonus", "treated": due, "holdout": 0.0, "per_person_difference": None}
        assert money["rows"][-1] == line


def test_a_report_without_the_key_has_no_line_of_it(garage):
    garage.write_text(CAMPAIGN.split("staff_bonus", maxsplit=1)[0])
    passed(garage, 1, 5)
    money = reported(garage, 6)
    assert money["staff_bonus"] is None
    assert [row["name"] for row in money["rows"]] == ["orders", "revenue", "margin"]


def test_a_campaign_without_the_key_says_so(garage):
    garage.write_text(CAMPAIGN.split("staff_bonus", maxsplit=1)[0])
    with pytest.raises(SpecError, match="R193"):
        found(garage, 1)


def test_the_command_writes_a_sheet_and_prints_sums(under_way, capsys, monkeypatch):
    answered(under_way, 12, {"90": 10})
    passed(under_way, 12)
    sheet = under_way.parent / "bonus.csv"
    with pytest.raises(SystemExit) as leave:
        main(["bonus", str(under_way), "--as-of", "2026-10-12T11:00", "--out", str(sheet)])
    assert leave.value.code == 0
    text = capsys.readouterr().out
    assert text.startswith("Bonus of service_due as of 2026-10-12: 80.00 RUB for 1 customer who came back\n  Ира")
    head, *lines = sheet.read_text().splitlines()
    assert head == "campaign,staff,person_id,order_id,ordered_on,decided_on,margin,due,currency,state"
    assert [line.split(",")[3::4] for line in lines if line.endswith(",due")] == [["crm:90", "80.00"]]
    with pytest.raises(SystemExit):
        main(["bonus", str(under_way), "--as-of", "2026-10-12T11:00", "--format", "json", "--since", "2026-10-12"])
    assert json.loads(capsys.readouterr().out)["due"] == 80.0
