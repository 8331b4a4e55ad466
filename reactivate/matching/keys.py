"""The blocking keys that the columns of a base allow: many, each narrow, so that a typing error spoils only some."""

import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from reactivate.matching.blocks import Key
from reactivate.matching.fields import Base, Coded, looked_up
from reactivate.matching.hashing import Hashes, composed, text_hashes, unordered
from reactivate.normalise.known_names import known_names

_TAIL = 7
_MOST_PAIRS_A_ROW = 10
REKEYS = ("first", "birth", "last", "phone", "email", "street", "patronymic", "city", "postcode")
"""Fields that split a block over the cap."""


def blocking_keys(base: Base) -> list[Key]:
    """All keys for which this base has the columns."""
    parts = _Parts(base)
    keys = [*_contact_keys(base, parts), *_name_keys(parts), *_place_keys(parts), *_extra_keys(base, parts)]
    return [key for key in keys if (key.hashes != 0).any()]


def rekey_columns(base: Base) -> list[Hashes]:
    """Columns that split a block over the cap, most telling first."""
    return [base.hashed(name) for name in REKEYS if base.has(name)]


def window_order(base: Base) -> npt.NDArray[np.uint64]:
    """Position of each record by family and first name, then by identity: neighbours are alike."""
    wide = [base.columns[name].first.astype(np.int64) for name in ("last", "first", "birth") if base.has(name)]
    order = np.lexsort((base.identity, *reversed(wide))) if wide else np.argsort(base.identity, kind="stable")
    rank = np.empty(base.rows, np.uint64)
    rank[order] = np.arange(base.rows, dtype=np.uint64)
    return rank


class _Parts:
    """Hash columns of fields and of pieces of them, made once when first asked for; None = the base lacks the field."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self.made: dict[str, Hashes | None] = {}

    def get(self, name: str) -> Hashes | None:
        if name not in self.made:
            self.made[name] = self._make(name)
        return self.made[name]

    def _make(self, name: str) -> Hashes | None:
        field, _, piece = name.partition(".")
        if not self.base.has(field):
            return None
        column = self.base.columns[field]
        if not piece:
            return column.row_hashes()
        return column.row_hashes(_piece_hashes(column, _PIECES[piece]))

    def key(self, label: str, *names: str, weak: bool = False) -> list[Key]:
        """A key over these parts; nothing when one of them is lacking."""
        found = [self.get(name) for name in names]
        hashes = [part for part in found if part is not None]
        if len(hashes) < len(names):
            return []
        return [Key(label, np.arange(self.base.rows), composed(*hashes), weak)]


def _piece_hashes(column: Coded, piece: Callable[[str], str]) -> Hashes:
    pieces = pa.array([piece(text) or None for text in column.texts], pa.string())
    return text_hashes(pieces)


def consonants(text: str) -> str:
    """The bones of a name: first letter and the consonants after it."""
    return text[:1] + re.sub(r"[aeiou]|(.)(?=\1)", "", text[1:])


_PIECES: dict[str, Callable[[str], str]] = {
    "initial": lambda text: text[:1],
    "head": lambda text: text[:4] if len(text) >= 4 else "",
    "start": lambda text: text[:3] if len(text) >= 3 else "",
    "bones": consonants,
    "year": lambda text: text[:4],
    "monthday": lambda text: text[5:],
    "local": lambda text: text.partition("@")[0] if len(text.partition("@")[0]) >= 5 else "",
    "phone_tail": lambda text: text[-_TAIL:],
    "phone_head": lambda text: text[:-4] if len(text) > 9 else "",
    "phone_end": lambda text: text[-4:],
    "phone_digits": lambda text: "".join(sorted(text)),
}


def _contact_keys(base: Base, parts: _Parts) -> list[Key]:
    keys: list[Key] = []
    for name in ("phone", "email"):
        if base.has(name):
            keys.append(_every_value(base, name, None))
    if base.has("email"):
        keys.append(_every_value(base, "email", "local"))
    for name in ("tax_id", "vehicle"):
        keys += parts.key(name, name)
    for piece in ("phone_digits", "phone_tail", "phone_head", "phone_end"):
        for other in ("first", "last.bones"):
            keys += parts.key(f"{piece}+{other}", f"phone.{piece}", other)
    return keys


def _every_value(base: Base, name: str, piece: str | None) -> Key:
    """A key over every value of a list column."""
    column = base.columns[name]
    values = column.hashes if piece is None else _piece_hashes(column, _PIECES[piece])
    rows, slots = np.nonzero(column.codes >= 0)
    label = name if piece is None else f"{name} {piece}"
    return Key(label, rows.astype(np.int64), looked_up(values, column.codes[rows, slots]))


def _name_keys(parts: _Parts) -> list[Key]:
    keys: list[Key] = []
    first, last = parts.get("first"), parts.get("last")
    if first is not None and last is not None:
        keys.append(Key("name", np.arange(parts.base.rows), unordered(first, last), weak=True))
        keys.append(_meant_names(parts.base))
    keys += parts.key("last+birth", "last.bones", "birth")
    keys += parts.key("first+birth", "first", "birth")
    keys += parts.key("initials+birth", "first.initial", "last.initial", "birth")
    keys += parts.key("last+patronymic", "last.bones", "patronymic", "first.initial", weak=True)
    keys += parts.key("first+patronymic", "first", "patronymic", "last.start", weak=True)
    keys += parts.key("first+last bones", "first.bones", "last.bones", weak=True)
    keys += parts.key("last+first start", "last", "first.start", weak=True)
    keys += parts.key("first+last head", "first", "last.head", "birth.year")
    keys += parts.key("name+birth day", "last.bones", "first.initial", "birth.monthday")
    keys += parts.key("name+birth year", "last.bones", "first.initial", "birth.year", weak=True)
    return keys


def _meant_names(base: Base) -> Key:
    """Family name and every name that a short form may stand for: `Лена Одинская` meets `Елена` and `Алёна`."""
    column, names = base.columns["first"], known_names().names
    meant = [sorted(names.get(text, frozenset()) - {text}) for text in column.texts]
    counts = np.array([len(some) for some in meant], np.int64)
    hashes = text_hashes(pa.array([name for some in meant for name in some], pa.string()))
    starts = np.cumsum(counts) - counts
    own = column.first
    each = np.where(own >= 0, counts[own], 0) if len(counts) else np.zeros(base.rows, np.int64)
    rows = np.repeat(np.arange(base.rows), each)
    place = np.arange(len(rows)) - np.repeat(np.cumsum(each) - each, each)
    others = hashes[starts[own[rows]] + place] if len(rows) else np.zeros(0, np.uint64)
    # The full forms must be there too, else a short form would only meet other short forms.
    all_rows = np.concatenate([rows, np.arange(base.rows)])
    last = base.hashed("last")
    return Key(
        "short name", all_rows, composed(np.concatenate([others, base.hashed("first")]), last[all_rows]), weak=True
    )


def _place_keys(parts: _Parts) -> list[Key]:
    keys: list[Key] = []
    keys += parts.key("flat", "street.bones", "house", "flat")
    keys += parts.key("house+first", "street.bones", "house", "first")
    keys += parts.key("house+last", "street.bones", "house", "last.bones")
    keys += parts.key("street+name", "street.bones", "first", "last.initial", weak=True)
    keys += parts.key("city+last", "city", "last.bones", "first.initial", weak=True)
    keys += parts.key("postcode+last", "postcode", "last.bones", "first.initial", weak=True)
    keys += parts.key("postcode+first", "postcode", "first", "birth.year")
    keys += parts.key("house+birth", "street.bones", "house", "birth")
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
