"""The blocking keys that the columns of a base allow: many, each narrow, so that a typing error spoils only some."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.matching.crowded import Rehash
from reactivate.matching.fields import Base, Coded, looked_up
from reactivate.matching.grouping import Key, Rows
from reactivate.matching.hashing import Hashes, composed, mixed, span_hashes, text_hashes, unordered
from reactivate.matching.spans import spans_of
from reactivate.matching.threads import in_threads
from reactivate.normalise.known_names import known_names

_MOST_PAIRS_A_ROW = 10
_NAME_BITS = 21
_SHORTEST_MAILBOX = 5
_DIGIT_STEPS = np.array([1 << (byte % 16 % 12 * 5) for byte in range(256)], np.uint64)
REKEYS = ("first", "birth", "last", "phone", "email", "street", "patronymic", "city", "postcode")
"""Fields that split a block over the cap."""


def blocking_keys(base: Base) -> list[Key]:
    """All keys for which this base has the columns."""
    parts = _Parts(base)
    keys = [*_contact_keys(base, parts), *_name_keys(parts), *_place_keys(parts), *_extra_keys(base, parts)]
    in_threads(parts.make, parts.wanted)
    return keys


def rekey_fields(base: Base) -> dict[str, Rehash]:
    """Fields that split a block over the cap, most telling first: the hashes of the rows asked for."""
    return {name: partial(_hashes_at, base.columns[name]) for name in REKEYS if base.has(name)}


def _hashes_at(column: Coded, rows: Rows) -> Hashes:
    return looked_up(column.hashes, column.first[rows])


def name_rank(base: Base) -> npt.NDArray[np.int32]:
    """The place of each record by family name, first name, birth date, identity: neighbours are alike."""
    rank: npt.NDArray[np.int32] = base.once("name rank", lambda: _name_rank(base))
    return rank


def _name_rank(base: Base) -> npt.NDArray[np.int32]:
    names = np.zeros(base.rows, np.int64)
    for name in ("last", "first", "birth"):
        if base.has(name):
            names = (names << _NAME_BITS) + (base.columns[name].first.astype(np.int64) + 1)
    order = np.argsort(names)
    new = np.zeros(base.rows, bool)
    ordered = names[order]
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    # Two fast sorts of one number each beat one sort by two columns.
    place = np.zeros(base.rows, np.uint64)
    bits = base.rows.bit_length()
    place[order] = np.cumsum(new).astype(np.uint64) << np.uint64(64 - bits) if base.rows else 0
    order = np.argsort(place | base.identity >> np.uint64(bits))
    rank = np.empty(base.rows, np.int32)
    rank[order] = np.arange(base.rows, dtype=np.int32)
    return rank


class _Parts:
    """Hashes per distinct value of fields and of pieces of them, for the keys that are made of them."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self.made: dict[str, Hashes] = {}
        self.wanted: dict[str, None] = {}

    def has(self, *names: str) -> bool:
        return self.base.has(*(name.partition(".")[0] for name in names))

    def make(self, name: str) -> None:
        field, _, piece = name.partition(".")
        column = self.base.columns[field]
        hashes = _piece_hashes(column, _PIECES[piece]) if piece else column.hashes
        # The last place is that of null, whose code is -1.
        self.made[name] = np.append(hashes, np.uint64(0))

    def of(self, names: Sequence[str], rows: slice) -> list[Hashes]:
        """The hashes of some parts in some records; 0 = null."""
        return [self.made[name][self.base.columns[name.partition(".")[0]].first[rows]] for name in names]

    def key(self, label: str, *names: str, weak: bool = False, ordered: bool = True) -> list[Key]:
        """A key over these parts; nothing when one of them is lacking. Not `ordered`: the parts may change places."""
        if not self.has(*names):
            return []
        self.wanted |= dict.fromkeys(names)
        joined = composed if ordered else unordered
        return [Key(label, lambda rows: (None, joined(*self.of(names, rows))), weak)]


