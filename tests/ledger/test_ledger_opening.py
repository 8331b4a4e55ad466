import os
import sqlite3
import stat
from pathlib import Path

import pyarrow as pa
import pytest
from ledger.ledger_kit import (
    EMAIL,
    Clock,
    Sink,
    build_for,
    enter,
    mailbox,
    manifest,
    members,
    open_ledger,
    plan,
    populate,
)
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from reactivate.errors import ENVIRONMENT, EnvironmentFault
from reactivate.ledger import Ledger, deliver
from reactivate.ledger.place import file_system, refuse_network


def refused(code):
    return pytest.raises(EnvironmentFault, match=code)


def reopen(folder):
    return Ledger.open(folder / ".reactivate" / "ledger.db", create=False)


def test_a_missing_ledger_is_refused_and_the_way_out_named(tmp_path):
    with refused("R910") as caught:
        reopen(tmp_path)
    assert "--new-ledger" in caught.value.diagnostics[0].hint
    assert caught.value.exit_code == ENVIRONMENT
    assert not (tmp_path / ".reactivate").exists(), "asking makes nothing"


def test_folder_file_and_key_are_closed_to_others(tmp_path):
    with open_ledger(tmp_path) as ledger:
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [ledger.folder, *ledger.folder.iterdir()]}
    assert modes.pop(".reactivate") == 0o700
    assert set(modes.values()) == {0o600}
    assert {"ledger.db", "ledger.key"} <= set(modes)


def test_a_folder_that_was_there_keeps_its_mode(tmp_path):
    tmp_path.chmod(0o755)
    with Ledger.open(tmp_path / "ledger.db", create=True):
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_opening_again_finds_the_same_secret(tmp_path):
    with open_ledger(tmp_path) as ledger:
        key, known = ledger.key_id, ledger.key_for("c", "hello", "p", 1)
    with reopen(tmp_path) as ledger:
        assert (ledger.key_id, ledger.key_for("c", "hello", "p", 1)) == (key, known)
    assert len(known) == 26


def test_the_secret_shows_nowhere(tmp_path):
    with open_ledger(tmp_path) as ledger:
        assert ledger.secret.hex() not in repr(ledger)


@pytest.mark.parametrize("rows", [b"", b"no database at all" * 200, b"SQLite format 3\x00" + b"\xff" * 4000])
def test_what_is_no_ledger_is_refused(tmp_path, rows):
    with open_ledger(tmp_path) as ledger:
        place = Path(ledger.place)
    for path in tmp_path.glob(".reactivate/ledger.db*"):
        path.unlink()
    place.write_bytes(rows)
    with refused("R91[01]"):
        reopen(tmp_path)


def test_a_database_of_somebody_else_is_left_alone(tmp_path):
    place = tmp_path / "shop.db"
    with sqlite3.connect(place) as connection:
        connection.execute("CREATE TABLE orders (id INTEGER)")
    connection.close()
    before = place.read_bytes()
    with refused("R911"):
        Ledger.open(place, create=True)
    assert not (tmp_path / "ledger.key").exists()
    with sqlite3.connect(place) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("orders",)]
    connection.close()
    assert before[:16] == place.read_bytes()[:16]


def test_a_newer_schema_is_refused(tmp_path):
    with open_ledger(tmp_path) as ledger, ledger.store.write() as connection:
        connection.execute(text("UPDATE schema_info SET version = 99"))
    with refused("R912"):
        reopen(tmp_path)


def test_without_its_key_a_ledger_stays_shut(tmp_path):
    with open_ledger(tmp_path) as ledger:
        key = ledger.folder / "ledger.key"
    key.unlink()
    with refused("R914"):
        Ledger.open(tmp_path / ".reactivate" / "ledger.db", create=True)
    assert not key.exists(), "a new key would send everything again"
    key.write_text("ab" * 32)
    with refused("R914"):
        reopen(tmp_path)
    key.write_text("zz")
    with refused("R914"):
        reopen(tmp_path)


def test_a_network_disk_is_refused(tmp_path, monkeypatch):
    mounts = tmp_path / "mounts"
    mounts.write_text("disk / ext4 rw 0 0\nserver:/home /srv/team\\040share nfs4 rw 0 0\n")
    assert file_system(Path("/srv/team share/shop"), mounts) == "nfs4"
    assert file_system(Path("/srv/other"), mounts) == "ext4"
    assert file_system(tmp_path, tmp_path / "nothing") is None
    monkeypatch.setattr("reactivate.ledger.place.file_system", lambda folder: "nfs4")
    with refused("R913"):
        refuse_network(tmp_path)


