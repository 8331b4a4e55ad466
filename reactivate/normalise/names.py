"""Names of records: skeletons to compare, spellings to address people by, flaws and notes."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.normalise.columns import Codes, take, text_column, tidied
from reactivate.normalise.full_names import FullNames, read_full_names
from reactivate.normalise.name_fields import Fields, fields_of
from reactivate.normalise.name_parts import Parts, parts_of
from reactivate.normalise.name_roles import assign_roles


def names(records: pa.Table) -> dict[str, pa.Array]:
    """`n_first n_last n_patronymic`, the three `…_display`, `n_name_flaw`, `n_note` for a records table.

    Parts win over the full name, which fills their gaps; a lone part that holds several words is read as a full name.
    """
    fields = fields_of(records)
    parts = parts_of(fields.odd_texts)
    full = read_full_names(_full_names(records, fields), fields.plain_texts)
    columns = _columns(fields, parts, full)
    columns["n_name_flaw"] = _flaws(
        fields, parts, full, pc.and_(*map(pc.is_null, (columns["n_first"], columns["n_last"])))
    )
    return {**columns, "n_note": full.notes}


def _full_names(records: pa.Table, fields: Fields) -> pa.Array:
    """The full name of each record; a lone part of several words serves as one."""
    full = tidied(text_column(records, "name"))
    return pc.coalesce(full, take(fields.texts, fields.lone)) if (fields.lone >= 0).any() else full


def _columns(fields: Fields, parts: Parts, full: FullNames) -> dict[str, pa.Array]:
    """The names; codes are of the words of the vocabulary and, behind those, of the odd texts of the fields."""
    words, size, odd = full.words, len(full.words.shown), len(fields.odd_texts)
    at = np.empty(len(fields.texts), np.int32)
    at[fields.plain], at[~fields.plain] = full.further, size + np.arange(odd)
    first, last = _turned(fields, parts, full)
    first, last, own = (np.append(at, np.int32(-1))[codes] for codes in (first, last, fields.patronymic))
    # The patronymic may hide behind the first name.
    hidden = np.where(first >= size, first + odd, np.int32(-1))
    texts = {
        "n_first": [words.first, parts.first],
        "n_last": [words.last, parts.last],
        "n_patronymic": [words.patronymic, parts.patronymic, parts.hidden],
        "first_display": [words.shown, parts.first_shown],
        "last_display": [words.shown, parts.shown],
        "patronymic_display": [words.shown, parts.patronymic_shown, parts.hidden_shown],
    }
    values = {name: pa.concat_arrays(arrays) for name, arrays in texts.items()}
    seen = (_counted(values["n_first"], first, words.skeletons), _counted(values["n_last"], last, words.skeletons))
    roles = assign_roles(full.matrix, words, seen)
    given = ((first, roles.first), (last, roles.last), (own, hidden, roles.patronymic)) * 2
    return {name: _first_known(values[name], codes) for name, codes in zip(values, given, strict=True)}


def _turned(fields: Fields, parts: Parts, full: FullNames) -> tuple[Codes, Codes]:
    """First and family names, put right where they stand in one another's field.

    A family name such as Роман stays where it is unless the other field holds no first name that we know.
    """
    known, certain = np.zeros(len(fields.texts) + 1, bool), np.zeros(len(fields.texts) + 1, bool)
    plain, odd = np.flatnonzero(fields.plain), np.flatnonzero(~fields.plain)
    known[plain], known[odd] = full.words.first_name[full.further], parts.known
    certain[plain], certain[odd] = full.words.full_name[full.further], parts.certain
    first, last = fields.first, fields.last
    turn = ~known[first] & certain[last] & (first >= 0) & (last >= 0)
    return np.where(turn, last, first), np.where(turn, first, last)


def _counted(values: pa.Array, codes: Codes, skeletons: pa.Array) -> npt.NDArray[np.float64]:
    """In how many records each skeleton stands among `values[codes]`."""
    often = np.bincount(codes[codes >= 0], minlength=len(values))
    there = np.flatnonzero(often)
    place = pc.fill_null(pc.index_in(values.take(pa.array(there)), skeletons), len(skeletons))
    counts = np.bincount(np.asarray(place), often[there].astype(float), len(skeletons) + 1)
    return counts[:-1].astype(np.float64, copy=False)


def _first_known(values: pa.Array, codes: tuple[Codes, ...]) -> pa.Array:
    """`values[codes]` of the first codes that lead to a value."""
    valid = np.append(np.asarray(values.is_valid(), dtype=bool), False)
    chosen = codes[-1]
    for better in reversed(codes[:-1]):
        chosen = np.where(valid[better], better, chosen)
    return take(values, chosen)


def _flaws(fields: Fields, parts: Parts, full: FullNames, nameless: pa.Array) -> pa.Array:
    """Why a record has no name; null = it has one."""
    rows = np.flatnonzero(np.asarray(nameless, dtype=bool))
    at = np.full(len(fields.texts) + 1, -1, np.int32)
    at[:-1][~fields.plain] = np.arange(len(fields.odd_texts))
    first, last = (take(parts.flaws, at[codes[rows]]) for codes in (fields.first_field, fields.last_field))
    why: Any = pc.coalesce(full.flaws.take(pa.array(rows)), first, last, "empty")
    return pc.replace_with_mask(pa.nulls(len(nameless), pa.string()), nameless, why)
