"""A campaign that changes while people are inside, and channels that fail or are full."""

import json

import pytest

from reactivate.cli.main import main

BUSINESS = """\
brand: "Shop"
footer: "Shop, town"
web: https://r.example.com
currency: EUR
timezone: Europe/Berlin
policy: us
sources:
  orders:
    use: csv
    path: orders.csv
    rows: orders
    map: {ordered_on: date, amount: total, name: name, email: email}
channels:
  email: {use: outbox, folder: out, at_most: 4 per day}
"""
CAMPAIGN = """\
campaign: letters
audience: since_last_order > 30d
goal: {event: ordered, within: 60d}
holdout: 0%
journey:
  - {send: first, by: email}
  - wait: 3d
  - {send: second, by: email, if: first.sent}
"""


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "business.yml").write_text(BUSINESS)
    (tmp_path / "campaign.yml").write_text(CAMPAIGN)
    (tmp_path / "templates").mkdir()
    for name in ("first", "second", "other"):
        (tmp_path / "templates" / f"{name}.md").write_text(f'---\nsubject: "{name}"\n---\nThis is {name}.\n')
    names = ("Anna Ash", "Ben Bow", "Clara Cox", "Dan Doe", "Eva Elm", "Finn Fox")
    rows = "".join(f"2026-0{i + 1}-10,20.00,{n},{n.split()[0].lower()}@post.example\n" for i, n in enumerate(names))
    (tmp_path / "orders.csv").write_text("date,total,name,email\n" + rows)
    return tmp_path


def run(capsys, shop, moment, *more, code=0):
    with pytest.raises(SystemExit) as leave:
        main(["run", str(shop / "campaign.yml"), "--as-of", moment, "--confirm", "--format", "json", *more])
    told = capsys.readouterr()
    assert leave.value.code == code, told.err
    return json.loads(told.out)


def texts(shop):
    return sorted(path.read_text().count("This is other") for path in (shop / "out").glob("*.eml"))


def test_a_full_channel_holds_what_is_over_over_all_steps(shop, capsys):
    first = run(capsys, shop, "2026-11-02T10:00", "--new-ledger")
    assert first["sent"] == {"first": {"accepted": 4}}
    assert first["held"] == {"first": 2}
    again = run(capsys, shop, "2026-11-02T15:00")
    assert again["sent"] == {}
    assert run(capsys, shop, "2026-11-03T10:00")["sent"] == {"first": {"accepted": 2}}
    third = run(capsys, shop, "2026-11-06T10:00")
    assert third["sent"] == {"second": {"accepted": 4}}


def test_those_inside_finish_what_they_began(shop, capsys):
    business = shop / "business.yml"
    business.write_text(BUSINESS.replace(", at_most: 4 per day", ""))
    run(capsys, shop, "2026-11-02T10:00", "--new-ledger")
    (shop / "campaign.yml").write_text(
        CAMPAIGN.replace("send: second, by: email", "send: second, by: email, template: other")
    )
    done = run(capsys, shop, "2026-11-06T10:00")
    assert done["sent"] == {"second": {"accepted": 6}}
    assert sum(texts(shop)) == 0


def test_a_step_renamed_does_not_stop_those_who_have_the_old_one_ahead(shop, capsys):
    business = shop / "business.yml"
    business.write_text(BUSINESS.replace(", at_most: 4 per day", ""))
    run(capsys, shop, "2026-11-02T10:00", "--new-ledger")
    changed = (
        CAMPAIGN.replace("send: first", "send: opening")
        .replace("send: second", "send: other")
        .replace("first.sent", "opening.sent")
    )
    (shop / "campaign.yml").write_text(changed)
    (shop / "templates" / "opening.md").write_text('---\nsubject: "o"\n---\nOpening.\n')
    done = run(capsys, shop, "2026-11-06T10:00")
    assert done["sent"] == {"second": {"accepted": 6}}
    assert done["ended"] == {"finished": 6}


def test_a_channel_that_fails_is_left_in_peace_and_the_rest_waits(shop, capsys, monkeypatch):
    from reactivate_plugins.outbox import folder

    (shop / "business.yml").write_text(BUSINESS.replace(", at_most: 4 per day", ""))

    def broken(self, messages):
        raise ConnectionError("the provider is down")

    monkeypatch.setattr(folder.Outbox, "send", broken)
    monkeypatch.setattr("reactivate.ledger.delivery.FREE_BATCH", 2)
    monkeypatch.setattr(folder.Outbox, "lookup", lambda self, key: None)
    done = run(capsys, shop, "2026-11-02T10:00", "--new-ledger", code=7)
    assert done["sent"] == {"first": {"unknown": 2}}
    assert done["held"] == {"first": 4}