def test_an_unknown_server_or_driver_is_explained(tmp_path):
    with refused("R917") as caught:
        Ledger.open("nosuch://olga:secret@db.example/ledger", create=False, home=tmp_path)
    assert "secret" not in str(caught.value)


class TestWorld:
    """The disk and its rights fail while we work."""

    def full(self, ledger):
        with ledger.store.write() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    def test_a_full_disk_is_typed_and_nothing_is_half_written(self, tmp_path):
        with open_ledger(tmp_path) as ledger:
            ids = populate(ledger, 5)
            passes = enter(ledger, ids)
            due = plan(ledger, passes)
            before = ledger.figures()
            self.full(ledger)
            many = members(**{f"x{n}": f"new{n}" for n in range(5000)})
            with refused("R915.*disk is full"):
                ledger.commit_base(manifest(2), many)
            after = ledger.figures()
            assert before == after
            assert ledger.last_base() == manifest(1)
            assert due.num_rows == 5

    def test_a_full_disk_at_the_intent_sends_nothing(self, tmp_path):
        sink = Sink()
        with open_ledger(tmp_path) as ledger:
            ids = populate(ledger, 300)
            due = plan(ledger, enter(ledger, ids))
            self.full(ledger)
            with refused("R915"):
                deliver(ledger, sink, EMAIL, due, build_for(mailbox(ids)))
            states = ledger.figures()["touches"]
        # What left before the disk was full is known, or shown as unknown; the rest waits.
        with open_ledger(tmp_path) as ledger:
            states = ledger.figures()["touches"]
            assert sum(states.values()) == 300
            assert states.get("accepted", 0) + states.get("unknown", 0) == len(sink.taken)
            deliver(ledger, sink, EMAIL, ledger.touches("c", ("planned",)), build_for(mailbox(ids)))
            assert len(sink.calls) == len(set(sink.calls)) == 300

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_a_ledger_that_may_not_be_written(self, tmp_path):
        with open_ledger(tmp_path) as ledger:
            place = Path(ledger.place)
        place.chmod(0o400)
        place.parent.chmod(0o500)
        try:
            with refused("R915"), reopen(tmp_path) as ledger:
                ledger.control.pause("c")
        finally:
            place.parent.chmod(0o700)

    def test_a_read_only_database_is_typed(self, tmp_path):
        with open_ledger(tmp_path) as ledger:
            with ledger.store.read() as connection:
                connection.exec_driver_sql("PRAGMA query_only=ON")
            with refused("R915.*may not be written"):
                ledger.control.pause("c")

    def test_a_lock_that_stays_is_typed(self, tmp_path, monkeypatch):
        monkeypatch.setattr("reactivate.ledger.store._BUSY_SECONDS", 0)
        with open_ledger(tmp_path) as ledger, open_ledger(tmp_path) as other, other.store.write():
            with refused("R916"):
                ledger.control.pause("c")
            assert ledger.figures()["persons"] == 0, "readers go on"

    def test_a_fault_of_ours_is_not_dressed_up(self, tmp_path):
        wrong = pytest.raises(OperationalError, match="no such table")
        with open_ledger(tmp_path) as ledger, wrong, ledger.store.write() as connection:
            connection.execute(text("SELECT * FROM nowhere"))


def test_the_audit_chain_shows_a_changed_line(tmp_path):
    with open_ledger(tmp_path, Clock()) as ledger:
        for name in ("a", "b", "c"):
            ledger.control.pause(name, "olga")
        assert ledger.check()["audit_chain_broken"] == 0
        with ledger.store.write() as connection:
            connection.execute(text("UPDATE audit SET actor = 'ivan' WHERE id = 2"))
        assert ledger.check()["audit_chain_broken"] == 1


def test_only_one_sqlite_library_opens_the_ledger():
    """A second one in the process drops the first one's locks."""
    folder = Path(__file__).parents[2] / "reactivate" / "ledger"
    source = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    for other in ("adbc", "duckdb", "apsw", "aiosqlite", "pysqlite3"):
        assert f"import {other}" not in source


def test_tables_of_large_numbers_travel_whole(tmp_path):
    with open_ledger(tmp_path) as ledger:
        ids = populate(ledger, 3)
        assert (
            ledger.identity.assign(pa.table({"source": ["crm"], "record_id": ["r00001"], "cluster": [2**62]}))[
                "person_id"
            ][0].as_py()
            == ids[1]
        )
