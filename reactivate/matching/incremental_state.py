"""What a matching leaves behind so that the next one need not begin anew: records, keys, pairs, patterns, model.

A record is a *node*: a number that it keeps from the layer that brought it to the next full run, wherever its row
stands. A changed record is a node that went and one that came.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from attrs import asdict, define, field, frozen

from reactivate.matching import incremental_files as files
from reactivate.matching.calibration import Calibration
from reactivate.matching.fields import Base, columns_for, looked_up, value_hashes
from reactivate.matching.frequency import SHARED_BY
from reactivate.matching.hashing import Hashes, composed, mixed, text_hashes
from reactivate.matching.incremental_partners import Nodes, Packed
from reactivate.matching.keys import REKEYS
from reactivate.matching.model import Model, Patterns

_NAMES = ("first", "last", "patronymic")
_HELD = ("phone", "email")


@frozen
class How:
    """What a state was made with: another `by`, cap or window makes other pairs."""

    by: tuple[str, ...]
    cap: int
    window: int


@define
class State:
    """All layers under one folder, each table read once, when asked for. Everything raises `Unusable`."""

    folder: Path
    layers: list[Path]
    heads: list[dict[str, Any]]
    _keys: list[files.KeyFile] = field(factory=list)
    _columns: dict[str, Any] = field(factory=dict)

    @classmethod
    def open(cls, folder: Path, how: How) -> "State":
        """The state that was left with the same settings."""
        layers = files.layers(folder)
        heads = [files.head_of(layer) for layer in layers]
        if heads[0]["how"] != json.loads(json.dumps(asdict(how))):
            raise files.Unusable("the fields under `by` were others")
        keys = [files.KeyFile(layer, head["key_names"]) for layer, head in zip(layers, heads, strict=True)]
        return cls(folder, layers, heads, keys)

    @property
    def nodes(self) -> int:
        """Nodes ever given, those that went included."""
        return sum(int(head["count"]) for head in self.heads)

    @property
    def touched(self) -> int:
        """Records that came, changed or went since the last full run."""
        return sum(int(head["touched"]) for head in self.heads[1:])

    @cached_property
    def model(self) -> Model:
        return _model(self.heads[0]["model"])

    @property
    def learned(self) -> list[tuple[str, str, int]]:
        return [(a, b, int(n)) for a, b, n in self.heads[0]["learned"]]

    def column(self, name: str) -> npt.NDArray[Any]:
        """A numeric column of the records of all layers, by node."""
        if name not in self._columns:
            parts = [files.read(layer, "records", [name])[name].to_numpy() for layer in self.layers]
            self._columns[name] = parts[0] if len(parts) == 1 else np.concatenate(parts)
        found: npt.NDArray[Any] = self._columns[name]
        return found

    def records(self, nodes: Nodes) -> pa.Table:
        """The compared columns of some nodes, in their order."""
        wanted = columns_for(self.heads[0]["how"]["by"])
        parts, first = [], 0
        for layer, head in zip(self.layers, self.heads, strict=True):
            mine = np.flatnonzero((nodes >= first) & (nodes < first + head["count"]))
            if len(mine):
                here = [name for name in wanted if name in head["columns"]]
                table = files.read(layer, "records", here).take(pa.array(nodes[mine] - first))
                parts.append(table.append_column("_place", pa.array(mine)))
            first += int(head["count"])
        if not parts:
            return pa.table({})
        return pa.concat_tables(parts, promote_options="default").sort_by("_place").drop_columns(["_place"])

    def alive(self) -> npt.NDArray[np.bool_]:
        """Per node whether its record is still there as it was."""
        out = np.ones(self.nodes, bool)
        for layer in self.layers[1:]:
            out[files.read(layer, "gone")["node"].to_numpy()] = False
        return out

    def packed(self, key: str) -> list[Packed]:
        return [some for file in self._keys if len(some := file.packed(key))]

    def rehash(self, name: str, nodes: Nodes) -> Hashes:
        """Hash of a field per node, 0 = null."""
        found: Hashes = self.column(f"at_{name}")[nodes]
        return found

    def pairs(self) -> tuple[Nodes, Nodes, Nodes]:
        """(left, right, pattern) of every pair ever compared."""
        tables = [files.read(layer, "pairs") for layer in self.layers]
        columns = [np.concatenate([one[name].to_numpy() for one in tables]) for name in ("left", "right", "pattern")]
        left, right, pattern = (column.astype(np.int64) for column in columns)
        return left, right, pattern

    def patterns(self) -> npt.NDArray[np.uint8]:
        """Levels per pattern and field of the model."""
        tables = [files.read(layer, "patterns") for layer in self.layers]
        fields = self.model.fields
        if not fields:
            return np.zeros((0, 0), np.uint8)
        return np.concatenate([np.stack([one[name].to_numpy() for name in fields], axis=1) for one in tables])

    def counts(self) -> Callable[[str, Hashes], tuple[npt.NDArray[np.int64], int]]:
        """(how many records bear each of these name hashes, how many bear any), for a name field."""
        table = pa.concat_tables([files.read(layer, "counts") for layer in self.layers])
        fields, hashes, numbers = (table[name].to_numpy() for name in ("field", "hash", "number"))

        def ask(name: str, wanted: Hashes) -> tuple[npt.NDArray[np.int64], int]:
            mine = fields == _NAMES.index(name)
            return _summed(hashes[mine], numbers[mine], wanted), int(numbers[mine].sum())

        return ask

    def holders(self, name: str) -> tuple[Hashes, Hashes]:
        """(hash of a phone or e-mail, hash of a first name it was met with), at most some names per value."""
        table = pa.concat_tables([files.read(layer, "holders") for layer in self.layers])
        mine = table["field"].to_numpy() == _HELD.index(name)
        return table["value"].to_numpy()[mine], table["name"].to_numpy()[mine]


def _summed(hashes: Hashes, numbers: npt.NDArray[np.int64], wanted: Hashes) -> npt.NDArray[np.int64]:
    """The numbers of each wanted hash, added up over all its rows."""
    order = np.argsort(hashes, kind="stable")
    running = np.concatenate([[0], np.cumsum(numbers[order])])
    ordered = hashes[order]
    found: npt.NDArray[np.int64] = (
        running[np.searchsorted(ordered, wanted, "right")] - running[np.searchsorted(ordered, wanted)]
    )
    return found


# -- the tables of a layer


def key_hashes(table: pa.Table) -> Hashes:
    """A number per record that stands for its source and id."""
    return composed(text_hashes(_column(table, "source")), text_hashes(_column(table, "record_id")))


def _column(table: pa.Table, name: str) -> pa.Array:
    return pa.concat_arrays([chunk.cast(pa.string()) for chunk in table[name].chunks] or [pa.array([], pa.string())])


def content_hashes(normal: pa.Table, by: Sequence[str]) -> Hashes:
    """A number per record that changes with any value that is compared, and not with the records around it."""
    total = np.full(normal.num_rows, 11, np.uint64)
    with np.errstate(over="ignore"):
        for place, hashes in value_hashes(normal, by).items():
            there = np.flatnonzero(hashes)
            total[there] += mixed(hashes[there] + text_hashes(pa.array([place], pa.string())))
    return mixed(total)


def records_table(normal: pa.Table, base: Base, by: tuple[str, ...]) -> pa.Table:
    """`records` of a layer: keys, contents, the hashes that split blocks, and the compared columns themselves."""
    columns: dict[str, Any] = {
        "key": key_hashes(normal),
        "content": content_hashes(normal, by),
        "identity": base.identity,
    }
    for name in REKEYS:
        columns[f"at_{name}"] = base.hashed(name) if base.has(name) else np.zeros(base.rows, np.uint64)
    here = [name for name in columns_for(by) if name in normal.column_names]
    return pa.table({**{name: pa.array(values) for name, values in columns.items()},
                     **{name: normal[name] for name in here}})  # fmt: skip


def pairs_table(left: Nodes, right: Nodes, pattern: Nodes) -> pa.Table:
    columns = {"left": left, "right": right, "pattern": pattern}
    return pa.table({name: values.astype(np.int32) for name, values in columns.items()})


def patterns_table(patterns: Patterns) -> pa.Table:
    return pa.table({name: patterns.levels[:, place] for place, name in enumerate(patterns.fields)})


def counts_table(base: Base) -> pa.Table:
    """How many records bear each first name, family name and patronymic."""
    parts = []
    for place, name in enumerate(_NAMES):
        if base.has(name):
            column = base.columns[name]
            numbers = np.bincount(column.first[column.first >= 0], minlength=len(column.values))
            parts.append(_counted(place, column.hashes, numbers))
    return pa.concat_tables([_counted(0, np.zeros(0, np.uint64), np.zeros(0, np.int64)), *parts])


def gone_counts(state: State, gone: Nodes) -> pa.Table:
    """The names of records that went, to be taken off."""
    parts = []
    for place, name in enumerate(_NAMES):
        hashes = state.rehash(name, gone)
        hashes = hashes[hashes != 0]
        parts.append(_counted(place, hashes, np.full(len(hashes), -1, np.int64)))
    return pa.concat_tables(parts)


def _counted(place: int, hashes: Hashes, numbers: npt.NDArray[np.int64]) -> pa.Table:
    return pa.table({"field": np.full(len(hashes), place, np.int8), "hash": hashes, "number": numbers.astype(np.int64)})


def holders_table(base: Base) -> pa.Table:
    """First names met with each phone and e-mail, no more per value than make it a shared one."""
    parts = [_held(0, np.zeros(0, np.uint64), np.zeros(0, np.uint64))]
    for place, name in enumerate(_HELD):
        if base.has(name, "first"):
            parts.append(_held(place, *bearers(base, name)))
    return pa.concat_tables(parts)


def bearers(base: Base, name: str) -> tuple[Hashes, Hashes]:
    """(value hash, first-name hash), distinct, sorted by value, at most SHARED_BY names per value."""
    column = base.columns[name]
    rows, slots = np.nonzero(column.codes >= 0)
    values = looked_up(column.hashes, column.codes[rows, slots])
    return few_per_value(values, base.hashed("first")[rows])


def few_per_value(values: Hashes, names: Hashes) -> tuple[Hashes, Hashes]:
    """Distinct (value, name) pairs, at most SHARED_BY per value; pairs without a name are left out."""
    there = (names != 0) & (values != 0)
    values, names = values[there], names[there]
    order = np.lexsort((names, values))
    values, names = values[order], names[order]
    new = np.ones(len(values), bool)
    new[1:] = (values[1:] != values[:-1]) | (names[1:] != names[:-1])
    values, names = values[new], names[new]
    rank = np.arange(len(values)) - np.searchsorted(values, values)
    return values[rank < SHARED_BY], names[rank < SHARED_BY]


def _held(place: int, values: Hashes, names: Hashes) -> pa.Table:
    return pa.table({"field": np.full(len(values), place, np.int8), "value": values, "name": names})


# -- the model as JSON


def model_json(model: Model) -> dict[str, Any]:
    """The fitted model, exact to the last digit."""
    chance = {name: table.tolist() for name, table in model.chance.items()}
    plain = asdict(model, recurse=False)
    learned = model.calibration.told() if model.calibration else None
    return {
        **plain,
        "fields": list(model.fields),
        "share": model.share.tolist(),
        "chance": chance,
        "calibration": learned,
    }


def _model(told: Mapping[str, Any]) -> Model:
    chance = {name: np.array(table, np.float64) for name, table in told["chance"].items()}
    ready = {**told, "fields": tuple(told["fields"]), "share": np.array(told["share"], np.float64), "chance": chance}
    return Model(**{**ready, "calibration": Calibration.read(told["calibration"]) if told["calibration"] else None})
