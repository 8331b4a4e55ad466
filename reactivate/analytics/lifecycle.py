"""The stage of life of each customer: exactly one of seven words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from reactivate.analytics.arrays import Bools, Floats, Ints, day_number, ends_of_groups, gathered
from reactivate.analytics.data import load
from reactivate.analytics.history import History, ids, read_history
from reactivate.analytics.rhythm import Rhythms, rhythms
from reactivate.analytics.silence import SilenceCurve, silence_curve

WORDS = ("potential", "new", "active", "late", "lapsed", "lost", "won_back")
POTENTIAL, NEW, ACTIVE, LATE, LAPSED, LOST, WON_BACK = range(7)
ROLL_UP = {
    "potential": "potential",
    "active": "active",
    "new": "repeat",
    "won_back": "repeat",
    "late": "repeat",
    "lapsed": "lost",
    "lost": "lost",
}
"""The four classes of the second seed: potential, active, to be sold to again, lost."""
HARDLY_ANYONE = 0.05
_HORIZON_DAYS = 180
_NO_HABIT_DAYS = 90.0
_GRACE = 1.25
"""Whatever the business's line, nobody is lapsed before the own expected order is a quarter of a gap late."""


Lapse = str | float | Mapping[str, float]


def presets() -> tuple[str, ...]:
    """The kinds of business with a lapse line of their own (`data/lapse.json`)."""
    return tuple(name for name in load("lapse") if name != "about")


def stage(
    profiles: pa.Table,
    orders: pa.Table,
    *,
    as_of: date,
    lapse: Lapse = "rhythm",
    lost: float | None = None,
) -> pa.Table:
    """`person_id` and `stage`, one of `WORDS`, for everybody.

    `lapse` is `rhythm` (the gap that 19 of 20 gaps of the person stay under; for people without a rhythm that of the
    base), a preset of `presets()`, a number of days, or days by category of the last order (`default` for the others).
    `lost` in days; by default the preset's, else learned: the silence after which fewer than 5 % return within 180
    days, or three lapse lines when the history is too short to see that. `won_back` is whoever ordered again after a
    gap beyond the lapse line drawn from the orders before that gap, until the next order or the next lapse.
    """
    found = read_history(profiles, orders, as_of)
    bought = found.where(found.is_order)
    person, day = bought.order_days()
    today = day_number(as_of)
    last = ends_of_groups(person, bought.persons)
    has = last >= 0
    silence = np.where(has, today - _take(day, last), 0)
    own = rhythms(person, day, bought.persons)
    fixed = None if lapse == "rhythm" else _fixed(lapse, bought, orders)
    due = _or(own.usual, own.base_usual, _NO_HABIT_DAYS)
    lapses = _or(own.limit, own.base_limit, 2 * _NO_HABIT_DAYS) if fixed is None else np.maximum(fixed, _GRACE * due)
    losses = np.maximum(_lost(lapse, lost, lapses, silence_curve(person, day, today)), lapses)
    code = np.where(np.bincount(bought.person, minlength=bought.persons) == 1, NEW, ACTIVE)
    code[silence > due] = LATE
    code[_came_back(person, day, own, fixed)] = WON_BACK
    code[silence > lapses] = LAPSED
    code[silence > losses] = LOST
    code[~has] = POTENTIAL
    words = pa.DictionaryArray.from_arrays(pa.array(code.astype(np.int8)), pa.array(WORDS)).cast(pa.string())
    return pa.table({"person_id": ids(profiles), "stage": words})


def _take(values: Ints, index: Ints) -> Any:
    return values[index] if len(values) else np.zeros(len(index), np.int64)


def _or(values: Floats, base: float, otherwise: float) -> Floats:
    """Days of silence per person, with the base's where the person has none."""
    return np.where(np.isnan(values), otherwise if np.isnan(base) else base, values)


def _fixed(lapse: Lapse, bought: History, orders: pa.Table) -> Floats:
    """The business's line in days: one for all, or by category of the last order."""
    if isinstance(lapse, str):
        return np.full(bought.persons, float(load("lapse")[lapse]["lapse"]))
    if not isinstance(lapse, Mapping):
        return np.full(bought.persons, float(lapse))
    last = ends_of_groups(bought.person, bought.persons)
    row = np.where(last >= 0, _take(bought.row, last), -1)
    folded = {name.casefold(): float(days) for name, days in lapse.items()}
    default = folded.get("default", max(folded.values()))
    words = gathered(orders["category"], row).dictionary_encode()
    table = [folded.get(str(word).casefold(), default) for word in words.dictionary.to_pylist()]
    days: Floats = np.asarray([*table, default])[np.asarray(words.indices.fill_null(len(table)))]
    return days


def _lost(lapse: Lapse, lost: float | None, lapses: Floats, curve: SilenceCurve) -> Any:
    """Days of silence after which hardly anyone returns: as told, by kind of business, or learned."""
    if lost is not None:
        return lost
    if isinstance(lapse, str) and lapse != "rhythm":
        return float(load("lapse")[lapse]["lost"])
    learned = curve.line(HARDLY_ANYONE, _HORIZON_DAYS)
    return 3 * lapses if learned is None else learned


def _came_back(person: Ints, day: Ints, own: Rhythms, fixed: Floats | None) -> Bools:
    """People whose last gap went beyond the lapse line that the orders before it had drawn."""
    persons = len(own.gaps)
    found = np.zeros(persons, bool)
    several = np.flatnonzero(own.gaps > 0)
    if not len(several):
        return found
    last = ends_of_groups(person, persons)[several]
    earlier = np.ones(len(person), bool)
    earlier[last] = False
    before = rhythms(person[earlier], day[earlier], persons)
    if fixed is None:
        line = _or(before.limit, before.base_limit, 2 * _NO_HABIT_DAYS)
    else:
        line = np.maximum(fixed, _GRACE * _or(before.usual, before.base_usual, _NO_HABIT_DAYS))
    found[several] = day[last] - day[last - 1] > line[several]
    return found
