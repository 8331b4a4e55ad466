"""Opening a ledger: making it when asked, refusing what is newer, foreign, damaged or badly placed."""

import contextlib
import os
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, exc, insert, inspect, select

import reactivate
from reactivate.errors import EnvironmentFault
from reactivate.ledger import keys
from reactivate.ledger import schema as t
from reactivate.ledger.clock import micros
from reactivate.ledger.migrate import add_indexes
from reactivate.ledger.place import is_url, make_folder, refuse_network, secret_beside
from reactivate.ledger.store import Store, explained, server_engine, sqlite_engine


def open_store(place: str | Path, *, create: bool, home: Path | None, now: datetime) -> tuple[Store, Path, bytes]:
    """The store, the folder of its key and STOP file, and its secret."""
    if is_url(place):
        return _open_server(str(place), create=create, folder=home or Path(".reactivate"), now=now)
    return _open_file(Path(place), create=create, now=now)


def _open_file(path: Path, *, create: bool, now: datetime) -> tuple[Store, Path, bytes]:
    folder = path.parent
    exists = path.exists() and path.stat().st_size > 0
    if not exists and not create:
        raise _missing(str(path))
    make_folder(folder)
    refuse_network(folder)
    store = Store(sqlite_engine(str(path)), str(path))
    if exists:
        _refuse_foreign(store)
    secret = secret_beside(folder, create=create and not exists)
    old = os.umask(0o077)
    try:
        _prepare(store, secret, create=create, now=now)
    finally:
        os.umask(old)
    # The write-ahead log and its index take the mode of the file.
    with contextlib.suppress(OSError):
        path.chmod(0o600)
    return store, folder, secret


def _refuse_foreign(store: Store) -> None:
    """Asked before anything is made or changed beside the file."""
    with store.read() as connection:
        tables = inspect(connection).get_table_names()
    if tables and "schema_info" not in tables:
        store.close()
        raise EnvironmentFault.because(
            "R911", f"{store.place} is a database, but no ledger", "give the right place under `ledger:`"
        )


def _open_server(url: str, *, create: bool, folder: Path, now: datetime) -> tuple[Store, Path, bytes]:
    make_folder(folder)
    store = Store(server_engine(url), _masked(url))
    with store.read() as connection:
        exists = inspect(connection).has_table("schema_info")
    if not exists and not create:
        raise _missing(_masked(url))
    secret = secret_beside(folder, create=create and not exists)
    _prepare(store, secret, create=create, now=now)
    return store, folder, secret


def _prepare(store: Store, secret: bytes, *, create: bool, now: datetime) -> None:
    """Make the tables of a new ledger, check those of an old one."""
    with explained(store.place):
        try:
            with store.write() as connection:
                if not inspect(connection).has_table("schema_info"):
                    _make(store, connection, secret, create=create, now=now)
                _add_tables(connection)
                add_indexes(connection)
                _check(store, connection, secret)
        except exc.DatabaseError:
            store.close()
            raise


def _make(store: Store, connection: Connection, secret: bytes, *, create: bool, now: datetime) -> None:
    if not create:
        raise _missing(store.place)
    t.META.create_all(connection)
    row = {
        "version": t.VERSION,
        "created_at": micros(now),
        "app_version": reactivate.__version__,
        "key_id": keys.key_id(secret),
    }
    connection.execute(insert(t.schema_info).values(**row))


def _add_tables(connection: Connection) -> None:
    """Tables that this version has and the ledger's maker had not; older versions do not see them."""
    there = set(inspect(connection).get_table_names())
    t.META.create_all(connection, tables=[table for table in t.META.sorted_tables if table.name not in there])


def _check(store: Store, connection: Connection, secret: bytes) -> None:
    row = connection.execute(select(t.schema_info)).first()
    if row is None:
        raise EnvironmentFault.because(
            "R911", f"{store.place}: the ledger is incomplete", "bring it back from a backup"
        )
    if row.version > t.VERSION:
        raise EnvironmentFault.because(
            "R912",
            f"{store.place} has schema {row.version}, made by reactivate {row.app_version}; this one knows {t.VERSION}",
            "install that version or a newer one",
        )
    if row.key_id != keys.key_id(secret):
        raise EnvironmentFault.because(
            "R914",
            f"ledger.key does not belong to {store.place} (the ledger wants key {row.key_id})",
            "bring back the key that was made with this ledger",
        )


def _missing(place: str) -> EnvironmentFault:
    return EnvironmentFault.because(  # type: ignore[return-value]
        "R910",
        f"there is no ledger at {place}, so nobody knows who has been written to",
        "check `ledger:` and the folder you run in; for the very first campaign say --new-ledger",
    )


def _masked(url: str) -> str:
    """A URL without its password."""
    head, at, tail = url.rpartition("@")
    if not at:
        return url
    scheme, _, user = head.partition("://")
    return f"{scheme}://{user.partition(':')[0]}@{tail}"
