"""Services that wear by time: the plan of a car service finds who is due."""

import json

import pytest

from reactivate.cli.main import main


def test_a_campaign_finds_whose_service_is_due(tmp_path, capsys):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "due.md").write_text('---\nsubject: "Time for {{ due_service }}"\n---\nHello\n')
    (tmp_path / "business.yml").write_text(
        'brand: "Garage"\nfooter: "Garage, town"\nweb: https://r.example.com\ncurrency: EUR\ntimezone: Europe/Berlin\n'
        "policy: eu\nsources:\n  visits:\n    use: csv\n    path: visits.csv\n    rows: orders\n"
        "    map: {ordered_on: date, amount: total, name: name, email: email, vehicle: car, service: work}\n"
        "services:\n  oil: {every: 365d}\n  tyres: {every: 182d}\n"
        "channels:\n  email: {use: outbox, folder: out}\n"
    )
    (tmp_path / "campaign.yml").write_text(
        "campaign: due\naudience:\n  - until_service <= 14d\n  - due_service = oil\n"
        "goal: {event: ordered, within: 45d}\nholdout: 0%\njourney:\n  - {send: due, by: email}\n"
    )
    (tmp_path / "visits.csv").write_text(
        "date,total,name,email,car,work\n"
        "2025-11-10,80.00,Anna Due,anna@post.example,A1,oil\n"
        "2026-09-01,80.00,Ben Fresh,ben@post.example,B1,oil\n"
        "2026-04-20,60.00,Clara Tyres,clara@post.example,C1,tyres\n"
    )
    with pytest.raises(SystemExit) as leave:
        main(["plan", str(tmp_path / "campaign.yml"), "--as-of", "2026-11-02", "--format", "json"])
    told = capsys.readouterr()
    assert leave.value.code == 0, told.err
    plan = json.loads(told.out)
    assert plan["audience"]["people"] == 1
    assert plan["samples"][0]["subject"] == "Time for oil"
    with pytest.raises(SystemExit):
        main(["explain", str(tmp_path / "campaign.yml"), "anna@post.example", "--as-of", "2026-11-02"])
    why = capsys.readouterr().out
    assert "due_service  oil: due in 8 days, last done on 2025-11-10, every 365 days" in why
