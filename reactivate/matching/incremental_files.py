"""The stored state of a matching on disk: layers of Parquet files, each layer whole or not there.

`folder/0000` is what a full run left, every later number what one batch added. Pages carry checksums; whatever cannot
be read as it was written makes the state `Unusable`, never a wrong match.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

FORMAT = 1
_HEAD = b"reactivate.matching"
_KEYS = "keys"
Packed = npt.NDArray[np.uint64]


class Unusable(Exception):
    """The stored state cannot be gone on from; the text says why, for people."""


def write_layer(folder: Path, number: int, head: Mapping[str, Any], tables: Mapping[str, pa.Table],
                keys: Mapping[str, Packed]) -> None:  # fmt: skip
    """Write one layer; layer 0 takes the place of everything that was there. OSError when the disk refuses."""
    whole = folder / f"{number:04d}"
    part = folder.with_name(f"{folder.name}.part{os.getpid()}")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        told = {"format": FORMAT, "stamp": stamp(), **head, "key_names": list(keys)}
        marked = {_HEAD: json.dumps(told, ensure_ascii=False).encode()}
        for name, table in tables.items():
            pq.write_table(table.replace_schema_metadata(marked), part / f"{name}.parquet", compression="lz4",
                           write_page_checksum=True, row_group_size=1 << 26)  # fmt: skip
        _write_keys(part / f"{_KEYS}.parquet", keys)
        if number == 0:
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        os.rename(part, whole)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def layers(folder: Path) -> list[Path]:
    """The layers from the first on, without a gap. Raises Unusable when there is none."""
    found = [folder / f"{number:04d}" for number in range(len(list(folder.glob("[0-9]*"))) if folder.is_dir() else 0)]
    if not found:
        raise Unusable("there is no earlier one to go on from")
    if not all(one.is_dir() for one in found):
        raise Unusable("the stored matching has a gap")
    return found


def head_of(layer: Path) -> dict[str, Any]:
    """What a layer says of itself. Raises Unusable when it is damaged or was made by another version of the code."""
    try:
        metadata = pq.read_schema(layer / "records.parquet").metadata or {}
        head: dict[str, Any] = json.loads(metadata[_HEAD])
    except (OSError, KeyError, ValueError, pa.ArrowException) as fault:
        raise _damaged(layer / "records.parquet", fault) from fault
    if head["format"] != FORMAT or head["stamp"] != stamp():
        raise Unusable("the stored matching was made by another version")
    return head


def read(layer: Path, name: str, columns: list[str] | None = None) -> pa.Table:
    """One table of a layer. Raises Unusable when it is damaged."""
    path = layer / f"{name}.parquet"
    try:
        return pq.read_table(path, columns=columns, page_checksum_verification=True)
    except (OSError, ValueError, pa.ArrowException) as fault:
        raise _damaged(path, fault) from fault


class KeyFile:
    """The sorted key hashes of a layer, one row group per key, read when asked for."""

    def __init__(self, layer: Path, names: list[str]) -> None:
        self._path = layer / f"{_KEYS}.parquet"
        self._places = {name: place for place, name in enumerate(names)}
        try:
            self._file = pq.ParquetFile(self._path, page_checksum_verification=True)
            if self._file.metadata.num_row_groups != len(names):
                raise Unusable(f"the stored matching is damaged: {self._path.name} lacks keys")
        except (OSError, ValueError, pa.ArrowException) as fault:
            raise _damaged(self._path, fault) from fault

    def packed(self, name: str) -> Packed:
        """Hash and node of every record under a key, sorted; empty when the layer has no such key."""
        if name not in self._places:
            return np.zeros(0, np.uint64)
        try:
            column = self._file.read_row_group(self._places[name])["packed"]
        except (OSError, ValueError, pa.ArrowException) as fault:
            raise _damaged(self._path, fault) from fault
        found: Packed = column.combine_chunks().to_numpy(zero_copy_only=False)
        return found


@cache
def stamp() -> str:
    """A name of the code and tables that made a state: other code may make other keys, levels or normal forms."""
    told = hashlib.sha256()
    for package in ("reactivate.matching", "reactivate.normalise"):
        for path in _walked(files(package)):
            told.update(path.name.encode())
            told.update(path.read_bytes())
    return told.hexdigest()[:16]


def _walked(folder: Traversable) -> list[Traversable]:
    found: list[Traversable] = []
    for path in sorted(folder.iterdir(), key=lambda one: one.name):
        if path.is_dir() and path.name != "__pycache__":
            found += _walked(path)
        elif path.is_file() and not path.name.endswith(".pyc"):
            found.append(path)
    return found


def _write_keys(path: Path, keys: Mapping[str, Packed]) -> None:
    schema = pa.schema([("packed", pa.uint64())])
    # Hashes do not compress, and plain pages are read at the speed of memory.
    with pq.ParquetWriter(path, schema, compression="none", use_dictionary=False, write_page_checksum=True) as writer:
        for packed in keys.values():
            writer.write_table(pa.table({"packed": packed}), row_group_size=max(len(packed), 1))


def _damaged(path: Path, fault: BaseException) -> Unusable:
    said = str(fault).splitlines() or [type(fault).__name__]
    return Unusable(f"the stored matching is damaged: {path.parent.name}/{path.name}: {said[0][:80]}")
