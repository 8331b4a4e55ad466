"""The records as integer codes: one `Coded` column per field, strings kept once per distinct value.

Dictionaries are sorted, so codes do not depend on the order of rows; equality is an integer compare. Names and birth
dates are sorted by the alphabet, for the window over crowded blocks; the others by hash, which is several times faster.
"""

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import field, frozen

from reactivate.matching.hashing import Hashes, composed, mixed, text_hashes
from reactivate.matching.signs import Signs, signs_of
from reactivate.matching.threads import in_threads

Codes = npt.NDArray[np.int32]
MOST_VALUES = 3
"""Values of a list column (phones, e-mails) that are compared: the first ones."""

_SINGLE = {
    "first": "n_first",
    "last": "n_last",
    "patronymic": "n_patronymic",
    "birth": "n_birth",
    "city": "n_city",
    "street": "n_street",
    "house": "n_house",
    "flat": "n_flat",
    "postcode": "postcode",
    "tax_id": "n_tax_id",
    "vehicle": "n_vehicle",
}
_ALPHABETICAL = frozenset({"first", "last", "birth"})
_LISTS = {"phone": "n_phones", "email": "n_emails"}
WORDS: dict[str, tuple[str, ...]] = {
    "phone": ("phone",),
    "email": ("email",),
    "name": ("first", "last", "patronymic"),
    "address": ("street", "house", "flat", "city", "postcode"),
    "city": ("city",),
    "postcode": ("postcode",),
    "birth_date": ("birth",),
    "tax_id": ("tax_id",),
    "vehicle": ("vehicle",),
}
"""What a word under `by` lets the matcher look at. Birth dates, tax and vehicle ids are always looked at."""


@frozen(eq=False)
class Coded:
    """`values[codes[row, slot]]`; -1 = null. Single-valued columns have one slot."""

    values: pa.Array
    codes: npt.NDArray[np.int32]
    hashes: Hashes
    """Hash per distinct value."""

    @cached_property
    def texts(self) -> list[str]:
        return list(self.values.to_pylist())

    @cached_property
    def signs(self) -> Signs:
        """What tells at a glance how alike two values can be."""
        return signs_of(self.values)

    @cached_property
    def letters(self) -> npt.NDArray[np.bool_]:
        """Per value: whether it is a single letter, as initials are."""
        single: npt.NDArray[np.bool_] = self.signs.lengths == 1
        return single

    @cached_property
    def counts(self) -> npt.NDArray[np.int64]:
        """In how many records each value is the first one."""
        return np.bincount(self.first[self.first >= 0], minlength=len(self.values))

    @cached_property
    def filled(self) -> bool:
        return bool((self.codes[:, 0] >= 0).any())

    @cached_property
    def several(self) -> npt.NDArray[np.bool_]:
        """Per record: whether it holds more than one value."""
        return self.codes[:, 1] >= 0 if self.codes.shape[1] > 1 else np.zeros(len(self.codes), bool)

    @cached_property
    def first(self) -> Codes:
        """Codes of the first slot."""
        return np.ascontiguousarray(self.codes[:, 0])

    def row_hashes(self, values: Hashes | None = None) -> Hashes:
        """Hash of the first slot per row (of another per-value array when given); 0 = null."""
        return looked_up(self.hashes if values is None else values, self.first)


def looked_up(values: Hashes, codes: Codes) -> Hashes:
    """`values[codes]`, 0 where the code is negative."""
    if not len(values):
        return np.zeros(len(codes), np.uint64)
    return np.where(codes >= 0, values[codes], np.uint64(0))


@frozen(eq=False)
class World:
    """What a part of the records must be told of all of them, because it depends on how frequent a value is.

    `namesakes`: per row, as in `frequency`; `shared`: per distinct value of phone and e-mail, as `values_shared` there;
    `in_use`: per distinct first name, as `names_in_use`.
    """

    namesakes: npt.NDArray[np.float64]
    shared: dict[str, npt.NDArray[np.bool_]]
    in_use: npt.NDArray[np.bool_]