def _piece_hashes(column: Coded, piece: Callable[[pa.Array], Any]) -> Hashes:
    """One hash per distinct value of a piece of it; 0 where nothing is left."""
    if not len(column.values):
        return np.zeros(0, np.uint64)
    pieces = piece(column.values)
    if isinstance(pieces, np.ndarray):
        return pieces
    hashes = text_hashes(pieces)
    hashes[np.asarray(pc.equal(pieces, ""), dtype=bool)] = 0
    return hashes


def consonants(texts: pa.Array) -> pa.Array:
    """The bones of a name: first letter and the consonants after it. Latin `h` is х or г: Mihail, Hryhorii."""
    texts = pc.replace_substring(texts, "h", "g")
    rest = pc.replace_substring_regex(pc.utf8_slice_codeunits(texts, 1), "[aeiou]", "")
    return pc.binary_join_element_wise(pc.utf8_slice_codeunits(texts, 0, 1), rest, "")


def _cut(start: int, stop: int | None = None, at_least: int = 0) -> Callable[[pa.Array], pa.Array]:
    """A slice of each text; empty where the text is shorter than `at_least`."""

    def cut(texts: pa.Array) -> pa.Array:
        piece = pc.utf8_slice_codeunits(texts, start, stop)
        return piece if not at_least else pc.if_else(pc.less(pc.utf8_length(texts), at_least), "", piece)

    return cut


def mailboxes(texts: pa.Array) -> Hashes:
    """Hash of what stands before the @ of each e-mail; 0 where that is too short to mean anything."""
    local = spans_of(texts).before(b"@")
    return np.where(local.lengths < _SHORTEST_MAILBOX, np.uint64(0), span_hashes(local))


def _digits_counted(texts: pa.Array) -> Hashes:
    """Which digits a phone has how often, whatever their order: five bits for each."""
    return mixed(spans_of(texts).sums(_DIGIT_STEPS)) | np.uint64(1)


_PIECES: dict[str, Callable[[pa.Array], Any]] = {
    "initial": _cut(0, 1),
    "head": _cut(0, 4, at_least=4),
    "start": _cut(0, 3, at_least=3),
    "bones": consonants,
    "year": _cut(0, 4),
    "monthday": _cut(5),
    "local": mailboxes,
    "phone_head": _cut(0, -4, at_least=10),
    "phone_end": _cut(-4),
    "phone_digits": _digits_counted,
}


def _contact_keys(base: Base, parts: _Parts) -> list[Key]:
    keys: list[Key] = []
    for name in ("phone", "email"):
        if base.has(name):
            keys.append(_every_value(base, name))
    keys += parts.key("mailbox+name", "email.local", "last.bones")
    for name in ("tax_id", "vehicle"):
        keys += parts.key(name, name)
    # A phone with a digit wrong or two swapped: one of its pieces is still right.
    for piece in ("phone_digits", "phone_head", "phone_end"):
        keys += parts.key(f"{piece}+last", f"phone.{piece}", "last.bones")
        keys += parts.key(f"{piece}+first", f"phone.{piece}", "first", "last.initial")
    return keys


def _every_value(base: Base, name: str) -> Key:
    """A key over every value of a list column."""
    column = base.columns[name]

    def made(part: slice) -> tuple[Rows, Hashes]:
        codes = column.codes[part]
        rows, slots = np.nonzero(codes >= 0)
        return rows + part.start, looked_up(column.hashes, codes[rows, slots])

    return Key(name, made)


