"""A base is whole or not there; files of a shop become persons that keep their ids."""

import shutil
from datetime import UTC, datetime, timedelta

import pyarrow.compute as pc
import pytest

from reactivate.errors import DataError, EnvironmentFault
from reactivate.host.registry import Registry
from reactivate.ledger import Ledger
from reactivate.spec.load import load
from reactivate.stages.base import open_base
from reactivate.stages.sync import sync

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
BUSINESS = """
brand: "Сова"
currency: UAH
timezone: Europe/Kyiv
policy: ua
sources:
  orders:
    use: csv
    path: orders.csv
    rows: orders
    dates: DD.MM.YYYY
    bad_rows: 30%
    map: {id: код, ordered_on: дата, amount: сума, name: имя, phone: тел, email: пошта, size: розмір}
  consents: {use: csv, path: consents.csv, rows: consents}
match: {use: exact, by: [phone]}
"""
ORDERS = """код;дата;сума;имя;тел;пошта;розмір
1;01.02.2025;100;Терехина Наталья;0671112233;nata@ukr.net;M
2;05.02.2025;50;Терьохіна Наталія;+38 067 111 22 33;;L
3;07.02.2025;70;Коваль Остап;0501112233;;S
"""
CONSENTS = "email,id,channel,purpose,given_on,proof\nnata@ukr.net,,email,marketing,2024-01-01,site 1\n,3,sms,marketing,2024-01-02,call 2\n"


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "business.yml").write_text(BUSINESS, encoding="utf-8")
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    (tmp_path / "consents.csv").write_text(CONSENTS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def ledger(shop):
    with Ledger.open(shop / ".reactivate" / "ledger.db", create=True, now=lambda: NOW) as opened:
        yield opened


def synced(shop, ledger, now=NOW):
    registry = Registry()
    return sync(load(shop / "business.yml", registry).raise_if_failed().business, registry, ledger, now=now)


def test_from_files_to_a_base(shop, ledger):
    base = synced(shop, ledger)
    counts = base.manifest.counts
    assert (counts["records"], counts["people"], counts["duplicates"]) == (3, 2, pytest.approx(1 / 3))
    assert (counts["good.phone"], counts["good.email"], counts["good.any"]) == (1.0, 0.5, 1.0)
    people = base.table("people").sort_by("records").to_pylist()
    assert [row["records"] for row in people] == [1, 2]
    assert people[1]["x_size"] == "L"
    orders = base.table("orders")
    sums = orders.group_by("person_id").aggregate([("amount", "sum")])
    assert sorted(sums["amount_sum"].to_pylist()) == [70, 150]
    assert ledger.permissions.consent_now("marketing").num_rows == 2


def test_reading_it_back_gives_the_same(shop, ledger):
    base = synced(shop, ledger)
    again = open_base(ledger)
    assert again is not None
    assert again.manifest == base.manifest
    for name in base.names:
        assert again.table(name).equals(base.table(name)), name


def test_persons_outlive_the_files(shop, ledger):
    first = synced(shop, ledger).table("members")
    shutil.rmtree(shop / ".reactivate" / "base")
    (shop / "orders.csv").write_text(ORDERS + "4;09.02.2025;10;Новак Ірина;0931112233;;M\n", encoding="utf-8")
    second = synced(shop, ledger, NOW + timedelta(hours=1)).table("members")
    kept = second.filter(pc.not_equal(second["record_id"], "4"))
    assert kept.sort_by("record_id").equals(first.sort_by("record_id"))


def test_order_of_the_rows_does_not_matter(shop, ledger, tmp_path):
    first = synced(shop, ledger).table("people")
    head, *rows = ORDERS.splitlines()
    (shop / "orders.csv").write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")
    assert synced(shop, ledger).table("people").equals(first)


def test_a_missing_or_damaged_segment_is_an_error_with_a_way_out(shop, ledger):
    base = synced(shop, ledger)
    place = base.folder / "people.parquet"
    place.write_bytes(place.read_bytes() + b"x")
    again = open_base(ledger)
    with pytest.raises(EnvironmentFault, match=r"R920: .*is not what the last sync wrote"):
        again.table("people")
    place.unlink()
    with pytest.raises(EnvironmentFault, match=r"R920: .*people.parquet is gone") as caught:
        open_base(ledger)
    assert "reactivate sync" in caught.value.diagnostics[0].hint


def test_rubbish_is_swept_and_the_base_before_stays(shop, ledger):
    home = shop / ".reactivate" / "base"
    names = []
    for hour in range(3):
        names.append(synced(shop, ledger, NOW + timedelta(hours=hour)).manifest.base_id)
        (home / "20200101T000000-dead.part").mkdir()
    synced(shop, ledger, NOW + timedelta(hours=3))
    left = {path.name for path in home.iterdir() if path.is_dir()}
    assert len(left) == 2
    assert names[2] in left


def test_a_sync_that_fails_leaves_the_last_base(shop, ledger):
    base = synced(shop, ledger)
    (shop / "orders.csv").write_text(ORDERS + "4;31.02.2025;1;a;b;c;d\n5;never;1;a;b;c;d\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"R621: .*2 rows of 5"):
        synced(shop, ledger, NOW + timedelta(hours=1))
    assert open_base(ledger).manifest == base.manifest
    assert [path.name for path in (shop / ".reactivate" / "base").iterdir() if path.is_dir()] == [base.manifest.base_id]


def test_orders_that_name_a_number_find_the_card_of_that_number(shop, ledger):
    (shop / "business.yml").write_text(
        """
brand: "Сова"
currency: UAH
timezone: Europe/Kyiv
policy: ua
sources:
  orders: {use: csv, path: orders.csv, rows: orders, map: {id: customer, ordered_on: day, amount: sum}}
  people: {use: csv, path: people.csv, rows: people, map: {id: number, name: who, phone: tel}}
""",
        encoding="utf-8",
    )
    (shop / "orders.csv").write_text("customer,day,sum\n7,2025-01-02,10\n7,2025-02-02,20\n9,2025-01-05,5\n", "utf-8")
    (shop / "people.csv").write_text("number,who,tel\n7,Анна Коваль,0671112233\n8,Олег Рак,0501112233\n", "utf-8")
    base = synced(shop, ledger)
    named = {row["person_id"]: row["name"] for row in base.table("people").to_pylist()}
    bought = [(named[row["person_id"]], row["amount"]) for row in base.table("orders").sort_by("amount").to_pylist()]
    assert bought == [(None, 5), ("Анна Коваль", 10), ("Анна Коваль", 20)]
    assert base.manifest.counts["duplicates"] == 0


def test_no_base_yet(ledger):
    assert open_base(ledger) is None


def test_a_full_disk_leaves_nothing_half_written(shop, ledger, monkeypatch):
    from reactivate.stages import base

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(base.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        synced(shop, ledger)
    assert not [path for path in (shop / ".reactivate" / "base").iterdir() if path.is_dir()]
    assert open_base(ledger) is None


def test_segments_without_a_manifest_are_rubbish(shop, ledger, monkeypatch):
    def dies(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(Ledger, "commit_base", dies)
        with pytest.raises(KeyboardInterrupt):
            synced(shop, ledger)
    home = shop / ".reactivate" / "base"
    (rubbish,) = [path.name for path in home.iterdir() if path.is_dir()]
    assert open_base(ledger) is None
    base = synced(shop, ledger, NOW + timedelta(hours=1))
    left = {path.name for path in home.iterdir() if path.is_dir()}
    assert left == {base.manifest.base_id} != {rubbish}


def test_an_empty_shop(shop, ledger):
    (shop / "orders.csv").write_text(ORDERS.splitlines()[0] + "\n", encoding="utf-8")
    (shop / "consents.csv").write_text(CONSENTS.splitlines()[0] + "\n", encoding="utf-8")
    base = synced(shop, ledger)
    assert base.manifest.counts["people"] == 0
    assert base.manifest.counts["good.any"] is None
    assert base.table("people").num_rows == 0
