"""A small campaign from the first file to the report, as a user would type it."""

import json
import re
import shutil
from email import policy
from email.parser import BytesParser

import pytest

from reactivate.cli.main import main

MORNING = "2026-11-02T10:00"


@pytest.fixture
def shop(tmp_path, capsys):
    """What `init` writes, with a smaller holdout: a lot of one in five leaves all three people alone now and then."""
    call(capsys, "init", str(tmp_path / "shop"), "--timezone", "Europe/Berlin")
    path = tmp_path / "shop" / "campaign.yml"
    path.write_text(re.sub("holdout: [0-9]+%", "holdout: 1%", path.read_text()))
    return tmp_path / "shop"


def call(capsys, *words, code=0):
    """Run a command; its stdout. The exit code must be as told."""
    with pytest.raises(SystemExit) as leave:
        main([str(word) for word in words])
    told = capsys.readouterr()
    assert leave.value.code == code, told.err + told.out
    return told.out


def told(capsys, *words, code=0):
    return json.loads(call(capsys, *words, "--format", "json", code=code))


def letters(shop):
    return sorted((shop / "out" / "letters").glob("*.eml"))


def run(capsys, shop, *more, moment=MORNING, code=0):
    return told(capsys, "run", shop / "campaign.yml", "--as-of", moment, "--confirm", *more, code=code)


def test_what_init_writes_passes_check(shop, capsys):
    assert "good" in call(capsys, "check", shop / "campaign.yml")


def test_a_plan_counts_everybody_and_sends_nothing(shop, capsys):
    plan = told(capsys, "plan", shop / "campaign.yml", "--as-of", MORNING)
    left_out = sum(row["people"] for row in plan["left_out"])
    assert plan["audience"]["people"] == plan["entrants"]["people"] + left_out
    assert plan["people"] == {"records": 3, "people": 3, "duplicates": 0.0}
    assert plan["base_rate"]["people"] is not None
    assert not (shop / "out").exists()


def test_samples_name_nobody(shop, capsys):
    plan = call(capsys, "plan", shop / "campaign.yml", "--as-of", MORNING, "--format", "json")
    assert not re.search(r"Anna|anna@|Clara|clara@", plan)


def test_a_run_needs_an_approval_and_a_ledger(shop, capsys):
    call(capsys, "run", shop / "campaign.yml", "--as-of", MORNING)
    assert not (shop / "out").exists()
    (shop / ".reactivate").rename(shop / "gone")
    assert "R910" in _fails(capsys, "run", shop / "campaign.yml", "--as-of", MORNING, "--confirm", code=9)


def _fails(capsys, *words, code):
    with pytest.raises(SystemExit) as leave:
        main([str(word) for word in words])
    assert leave.value.code == code
    return capsys.readouterr().err


def test_each_letter_leaves_once_however_often_one_runs(shop, capsys):
    first = run(capsys, shop, "--new-ledger")
    sent = letters(shop)
    assert first["sent"]["hello_again"]["accepted"] == len(sent) > 0
    again = run(capsys, shop)
    later = run(capsys, shop, moment="2026-11-05T10:00")
    assert again["sent"] == later["sent"] == {}
    assert letters(shop) == sent
    message = BytesParser(policy=policy.default).parsebytes(sent[0].read_bytes())
    assert message["Message-ID"].startswith(f"<{sent[0].stem}@")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_deleting_the_base_changes_nobody_and_sends_nothing(shop, capsys):
    run(capsys, shop, "--new-ledger")
    before = letters(shop)
    shutil.rmtree(shop / ".reactivate" / "base")
    assert run(capsys, shop)["sent"] == {}
    assert letters(shop) == before


def test_nothing_leaves_at_night(shop, capsys):
    done = run(capsys, shop, "--new-ledger", moment="2026-11-02T23:00")
    assert done["sent"] == {}
    assert done["held"] == {"hello_again": done["entered"] - done["held_out"]}
    assert run(capsys, shop, moment="2026-11-03T10:00")["sent"]["hello_again"]["accepted"] > 0


def test_a_refusal_ends_the_pass_and_shows_in_the_story(shop, capsys, tmp_path):
    run(capsys, shop, "--new-ledger", moment="2026-11-02T23:00")
    events = tmp_path / "events.csv"
    events.write_text(
        "event_id,kind,at,email,value\n"
        + "".join(
            f"e{i},unsubscribed,2026-11-03T01:00,{who}@post.example,all\n"
            for i, who in enumerate(("anna", "ben", "clara"))
        )
    )
    assert told(capsys, "events", shop / "campaign.yml", events)["new"] == 3
    assert told(capsys, "events", shop / "campaign.yml", events)["new"] == 0
    done = run(capsys, shop, moment="2026-11-03T10:00")
    assert done["sent"] == {}
    assert not letters(shop)
    story = call(
        capsys, "explain", shop / "campaign.yml", "anna@post.example", "--as-of", "2026-11-03T10:00", "--no-sync"
    )
    assert "unsubscribed" in story


