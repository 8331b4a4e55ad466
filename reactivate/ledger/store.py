"""The only door to the database: transactions, bulk statements, Arrow in and out, faults in our words.

SQLite is reached through Python's own sqlite3 only: a second SQLite library in the process that opens or closes the
file drops our locks, and two runs then write at once.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
from attrs import define
from sqlalchemy import Connection, Delete, Engine, Insert, Update, create_engine, event, exc, insert
from sqlalchemy.dialects import postgresql, sqlite

from reactivate.diagnostics import Diagnostic
from reactivate.errors import EnvironmentFault

CHUNK = 50_000
"""Rows per bulk statement: long enough to be fast, short enough that other writers get their turn."""

_BUSY_SECONDS = 30
_EXPLAINED = {
    "SQLITE_FULL": ("R915", "the disk is full", "make room; nothing was lost, run again"),
    "SQLITE_READONLY": ("R915", "the ledger may not be written", "check the owner and mode of the file and its folder"),
    "SQLITE_IOERR": ("R915", "the disk failed", "check the disk, then `reactivate ledger check`"),
    "SQLITE_CANTOPEN": ("R915", "the ledger cannot be opened", "check the owner and mode of the file and its folder"),
    "SQLITE_BUSY": ("R916", "another process kept the ledger locked", "wait until it has ended and run again"),
    "SQLITE_LOCKED": ("R916", "another process kept the ledger locked", "wait until it has ended and run again"),
    "SQLITE_CORRUPT": ("R911", "the ledger is damaged", "bring it back from a backup; do not delete it"),
    "SQLITE_NOTADB": ("R911", "this file is not a ledger", "give the right place under `ledger:`"),
}


@define
class Store:
    """One database. `read()` sees a snapshot, `write()` is the only writer; neither may span a send."""

    engine: Engine
    place: str

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with explained(self.place), self.engine.connect() as opened:
            connection = opened.execution_options(reading=True)
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that holds the write lock from its start and is durable when it ends."""
        with explained(self.place), self.engine.begin() as connection:
            yield connection

    def put(self, table: Any) -> Any:
        """An INSERT that knows ON CONFLICT, of whichever dialect this is."""
        if self.is_sqlite:
            return sqlite.insert(table)
        return postgresql.insert(table) if self.engine.dialect.name == "postgresql" else insert(table)

    def bulk(self, connection: Connection, statement: Insert | Update | Delete, columns: Mapping[str, Any]) -> None:
        """Run `statement` once per row of `columns` (bind name -> Arrow array or scalar), in chunks.

        The statement is compiled once and its rows go to the driver as tuples: several times faster than dicts.
        """
        table = pa.table({name: values for name, values in columns.items() if _is_column(values)})
        fixed = {name: value for name, value in columns.items() if not _is_column(value)}
        compiled: Any = statement.compile(dialect=self.engine.dialect, column_keys=list(columns))
        order: Sequence[str] = compiled.positiontup
        given = compiled.construct_params(dict.fromkeys(columns))
        literals = {name: value for name, value in given.items() if name not in columns}
        for batch in table.to_batches(max_chunksize=CHUNK):
            if batch.num_rows == 0:
                continue
            ready = {name: batch.column(name).to_pylist() for name in order if name in table.column_names}
            rest = {**literals, **fixed}
            lists = [ready[name] if name in ready else [rest[name]] * batch.num_rows for name in order]
            connection.exec_driver_sql(compiled.string, list(zip(*lists, strict=True)))

    def close(self) -> None:
        self.engine.dispose()


def table_of(connection: Connection, query: Any, schema: pa.Schema) -> pa.Table:
    """The rows of `query` as Arrow, column by position; fetched in chunks so that memory stays flat."""
    batches = []
    found = connection.execute(query)
    while rows := found.fetchmany(CHUNK):
        columns = zip(*rows, strict=True)
        arrays = [pa.array(values, kind) for values, kind in zip(columns, schema.types, strict=True)]
        batches.append(pa.record_batch(arrays, schema=schema))
    return pa.Table.from_batches(batches, schema)


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Faults of the database as EnvironmentFault: where, what, what to do."""
    try:
        yield
    except (exc.DBAPIError, sqlite3.Error) as fault:
        known = _fault(place, getattr(fault, "orig", None) or fault)
        if known is None:
            raise  # a statement of ours is wrong: that is a bug, not the world
        raise known from fault


def _fault(place: str, fault: BaseException) -> EnvironmentFault | None:
    name = getattr(fault, "sqlite_errorname", None) or ""
    for known, (code, problem, hint) in _EXPLAINED.items():
        if name.startswith(known):
            return EnvironmentFault(Diagnostic(code, f"{place}: {problem} ({fault})", hint=hint))
    if isinstance(fault, sqlite3.Error):
        return None
    told = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
    return EnvironmentFault(
        Diagnostic("R917", f"{place}: the database server refused: {told}", hint="check the URL and the server")
    )


def _is_column(values: Any) -> bool:
    return isinstance(values, (pa.Array, pa.ChunkedArray, list))


def sqlite_engine(path: str) -> Engine:
    """An engine on a SQLite file: WAL, FULL, write transactions take the lock at once."""
    engine = create_engine(f"sqlite+pysqlite:///{path}", connect_args={"timeout": _BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # Python's own transaction handling starts transactions too late for a queue; we say BEGIN ourselves.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def server_engine(url: str) -> Engine:
    """An engine on a database server. Raises EnvironmentFault R917 when its driver is not installed."""
    try:
        # Positional parameters, so that bulk rows travel as tuples like SQLite's.
        return create_engine(url, paramstyle="format", isolation_level="READ COMMITTED")
    except (exc.ArgumentError, exc.NoSuchModuleError, ImportError) as fault:
        raise EnvironmentFault.because(
            "R917", f"cannot use the ledger URL: {fault}", "pip install 'reactivate[postgres]'; postgresql+psycopg://…"
        ) from fault