@frozen(eq=False)
class Base:
    """All records of one run, as codes. `extra`: further columns, each compared as `exact` or `fuzzy`.

    `world`: set when these are some rows of a larger base (see `matching.incremental`).
    """

    rows: int
    columns: dict[str, Coded]
    extra: dict[str, str] = field(factory=dict)
    identity: Hashes = field(factory=lambda: np.zeros(0, np.uint64))
    world: World | None = None
    _made: dict[str, Any] = field(factory=dict, init=False, repr=False)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What `make` gives, made when first asked for."""
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def has(self, *names: str) -> bool:
        """Whether every one of these fields has a value somewhere."""
        return all(name in self.columns and self.columns[name].filled for name in names)

    def hashed(self, name: str) -> Hashes:
        """Hash of a field per record; 0 = null."""
        hashes: Hashes = self.once(f"hash {name}", self.columns[name].row_hashes)
        return hashes


def columns_for(by: Sequence[str]) -> list[str]:
    """Names of the `normal_records` columns that a base compared `by` these words is made of."""
    allowed = {name for word in by for name in WORDS[word]} | {"birth", "tax_id", "vehicle"}
    return [column for name, column in {**_SINGLE, **_LISTS}.items() if name in allowed]


def coded_base(normal: pa.Table, by: Sequence[str], extra: dict[str, str] | None = None) -> Base:
    """Encode what `by` allows. Raises KeyError for an unknown word (callers check words first)."""
    allowed = {name for word in by for name in WORDS[word]} | {"birth", "tax_id", "vehicle"}
    work: dict[str, Callable[[], Coded]] = {}
    for name, column in _LISTS.items():
        if name in allowed and column in normal.column_names:
            work[name] = partial(listed, normal[column])
    for name, column in _SINGLE.items():
        if name in allowed and column in normal.column_names:
            work[name] = partial(single, normal[column], alphabetical=name in _ALPHABETICAL)
    for name in extra or {}:
        work[f"x:{name}"] = partial(single, normal[name])
    # Arrow and numpy release the interpreter lock; the dearest columns come first.
    columns = dict(zip(work, in_threads(lambda make: make(), work.values()), strict=True))
    return Base(normal.num_rows, columns, dict(extra or {}), _identity(normal, columns))


def value_hashes(normal: pa.Table, by: Sequence[str]) -> dict[str, Hashes]:
    """Per compared column and place of a value in it the hash of each record's value; 0 = null.

    The hashes of `coded_base`, without its dictionaries.
    """
    work: dict[str, Callable[[], list[Hashes]]] = {}
    for name, column in {**_LISTS, **_SINGLE}.items():
        if column in columns_for(by) and column in normal.column_names:
            work[name] = partial(_listed_hashes if name in _LISTS else _single_hashes, normal[column])
    found = zip(work, in_threads(lambda make: make(), work.values()), strict=True)
    return {f"{name}/{slot}": hashes for name, slots in found for slot, hashes in enumerate(slots)}


def _single_hashes(column: Any) -> list[Hashes]:
    encoded = _whole(_whole(column).dictionary_encode())
    codes = np.asarray(pc.fill_null(encoded.indices, -1))
    return [looked_up(text_hashes(encoded.dictionary.cast(pa.string())), codes)]


def _listed_hashes(column: Any) -> list[Hashes]:
    lists = _whole(column)
    sizes, starts = _spread(lists)
    hashes = text_hashes(pc.list_flatten(lists).cast(pa.string()))
    out = []
    for slot in range(min(int(sizes.max(initial=0)), MOST_VALUES)):
        there = np.flatnonzero(sizes > slot)
        out.append(np.zeros(len(lists), np.uint64))
        out[slot][there] = hashes[starts[there] + slot]
    return out


def _spread(lists: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(how many values each list has, where they begin among the values of all)."""
    sizes = np.asarray(pc.fill_null(pc.list_value_length(lists), 0)).astype(np.int64)
    return sizes, np.cumsum(sizes) - sizes


def single(column: Any, *, alphabetical: bool = False) -> Coded:
    """A column of one value per record."""
    encoded = _whole(_whole(column).dictionary_encode())
    codes = np.asarray(pc.fill_null(encoded.indices, -1)).astype(np.int32, copy=False)
    values = encoded.dictionary.cast(pa.string())
    hashes = text_hashes(values)
    order = np.asarray(pc.sort_indices(values)) if alphabetical else np.argsort(hashes)
    rank = np.empty(len(order) + 1, np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    rank[-1] = -1
    return Coded(values.take(pa.array(order)), rank[codes].reshape(-1, 1), hashes[order])


def _whole(column: Any) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def listed(column: Any) -> Coded:
    """A column of lists: the first MOST_VALUES of each."""
    lists = _whole(column)
    sizes, starts = _spread(lists)
    values, codes, hashes = _by_hash(pc.list_flatten(lists).cast(pa.string()))
    matrix = np.full((len(lists), min(max(int(sizes.max(initial=0)), 1), MOST_VALUES)), -1, np.int32)
    for slot in range(matrix.shape[1]):
        there = np.flatnonzero(sizes > slot)
        matrix[there, slot] = codes[starts[there] + slot]
    return Coded(values, matrix, hashes)


def _by_hash(array: pa.Array) -> tuple[pa.Array, Codes, Hashes]:
    """(distinct values in the order of their hashes, code per entry, hash per value).

    For columns where most values are met once or twice: there, sorting hashes takes half of what a dictionary does.
    """
    entries = text_hashes(array)
    order = np.argsort(entries)
    ordered = entries[order]
    new = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    new &= ordered != 0
    codes = np.empty(len(entries), np.int32)
    codes[order] = np.cumsum(new, dtype=np.int32) - 1
    return array.take(pa.array(order[new])), codes, ordered[new]


def _identity(normal: pa.Table, columns: dict[str, Coded]) -> Hashes:
    """A number per record that does not depend on its place: breaks ties the same way in every run."""
    parts = [np.full(normal.num_rows, 7, np.uint64)]
    for name in ("source", "record_id"):
        if name in normal.column_names:
            parts.append(text_hashes(_whole(normal[name]).cast(pa.string())) + np.uint64(1))
    out = composed(*parts)
    with np.errstate(over="ignore"):
        for name, column in columns.items():
            own = mixed(column.hashes + text_hashes(pa.array([name])))
            # The last place is that of null, whose code is -1.
            out += np.append(own, np.uint64(0))[column.first]
    return mixed(out)