def _name_keys(parts: _Parts) -> list[Key]:
    keys: list[Key] = []
    keys += parts.key("name", "first.bones", "last.bones", weak=True, ordered=False)
    if parts.has("first", "last"):
        keys.append(_meant_names(parts.base))
    keys += parts.key("last+birth", "last.bones", "birth")
    keys += parts.key("first+birth", "first", "birth")
    keys += parts.key("last+patronymic", "last.bones", "patronymic", "first.initial", weak=True)
    if parts.base.has("phone") or parts.base.has("email"):
        return keys
    # Without contacts names and days must bring together what phones would have.
    keys += parts.key("initials+birth", "first.initial", "last.initial", "birth")
    keys += parts.key("first+patronymic", "first", "patronymic", "last.start", weak=True)
    keys += parts.key("last+first start", "last", "first.start", weak=True)
    keys += parts.key("first+last head", "first", "last.head", "birth.year")
    keys += parts.key("name+birth day", "last.bones", "first.initial", "birth.monthday")
    keys += parts.key("name+birth year", "last.bones", "first.initial", "birth.year", weak=True)
    return keys


def _meant_names(base: Base) -> Key:
    """Family name and every name that a short form may stand for: `Лена Одинская` meets `Елена` and `Алёна`."""
    first, last, names = base.columns["first"], base.columns["last"], known_names().names
    meant = [sorted(names.get(text, frozenset()) - {text}) for text in first.texts]
    counts = np.array([len(some) for some in meant], np.int64)
    starts = np.cumsum(counts) - counts
    hashes = text_hashes(pa.array([name for some in meant for name in some], pa.string()))

    def made(part: slice) -> tuple[Rows, Hashes]:
        own = first.first[part]
        each = np.where(own >= 0, counts[own], 0)
        rows = np.repeat(np.arange(len(own)), each)
        place = np.arange(len(rows)) - np.repeat(np.cumsum(each) - each, each)
        others = hashes[starts[own[rows]] + place] if len(rows) else np.zeros(0, np.uint64)
        # The full forms must be there too, else a short form would only meet other short forms.
        all_rows = np.concatenate([rows, np.arange(len(own))])
        bearing = np.concatenate([others, looked_up(first.hashes, own)])
        family = looked_up(last.hashes, last.first[part])
        return all_rows + part.start, composed(bearing, family[all_rows])

    return Key("short name", made, weak=True)


def _place_keys(parts: _Parts) -> list[Key]:
    keys: list[Key] = []
    keys += parts.key("flat", "street.bones", "house", "flat")
    keys += parts.key("house+last", "street.bones", "house", "last.bones")
    town = ("city",) if parts.base.has("city") else ()
    keys += parts.key("house+first", "street.bones", "house", *town, "first")
    keys += parts.key("postcode+last", "postcode", "last.bones", "first.initial", weak=True)
    keys += parts.key("postcode+first", "postcode", "first", "birth.year")
    if parts.base.has("phone") or parts.base.has("email"):
        return keys
    keys += parts.key("street+name", "street.bones", "first", "last.initial", weak=True)
    keys += parts.key("city+last", "city", "last.bones", "first.initial", weak=True)
    keys += parts.key("house+birth", "street.bones", "house", "birth")
    if not (parts.has("first") or parts.has("last")):
        # Nothing but a day and a place: what both hold is rare enough to be looked at.
        for place in ("postcode", "city", "street.bones"):
            keys += parts.key(f"{place.partition('.')[0]}+birth", place, "birth")
    return keys


def _extra_keys(base: Base, parts: _Parts) -> list[Key]:
    keys: list[Key] = []
    for name in base.extra:
        column = f"x:{name}"
        if base.has(column) and _telling(base.columns[column], base.rows):
            keys += parts.key(name, column)
        for other in ("first", "last.bones", "birth"):
            keys += parts.key(f"{name}+{other}", column, other)
    return keys


def _telling(column: Coded, rows: int) -> bool:
    """Whether a column is narrow enough to be a key alone: an id is, a state or a sex is not."""
    sizes = np.bincount(column.first[column.first >= 0]).astype(np.int64)
    return int((sizes * (sizes - 1) // 2).sum()) <= _MOST_PAIRS_A_ROW * rows
