"""The base: immutable Parquet segments of the last sync, true once the ledger holds their manifest."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from attrs import define, field

from reactivate.errors import EnvironmentFault
from reactivate.ledger import Ledger, Manifest, Segment

HOME = "base"
_PART = ".part"


@define
class Base:
    """Tables of a committed sync. `folder` holds one Parquet file per table; each is read once, when asked for."""

    manifest: Manifest
    folder: Path
    _read: dict[str, pa.Table] = field(factory=dict, repr=False)

    def table(self, name: str) -> pa.Table:
        """A table by name. EnvironmentFault R920 when its segment is gone or not what was written."""
        if name not in self._read:
            segment = next((one for one in self.manifest.segments if one.table == name), None)
            if segment is None:
                raise KeyError(f"the base has no table {name!r}")
            self._read[name] = _opened(self.folder / segment.file, segment)
        return self._read[name]

    @property
    def names(self) -> list[str]:
        return [segment.table for segment in self.manifest.segments]


def open_base(ledger: Ledger) -> Base | None:
    """The base of the last sync; None before the first. EnvironmentFault R920 when segments are missing."""
    manifest = ledger.last_base()
    if manifest is None:
        return None
    folder = ledger.folder / manifest.folder
    for segment in manifest.segments:
        if not (folder / segment.file).is_file():
            raise _gone(folder / segment.file, "is gone")
    return Base(manifest, folder)


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Let only one process at a time write bases under `home`; others wait."""
    import fcntl

    home.mkdir(parents=True, exist_ok=True)
    with (home / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write_segments(home: Path, stamp: str, tables: Mapping[str, pa.Table]) -> tuple[str, tuple[Segment, ...]]:
    """Write each table, flushed to disk, into a folder that appears whole or not at all: (base id, segments).

    The id is `stamp` and a hash of all segments; a base that is there already is not written twice.
    """
    part = home / f"{stamp}{_PART}"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        segments = tuple(_written(part, name, table) for name, table in tables.items())
        told = "".join(segment.sha256 for segment in segments)
        base_id = f"{stamp}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"
        _flush(part)
        if not (home / base_id).is_dir():
            os.replace(part, home / base_id)
            _flush(home)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return base_id, segments


def sweep(home: Path, keep: set[str]) -> list[str]:
    """Delete what no manifest names any more; returns the names of the folders that went."""
    gone = [path for path in sorted(home.iterdir()) if path.is_dir() and path.name not in keep]
    for path in gone:
        shutil.rmtree(path, ignore_errors=True)
    return [path.name for path in gone]


def _written(folder: Path, name: str, table: pa.Table) -> Segment:
    path = folder / f"{name}.parquet"
    with path.open("wb") as file:
        pq.write_table(table, file, compression="zstd", compression_level=1)
        file.flush()
        os.fsync(file.fileno())
    return Segment(name, path.name, _sha256(path), table.num_rows)


def _opened(path: Path, segment: Segment) -> pa.Table:
    try:
        found = _sha256(path)
    except OSError:
        raise _gone(path, "is gone") from None
    if found != segment.sha256:
        raise _gone(path, "is not what the last sync wrote")
    return pq.read_table(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _gone(path: Path, what: str) -> Exception:
    return EnvironmentFault.because(
        "R920", f"the base is damaged: {path} {what}", "run `reactivate sync`: it writes the base anew, persons stay"
    )
