"""Names of records: skeletons to compare, spellings to address people by, flaws and notes."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.normalise.columns import Encoded, encode, gather, take, text_column
from reactivate.normalise.fold import fold, fold_surname
from reactivate.normalise.known_names import known_names
from reactivate.normalise.name_flaws import name_flaws, split_notes
from reactivate.normalise.name_roles import assign_roles
from reactivate.normalise.name_words import name_words, shown


@frozen(eq=False)
class _Person:
    """Arrow columns by role."""

    first: pa.Array
    last: pa.Array
    patronymic: pa.Array
    first_shown: pa.Array
    last_shown: pa.Array
    patronymic_shown: pa.Array


def names(records: pa.Table) -> dict[str, pa.Array]:
    """`n_first n_last n_patronymic`, the three `…_display`, `n_name_flaw`, `n_note` for a records table.

    Parts win over the full name, which fills their gaps; a lone part that holds several words is read as a full name.
    """
    first, last = encode(text_column(records, "first_name")), encode(text_column(records, "last_name"))
    full = _full_names(records, first, last)
    cleaned, notes = split_notes(full.values)
    flaws = name_flaws(full.values)
    late = name_flaws(cleaned)
    flaws = pc.if_else(pc.and_(pc.is_null(flaws), pc.is_valid(notes)), late, flaws)
    notes = pc.if_else(pc.is_valid(flaws), pa.scalar(None, pa.string()), notes)
    usable = pc.if_else(pc.is_valid(flaws), pa.scalar(None, pa.string()), cleaned)
    parts = _parts(records, first, last, full)
    whole = _from_full(usable, full.codes, parts)
    person = _joined(parts, whole)
    nameless = pc.and_(pc.is_null(person.first), pc.is_null(person.last))
    part_flaws = pc.coalesce(_part_flaw(first), _part_flaw(last), pa.nulls(records.num_rows, pa.string()))
    why = pc.coalesce(take(flaws, full.codes), part_flaws, "empty")
    return {
        "n_first": person.first,
        "n_last": person.last,
        "n_patronymic": person.patronymic,
        "first_display": person.first_shown,
        "last_display": person.last_shown,
        "patronymic_display": person.patronymic_shown,
        "n_name_flaw": pc.if_else(nameless, why, pa.scalar(None, pa.string())),
        "n_note": take(notes, full.codes),
    }


def _full_names(records: pa.Table, first: Encoded, last: Encoded) -> Encoded:
    """The full name of each record; a lone part of several words serves as one."""
    full = encode(text_column(records, "name"))
    lone_first = (first.codes >= 0) & (last.codes < 0) & _several_words(first)
    lone_last = (last.codes >= 0) & (first.codes < 0) & _several_words(last)
    if not (lone_first | lone_last).any():
        return full
    rows = pc.coalesce(
        take(full.values, full.codes),
        take(first.values, np.where(lone_first, first.codes, -1)),
        take(last.values, np.where(lone_last, last.codes, -1)),
    )
    return encode(rows)


def _several_words(part: Encoded) -> npt.NDArray[np.bool_]:
    several = np.asarray(pc.match_substring(part.values, " "), dtype=bool)
    return several[part.codes] & (part.codes >= 0) if len(several) else np.zeros(len(part.codes), bool)


def _part_flaw(part: Encoded) -> pa.Array:
    return take(name_flaws(part.values), part.codes)


def _parts(records: pa.Table, first: Encoded, last: Encoded, full: Encoded) -> _Person:
    """Names from fields of their own; the patronymic may hide behind the first name."""
    known = known_names()
    lone = (first.codes < 0) != (last.codes < 0)
    one_field = lone & (_several_words(first) | _several_words(last))
    first_codes, last_codes = np.where(one_field, -1, first.codes), np.where(one_field, -1, last.codes)
    first_codes, last_codes, first, last = _turned(first_codes, last_codes, first, last)
    hidden = [_hidden_patronymic(text) for text in _sound(first)]
    own = encode(text_column(records, "patronymic"))
    fathers = [_father(text) for text in own.values.to_pylist()]
    behind = [pair[1] for pair in hidden]
    return _Person(
        take(
            pa.array([(known.canonical(fold(name)) or None) if name else None for name, _ in hidden], pa.string()),
            first_codes,
        ),
        take(
            pa.array([(fold_surname(fold(text)) or None) if text else None for text in _sound(last)], pa.string()),
            last_codes,
        ),
        pc.coalesce(
            take(pa.array(fathers, pa.string()), own.codes),
            take(pa.array([_father(text) if text else None for text in behind], pa.string()), first_codes),
        ),
        take(pa.array([_shown(name) for name, _ in hidden], pa.string()), first_codes),
        take(pa.array([_shown(text) for text in _sound(last)], pa.string()), last_codes),
        pc.coalesce(
            take(pa.array([_shown(text) for text in own.values.to_pylist()], pa.string()), own.codes),
            take(pa.array([_shown(text) for text in behind], pa.string()), first_codes),
        ),
    )


def _turned(
    first_codes: npt.NDArray[np.int32], last_codes: npt.NDArray[np.int32], first: Encoded, last: Encoded
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], Encoded, Encoded]:
    """Put right the rows whose family name stands in the field of the first name, and the other way round."""
    known = known_names()
    not_first = np.array([fold(text) not in known.names for text in first.values.to_pylist()] + [False], bool)
    is_first = np.array([fold(text) in known.full for text in last.values.to_pylist()] + [False], bool)
    # A family name such as Роман stays where it is unless the other field holds no first name that we know.
    turn = not_first[first_codes] & is_first[last_codes] & (first_codes >= 0) & (last_codes >= 0)
    if not turn.any():
        return first_codes, last_codes, first, last
    both = encode(pa.concat_arrays([take(first.values, first_codes), take(last.values, last_codes)]))
    one, two = both.codes[: len(turn)], both.codes[len(turn) :]
    return np.where(turn, two, one), np.where(turn, one, two), both, both


def _sound(part: Encoded) -> list[str | None]:
    """The distinct values of a part, None where they are no name."""
    flaws = name_flaws(part.values).to_pylist()
    # One letter is a placeholder as a whole name, an initial as a part.
    return [
        text if flaw is None or (flaw == "placeholder" and len(text) <= 2 and fold(text)) else None
        for text, flaw in zip(part.values.to_pylist(), flaws, strict=True)
    ]


def _shown(text: str | None) -> str | None:
    return (" ".join(filter(None, map(shown, text.split()))) or None) if text else None


def _father(text: str) -> str | None:
    skeleton = fold(text)
    return known_names().father(text, skeleton) or skeleton or None


def _hidden_patronymic(text: str | None) -> tuple[str | None, str | None]:
    """`Наталья Алексеевна` -> (`Наталья`, `Алексеевна`)."""
    if not text or " " not in text:
        return text, None
    head, _, tail = text.rpartition(" ")
    return (head, tail) if fold(tail) in known_names().fathers else (text, None)


def _from_full(usable: pa.Array, codes: npt.NDArray[np.int32], parts: _Person) -> _Person:
    """Names read out of full names, in row order."""
    known = known_names()
    words = name_words(usable)
    weights = np.bincount(codes[codes >= 0], minlength=len(usable))
    texts = (parts.first.drop_null().to_pylist(), parts.last.drop_null().to_pylist())
    roles = assign_roles(words, weights, texts)
    first = gather([known.canonical(skeleton) for skeleton in words.skeleton])
    last = gather([fold_surname(skeleton) for skeleton in words.skeleton])
    father = gather([father or skeleton for father, skeleton in zip(words.father, words.skeleton, strict=True)])
    codes_of = (roles.first, roles.last, roles.patronymic)
    compared = [_column(values, role, codes) for values, role in zip((first, last, father), codes_of, strict=True)]
    back = [*compared, *(_column(words.shown, role, codes) for role in codes_of)]
    return _Person(*back)


def _column(values: npt.NDArray[Any], role: npt.NDArray[np.int32], codes: npt.NDArray[np.int32]) -> pa.Array:
    by_row = role[codes] if len(role) else np.full(len(codes), -1, np.int32)
    return take(pa.array(values, pa.string()), np.where(codes < 0, -1, by_row))


def _joined(parts: _Person, whole: _Person) -> _Person:
    """Parts first, gaps filled from the full name."""
    return _Person(
        *(
            pc.coalesce(getattr(parts, side), getattr(whole, side))
            for side in ("first", "last", "patronymic", "first_shown", "last_shown", "patronymic_shown")
        )
    )
