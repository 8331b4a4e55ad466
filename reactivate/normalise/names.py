"""Names of records: skeletons to compare, spellings to address people by, flaws and notes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.normalise.columns import Codes, encode, take, text_column, tidied
from reactivate.normalise.fold import fold_surnames
from reactivate.normalise.full_names import FullNames, read_full_names
from reactivate.normalise.known_names import known_names
from reactivate.normalise.name_parts import fathers, parts_of, several_words, shown_all
from reactivate.normalise.name_roles import Seen, assign_roles


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
    fields, first, last = _one_dictionary(records)
    lone = ((first < 0) != (last < 0)) & (_said(several_words(fields), first) | _said(several_words(fields), last))
    full = read_full_names(_full_names(records, fields, np.where(lone, np.maximum(first, last), np.int32(-1))))
    flaws, person = _from_parts(records, fields, np.where(lone, -1, first), np.where(lone, -1, last))
    person = _joined(person, _from_full(full, person))
    nameless = pc.and_(pc.is_null(person.first), pc.is_null(person.last))
    why = pc.coalesce(full.flaws, take(flaws, first), take(flaws, last), "empty")
    return {
        "n_first": person.first,
        "n_last": person.last,
        "n_patronymic": person.patronymic,
        "first_display": person.first_shown,
        "last_display": person.last_shown,
        "patronymic_display": person.patronymic_shown,
        "n_name_flaw": pc.if_else(nameless, why, pa.scalar(None, pa.string())),
        "n_note": full.notes,
    }


def _one_dictionary(records: pa.Table) -> tuple[pa.Array, Codes, Codes]:
    """(distinct texts of first and family names, codes of the first names, codes of the family names)."""
    first, last = encode(text_column(records, "first_name")), encode(text_column(records, "last_name"))
    both = encode(pa.concat_arrays([first.values, last.values]))
    ours, theirs = both.codes[: len(first.values)], both.codes[len(first.values) :]
    return both.values, _said(ours, first.codes, -1), _said(theirs, last.codes, -1)


def _said(values: npt.NDArray[Any], codes: Codes, none: Any = False) -> npt.NDArray[Any]:
    """What is said of each distinct value, by row."""
    return np.append(values, np.asarray(none, values.dtype))[codes]


def _full_names(records: pa.Table, fields: pa.Array, lone: Codes) -> pa.Array:
    """The full name of each record; a lone part of several words serves as one."""
    full = tidied(text_column(records, "name"))
    return pc.coalesce(full, take(fields, lone)) if (lone >= 0).any() else full


def _from_parts(records: pa.Table, fields: pa.Array, first: Codes, last: Codes) -> tuple[pa.Array, _Person]:
    """(flaw per distinct field, names from fields of their own); the patronymic may hide behind the first name."""
    parts = parts_of(fields)
    # A family name such as Роман stays where it is unless the other field holds no first name that we know.
    turn = _said(~parts.known, first) & _said(parts.certain, last) & (first >= 0) & (last >= 0)
    first, last = np.where(turn, last, first), np.where(turn, first, last)
    own = encode(text_column(records, "patronymic"))
    texts = own.values.to_pylist()
    return parts.flaws, _Person(
        _column(parts.first, first),
        _column(parts.last, last),
        pc.coalesce(_column(fathers(texts), own.codes), _column(parts.father, first)),
        _column(parts.first_shown, first),
        _column(parts.shown, last),
        pc.coalesce(_column(shown_all(texts), own.codes), _column(parts.father_shown, first)),
    )


def _from_full(full: FullNames, parts: _Person) -> _Person:
    """Names read out of full names, in row order."""
    known, words = known_names(), full.words
    roles = assign_roles(full.matrix, words, (_seen(parts.first), _seen(parts.last)))
    father = [father or skeleton for father, skeleton in zip(words.father, words.skeleton, strict=True)]
    return _Person(
        _column([known.canonical(skeleton) for skeleton in words.skeleton], roles.first),
        _column(fold_surnames(words.skeleton), roles.last),
        _column(father, roles.patronymic),
        _column(words.shown, roles.first),
        _column(words.shown, roles.last),
        _column(words.shown, roles.patronymic),
    )


def _seen(column: pa.Array) -> Seen:
    counts = column.drop_null().value_counts()
    return dict(zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True))


def _column(values: Sequence[str | None], codes: Codes) -> pa.Array:
    return take(pa.array(values, pa.string()), codes)


def _joined(parts: _Person, whole: _Person) -> _Person:
    """Parts first, gaps filled from the full name."""
    return _Person(
        *(
            pc.coalesce(getattr(parts, side), getattr(whole, side))
            for side in ("first", "last", "patronymic", "first_shown", "last_shown", "patronymic_shown")
        )
    )
