"""The four classes of customers are never mixed in one campaign, unless a rule of it asks for that."""

import json
from datetime import date, timedelta

import pytest

from reactivate.cli.main import main

TODAY = date(2026, 6, 30)
BUSINESS = """brand: "Tea and Cups"
footer: "Tea and Cups Ltd, 1 Mill Street"
web: https://r.tea.example
currency: USD
timezone: America/New_York
policy: us
sources:
  shop:
    use: csv
    path: orders.csv
    rows: orders
    dates: YYYY-MM-DD
    map: {id: who, order_id: no, ordered_on: day, amount: sum, name: name, email: mail, city: town, nick: who}
  cards:
    use: csv
    path: cards.csv
    rows: people
    map: {id: who, name: name, email: mail}
columns:
  life: {use: stage, after: 100d, lost: 300d}
channels:
  email: {use: outbox, folder: out}
"""
CAMPAIGN = """campaign: come_back
business: business.yml
audience: AUDIENCE
goal: {event: ordered, within: 30d}
holdout: 0%
journey:
  - {send: hello, by: email}
"""
MIXED = "active 12, repeat 6, lost 9"


def rows():
    """Twelve regulars, six who are late, nine who stopped a year ago; all in the same town."""
    for who in range(27):
        last = 3 if who < 12 else 60 if who < 18 else 365
        for at in range(8):
            yield f"c{who:02}", last + 20 * at


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = ["who,day,no,sum,name,mail,town"]
    for number, (who, ago) in enumerate(rows()):
        day = TODAY - timedelta(days=ago)
        lines.append(f"{who},{day},{number},10,{who.capitalize()} Smith,{who}@post.example,Salem")
    (tmp_path / "orders.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    cards = "who,name,mail\np1,Peter Pear,p1@post.example\np2,Paula Pear,p2@post.example\n"
    (tmp_path / "cards.csv").write_text(cards, encoding="utf-8")
    (tmp_path / "business.yml").write_text(BUSINESS, encoding="utf-8")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "hello.md").write_text("---\nsubject: Hi\n---\nHello\n", encoding="utf-8")
    return tmp_path


def call(capsys, *arguments):
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    told = capsys.readouterr()
    return left.value.code, told.out, told.err


def written(shop, audience, **more):
    text = CAMPAIGN.replace("AUDIENCE", audience) + "".join(f"{key}: {value}\n" for key, value in more.items())
    (shop / "campaign.yml").write_text(text, encoding="utf-8")
    return "campaign.yml"


def planned(shop, capsys, audience, **more):
    spec = written(shop, audience, **more)
    code, out, err = call(capsys, "plan", spec, "--as-of", TODAY, "--format", "json")
    return code, json.loads(out), err


def test_a_mixed_audience_is_refused_with_its_place_its_people_and_the_way_out(shop, capsys):
    code, plan, err = planned(shop, capsys, "city = Salem")
    assert code == 6
    assert plan["audience"]["classes"] == {"active": 12, "repeat": 6, "lost": 9}
    (refusal,) = plan["refusals"]
    assert (refusal["code"], refusal["file"], refusal["line"], refusal["column"]) == ("R750", "campaign.yml", 3, 1)
    assert refusal["message"].endswith(MIXED)
    assert "`stage_class = active`" in refusal["hint"]
    assert "`stage_class in (active, repeat, lost)`" in refusal["hint"]
    assert "campaign.yml:3:1: error R750" in err


def test_a_run_of_it_sends_nothing(shop, capsys):
    code, _, err = call(capsys, "run", written(shop, "city = Salem"), "--as-of", TODAY, "--confirm", "--new-ledger")
    assert code == 6
    assert "R750" in err
    assert not (shop / "out").exists()


def test_a_simulation_of_it_is_played_and_refused(shop, capsys):
    code, out, err = call(capsys, "simulate", written(shop, "city = Salem"), "--as-of", TODAY, "--format", "json")
    assert code == 6
    assert json.loads(out)["format"] == "simulation/1"
    assert "campaign.yml:3:1: error R750" in err
    assert MIXED in err
    assert call(capsys, "simulate", written(shop, "since_last_order >= 0d"), "--as-of", TODAY)[0] == 0


@pytest.mark.parametrize(
    "audience",
    [
        "\n  - city = Salem\n  - stage_class in (active, repeat, lost)",
        "\n  - city = Salem\n  - life != potential",
        "\n  - city = Salem\n  - rfm != new",
        "\n  - city = Salem\n  - since_last_order >= 0d",
        "\n  - city = Salem\n  - overdue > -900d",
        "\n  - city = Salem\n  - orders(900d) >= 1",
        "\n  - city = Salem\n  - r >= 1",
        "\n  - city = Salem\n  - lapse_line > 1d",
    ],
)
def test_whoever_names_a_stage_or_a_silence_has_asked(shop, capsys, audience):
    code, plan, _ = planned(shop, capsys, audience)
    assert (code, plan["refusals"], plan["audience"]["people"]) == (0, [], 27)
    assert "R750" not in call(capsys, "check", "campaign.yml")[1]


def test_segments_offers_and_steps_ask_as_well(shop, capsys):
    assert planned(shop, capsys, "city = Salem", segments="{gone: stage_class = lost}")[0] == 0
    spec = written(shop, "city = Salem")
    text = (shop / spec).read_text(encoding="utf-8")
    (shop / spec).write_text(text.replace("by: email}", "by: email, if: stage_class = lost}"), encoding="utf-8")
    assert call(capsys, "plan", spec, "--as-of", TODAY)[0] == 0


def test_one_class_needs_no_asking(shop, capsys):
    code, plan, _ = planned(shop, capsys, "orders = 0")
    assert (code, plan["audience"]["classes"]) == (0, {"potential": 2})
    code, plan, _ = planned(shop, capsys, "nick = c03")
    assert (code, plan["audience"]["classes"]) == (0, {"active": 1})


def test_one_person_of_another_class_is_enough(shop, capsys):
    code, plan, _ = planned(shop, capsys, "nick in (c01, c02, c20)")
    assert (code, plan["audience"]["classes"]) == (6, {"active": 2, "lost": 1})


def test_messages_that_do_not_sell_are_for_everybody(shop, capsys):
    for purpose in ("service", "permission"):
        code, plan, _ = planned(shop, capsys, "city = Salem", purpose=purpose)
        assert (code, plan["refusals"]) == (0, [])
        assert "R750" not in call(capsys, "check", "campaign.yml")[1]


def test_check_warns_without_looking_at_data(shop, capsys):
    (shop / "orders.csv").unlink()
    code, out, _ = call(capsys, "check", written(shop, "city = Salem"))
    assert code == 0
    assert "campaign.yml:3:1: warning R750" in out
    assert "R750" not in call(capsys, "check", written(shop, "orders = 0"))[1]


def test_check_is_silent_while_a_rule_cannot_be_read(shop, capsys):
    code, out, err = call(capsys, "check", written(shop, "\n  - city = Salem\n  - since_last_ordr > 30d"))
    assert code == 3
    assert "R750" not in out + err


def test_the_plan_tells_the_classes_of_those_who_asked(shop, capsys):
    code, out, _ = call(capsys, "plan", written(shop, "since_last_order >= 0d"), "--as-of", TODAY)
    assert code == 0
    assert MIXED in out
    assert "mixes 12 active customers with 9 lapsed or lost ones" in out
