"""How much two records agree, field by field, as small integers. 0 = cannot be told (a value is missing).

`LEVELS` names the levels of each field from best to worst; the model learns what each is worth.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from reactivate.matching import value_levels
from reactivate.matching.fields import Base, Coded
from reactivate.matching.level_names import LEVELS, Levels, Rows, equality, kind_of
from reactivate.matching.name_levels import names_compared, patronymics_compared
from reactivate.matching.synonyms import Synonyms
from reactivate.matching.threads import in_threads

__all__ = ["LEVELS", "compare", "compared_fields", "kind_of", "prepare"]


def compared_fields(base: Base) -> list[str]:
    """The fields of the pattern, in order, that this base can compare."""
    names = [name for name in ("first", "last", "patronymic") if base.has(name)]
    if base.has("first", "last"):
        names.append("namesakes")
    names += [name for name in ("phone", "email", "birth") if base.has(name)]
    if base.has("street"):
        names.append("address")
    names += [name for name in ("city", "postcode", "tax_id", "vehicle") if base.has(name)]
    return names + [f"{how}:{name}" for name, how in base.extra.items() if base.has(f"x:{name}")]


def compare(base: Base, left: Rows, right: Rows, synonyms: Synonyms) -> dict[str, Levels]:
    """Levels of every compared field for the pairs given."""
    out: dict[str, Levels] = {}
    for name in compared_fields(base):
        if name == "first":
            out |= names_compared(base, left, right, synonyms)
        elif name in ("last", "namesakes"):
            if name not in out:
                out |= names_compared(base, left, right, synonyms)
        else:
            out[name] = _single_field(base, name, left, right)
    return {name: out[name] for name in compared_fields(base)}


def prepare(base: Base, synonyms: Synonyms) -> None:
    """Make in two threads what `compare` asks of the columns once, so that no two of its threads make the same."""
    nobody = np.zeros(0, np.int64)
    names = {"first", "last", "namesakes"}
    work: list[Callable[[], Any]] = [
        partial(_single_field, base, name, nobody, nobody) for name in compared_fields(base) if name not in names
    ]
    work.append(partial(names_compared, base, nobody, nobody, synonyms))
    in_threads(lambda make: make(), work)


def _single_field(base: Base, name: str, left: Rows, right: Rows) -> Levels:
    if name == "address":
        return value_levels.address(base, left, right)
    if ":" in name:
        how, _, column = name.partition(":")
        return value_levels.extra(base.columns[f"x:{column}"], how, left, right)
    coded = base.columns[name]
    if name in _SHARING:
        return _SHARING[name](base, coded, left, right)
    if name in _PLAIN:
        return _PLAIN[name](coded, left, right)
    return equality(coded.first[left], coded.first[right], different=2)[0]


_SHARING: dict[str, Callable[[Base, Coded, Rows, Rows], Levels]] = {
    "phone": value_levels.phone,
    "email": value_levels.email,
}
_PLAIN: dict[str, Callable[[Coded, Rows, Rows], Levels]] = {
    "birth": value_levels.birth,
    "patronymic": patronymics_compared,
    "city": value_levels.city,
    "postcode": value_levels.postcode,
}
