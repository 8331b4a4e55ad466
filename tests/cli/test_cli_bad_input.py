"""Bad input is the normal case: a diagnostic with place and way out, an exit code from the table, nothing half done."""

import json
import os
import sys

import pytest

from reactivate.cli.main import main

MORNING = "2026-11-02T10:00"


@pytest.fixture
def shop(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["init", str(tmp_path / "shop")])
    capsys.readouterr()
    return tmp_path / "shop"


@pytest.fixture
def fails(shop, capsys):
    """Run a command that must fail with this code; what it said on stderr, with no traceback."""

    def run(code, *words):
        with pytest.raises(SystemExit) as leave:
            main([str(word) for word in words])
        told = capsys.readouterr()
        said = told.err + told.out
        assert leave.value.code == code, said
        assert "Traceback" not in said
        assert not (shop / "out").exists()
        return said

    return run


def plan(shop):
    return "plan", shop / "campaign.yml", "--as-of", MORNING


def orders(shop, text, encoding="utf-8"):
    (shop / "data" / "orders.csv").write_bytes(text.encode(encoding))


def base_is_untouched(shop):
    home = shop / ".reactivate" / "base"
    return not home.exists() or not [path for path in home.iterdir() if path.is_dir()]


def test_a_missing_data_file(shop, fails):
    (shop / "data" / "orders.csv").unlink()
    assert "orders.csv" in fails(9, *plan(shop))
    assert base_is_untouched(shop)


def test_a_wrong_column(shop, fails):
    text = (shop / "data" / "orders.csv").read_text()
    orders(shop, text.replace("total", "sum"))
    said = fails(5, *plan(shop))
    assert "total" in said
    assert base_is_untouched(shop)


def test_a_wrong_encoding(shop, fails):
    orders(
        shop, "order,date,total,status,name,email,phone\n1,2025-11-03,4,paid,Анна Пример,anna@post.example,\n", "cp1251"
    )
    said = fails(5, *plan(shop))
    assert "encoding" in said


def test_ragged_rows_above_the_share_allowed(shop, fails):
    text = (shop / "data" / "orders.csv").read_text()
    orders(shop, text + "1005,2026-03-02\n1006,2026-03-03,1,paid,A,b@post.example,,,,\n")
    said = fails(5, *plan(shop))
    assert "bad_rows" in said
    assert "row" in said


def test_bad_rows_below_the_share_are_kept_aside_and_counted(shop, capsys):
    text = (shop / "data" / "orders.csv").read_text()
    more = "".join(f"{n},2026-03-02,5.00,paid,Dora Test,dora@post.example,\n" for n in range(2000, 2300))
    orders(shop, text + more + "1005,2026-03-02\n")
    with pytest.raises(SystemExit) as leave:
        main([str(word) for word in (*plan(shop), "--format", "json")])
    assert leave.value.code == 0
    found = json.loads(capsys.readouterr().out)
    assert [row for row in found["findings"] if row["dropped"] and row["count"] == 1]


def test_an_empty_file(shop, fails):
    orders(shop, "")
    assert "empty" in fails(5, *plan(shop))


def test_a_header_alone_is_an_empty_shop(shop, capsys):
    orders(shop, "order,date,total,status,name,email,phone\n")
    with pytest.raises(SystemExit) as leave:
        main([str(word) for word in (*plan(shop), "--format", "json")])
    assert leave.value.code == 0
    assert json.loads(capsys.readouterr().out)["people"]["people"] == 0


def test_a_spec_with_ten_faults_names_them_all(shop, fails):
    (shop / "campaign.yml").write_text(
        "campaign: First Letter\n"
        "bussiness: business.yml\n"
        "purpose: selling\n"
        "audience:\n  - ordrs >= 1\n  - since_last_order > 90\n"
        "goal: {event: orderd, within: 30}\n"
        "holdout: 20\n"
        "journey:\n"
        "  - send: hello\n    by: emial\n"
        "  - wait: ten days\n"
        "  - {stop: done, puase: email}\n"
    )
    said = fails(3, "check", shop / "campaign.yml")
    faults = [line for line in said.splitlines() if ": error R" in line]
    assert len(faults) >= 10
    assert "did you mean orders?" in said
    assert all("campaign.yml:" in line for line in faults)


def test_a_broken_plugin_is_named(shop, fails, tmp_path, monkeypatch):
    dist = tmp_path / "site" / "broken_thing-1.2.dist-info"
    dist.mkdir(parents=True)
    (dist / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-thing\nVersion: 1.2\n")
    (dist / "entry_points.txt").write_text("[reactivate.v1]\nchannel.pigeon = broken_thing\n")
    (tmp_path / "site" / "broken_thing.py").write_text("raise RuntimeError('no pigeons here')\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    business = shop / "business.yml"
    business.write_text(business.read_text().replace("use: outbox, folder: out/letters", "use: pigeon"))
    said = fails(4, "check", shop / "campaign.yml")
    assert "broken-thing 1.2" in said
    assert "no pigeons here" in said
    sys.modules.pop("broken_thing", None)


def test_a_ledger_that_is_none(shop, fails):
    home = shop / ".reactivate"
    home.mkdir(exist_ok=True)
    (home / "ledger.db").write_text("this is no database, and long enough to look like one" * 40)
    (home / "ledger.key").write_text("00" * 32)
    assert "ledger" in fails(9, *plan(shop))


def test_a_ledger_without_its_key(shop, fails, capsys):
    with pytest.raises(SystemExit):
        main([str(word) for word in plan(shop)])
    capsys.readouterr()
    (shop / ".reactivate" / "ledger.key").unlink()
    assert "R914" in fails(9, *plan(shop))


def test_a_full_disk_while_the_base_is_written(shop, fails, monkeypatch):
    import pyarrow.parquet as pq

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full)
    assert "No space left" in fails(9, *plan(shop))
    assert base_is_untouched(shop)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(shop, fails):
    home = shop / ".reactivate"
    home.chmod(0o500)
    try:
        fails(9, *plan(shop))
    finally:
        home.chmod(0o700)


def test_a_plan_file_that_cannot_be_written(shop, fails, tmp_path):
    (tmp_path / "file").write_text("")
    assert "R905" in fails(9, *plan(shop), "--out", tmp_path / "file" / "plan.json")


@pytest.mark.parametrize("moment", ["yesterday", "2026-13-01", "2026-11-02T25:00", ""])
def test_a_moment_that_is_none(shop, fails, moment):
    assert "R190" in fails(3, "plan", shop / "campaign.yml", "--as-of", moment)


def test_events_with_faults_are_taken_in_by_none(shop, fails, capsys, tmp_path):
    with pytest.raises(SystemExit):
        main([str(word) for word in plan(shop)])
    capsys.readouterr()
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("event_id,kind,at,email\ne1,clicked,2026-11-02T10:00,anna@post.example\n")
    bad.write_text("event_id,kind,at,email\n,clicked,soon,\ne3,,2026-11-02T10:00,anna@post.example\n")
    said = fails(5, "events", shop / "campaign.yml", good, bad)
    assert "bad.csv:2:1" in said
    assert "bad.csv:3:1" in said
    with pytest.raises(SystemExit):
        main(["events", str(shop / "campaign.yml"), str(good), "--format", "json"])
    assert json.loads(capsys.readouterr().out)["new"] == 1