def test_an_approved_plan_holds_only_for_its_files(shop, capsys, tmp_path):
    plan = tmp_path / "plan.json"
    call(capsys, "plan", shop / "campaign.yml", "--as-of", MORNING, "--out", plan)
    letter = shop / "templates" / "hello_again.md"
    letter.write_text(letter.read_text() + "\nP.S. One more thing.\n")
    err = _fails(capsys, "run", shop / "campaign.yml", "--as-of", MORNING, "--approved", plan, "--new-ledger", code=6)
    assert "R701" in err
    assert not letters(shop)


def test_a_gate_that_fails_stops_plan_and_run(shop, capsys):
    business = shop / "business.yml"
    business.write_text(business.read_text() + "expect:\n  - people >= 1000\n")
    assert "R640" in _fails(capsys, "plan", shop / "campaign.yml", "--as-of", MORNING, code=5)
    assert "R640" in _fails(
        capsys, "run", shop / "campaign.yml", "--as-of", MORNING, "--confirm", "--new-ledger", code=5
    )
    assert not letters(shop)


def test_the_future_is_refused_when_a_channel_is_real(shop, capsys):
    business = shop / "business.yml"
    business.write_text(business.read_text().replace("use: outbox, folder: out/letters", "use: smtp, host: localhost"))
    err = _fails(
        capsys, "run", shop / "campaign.yml", "--as-of", "2099-01-01T10:00", "--confirm", "--new-ledger", code=6
    )
    assert "R710" in err


def test_the_report_agrees_with_the_ledger(shop, capsys, tmp_path):
    run(capsys, shop, "--new-ledger")
    page = tmp_path / "report.html"
    call(capsys, "report", shop / "campaign.yml", "--as-of", MORNING, "--no-sync", "--out", page)
    figures = told(capsys, "report", shop / "campaign.yml", "--as-of", MORNING, "--no-sync")
    shown = told(capsys, "ledger", "show", shop / "campaign.yml")
    assert figures["steps"][0]["accepted"] == len(letters(shop))
    assert sum(row["treated"] + row["holdout"] for row in figures["outcomes"]) == 3
    assert "<script src" not in page.read_text()
    assert shown["format"] == "ledger/1"


def test_the_ledger_is_sound(shop, capsys):
    run(capsys, shop, "--new-ledger")
    found = told(capsys, "ledger", "check", shop / "campaign.yml")
    assert {value for name, value in found.items() if name != "format"} == {0}
    assert "nothing is in doubt" in call(capsys, "ledger", "unknown", shop / "campaign.yml")


def test_two_plans_are_compared(shop, capsys, tmp_path):
    plan = tmp_path / "plan.json"
    call(capsys, "plan", shop / "campaign.yml", "--as-of", MORNING, "--out", plan)
    assert call(capsys, "plan", shop / "campaign.yml", "--as-of", MORNING, "--against", plan).strip() == "no changes"
    orders = shop / "data" / "orders.csv"
    orders.write_text(orders.read_text() + "1005,2026-03-02,12.00,paid,Dora Test,dora@post.example,\n")
    changed = call(capsys, "plan", shop / "campaign.yml", "--as-of", MORNING, "--against", plan)
    assert "~ audience.people: 3 -> 4" in changed


def test_exit_code_tells_that_there_is_something_to_send(shop, capsys):
    call(capsys, "plan", shop / "campaign.yml", "--as-of", MORNING, "--exit-code", code=8)


def test_a_simulation_is_the_same_for_the_same_seed(shop, capsys, tmp_path):
    answers = tmp_path / "responses.yml"
    answers.write_text(
        "seed: 3\nsteps:\n  hello_again:\n    clicked: 50%\nevents:\n  ordered: {share: 0%, after: 20d}\n"
    )
    golden = tmp_path / "golden.json"
    words = ("simulate", shop / "campaign.yml", "--as-of", MORNING, "--days", "40", "--responses", answers)
    call(capsys, *words, "--out", golden)
    call(capsys, *words, "--golden", golden)
    answers.write_text(answers.read_text().replace("ordered: {share: 0%", "ordered: {share: 100%"))
    call(capsys, *words, "--golden", golden, code=6)
    assert not (shop / "out").exists()


def test_a_confirmed_run_does_not_say_that_nothing_is_sent(shop, capsys):
    night = call(capsys, "run", shop / "campaign.yml", "--as-of", "2026-11-02T23:00", "--confirm", "--new-ledger")
    assert "carried out below, as confirmed" in night
    assert "nothing is sent" not in night
    assert re.search(r"Left for a later run: \d+ hello_again", night)
    assert "nothing is sent" in call(capsys, "run", shop / "campaign.yml", "--as-of", MORNING)
