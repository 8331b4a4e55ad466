"""The stage of life of each customer: exactly one of seven words, and the four classes they roll up to."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from reactivate.analytics.arrays import Bools, Floats, Ints, day_number, ends_of_groups, nullable
from reactivate.analytics.data import load
from reactivate.analytics.history import ids, read_history
from reactivate.analytics.lapse import (
    DRAWN_BY,
    Lapse,
    LapseLines,
    Learn,
    lapse_lines,
    line_before,
    presets,
    until_service_of,
)
from reactivate.analytics.rhythm import Rhythms, rhythms
from reactivate.analytics.silence import SilenceCurve, silence_curve

__all__ = ["CLASSES", "DRAWN_BY", "ROLL_UP", "WORDS", "Lapse", "Learn", "presets", "stage"]

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
CLASSES = ("potential", "active", "repeat", "lost")
HARDLY_ANYONE = 0.05
_HORIZON_DAYS = 180


def stage(
    profiles: pa.Table,
    orders: pa.Table,
    *,
    as_of: date,
    lapse: Lapse = "rhythm",
    lost: float | None = None,
    learn: Learn | None = None,
) -> pa.Table:
    """`person_id, stage, stage_class, lapse_line, lost_line, lapse_by`, one row for everybody.

    `stage` is one of `WORDS`, `stage_class` one of `CLASSES`; the lines are days of silence, null without orders;
    `lapse_by` (`DRAWN_BY`) says what drew the lapse line. `lapse` is
    `rhythm` (the gap that 19 of 20 gaps of the person stay under; for people without a rhythm that of the base),
    `learned` (by category of the last order the silence after which fewer than `learn.below` return within
    `learn.within_days`; the base's where a category is thin, the rhythm where the base is), `service` (the next of the
    profiles' `until_service`, a quarter later), a preset of `presets()`, a number of days, or days by category
    (`default` for the others).
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
    silence = np.where(has, today - (day[last] if len(day) else 0), 0)
    own = rhythms(person, day, bought.persons)
    lines = lapse_lines(
        lapse, bought, orders, own, as_of=as_of, learn=learn or Learn(), silence=silence,
        until_service=until_service_of(profiles, bought.persons),
    )  # fmt: skip
    losses = np.maximum(_lost(lapse, lost, lines.lapse, silence_curve(person, day, today)), lines.lapse)
    code = np.where(np.bincount(bought.person, minlength=bought.persons) == 1, NEW, ACTIVE)
    code[silence > lines.due] = LATE
    code[_came_back(person, day, own, lines.told)] = WON_BACK
    code[silence > lines.lapse] = LAPSED
    code[silence > losses] = LOST
    code[~has] = POTENTIAL
    return _table(ids(profiles), code, has, lines, losses)


def _table(people: pa.Array, code: Ints, has: Bools, lines: LapseLines, losses: Floats) -> pa.Table:
    rolled = np.array([CLASSES.index(ROLL_UP[word]) for word in WORDS])
    return pa.table(
        {
            "person_id": people,
            "stage": _words(code, WORDS),
            "stage_class": _words(rolled[code], CLASSES),
            "lapse_line": nullable(lines.lapse, has, pa.float64()),
            "lost_line": nullable(losses, has, pa.float64()),
            "lapse_by": _words(lines.by, DRAWN_BY, has),
        }
    )


def _words(code: Any, words: tuple[str, ...], known: Bools | None = None) -> pa.Array:
    codes = pa.array(code.astype(np.int8), mask=None if known is None else ~known)
    return pa.DictionaryArray.from_arrays(codes, pa.array(words)).cast(pa.string())


def _lost(lapse: Lapse, lost: float | None, lapses: Floats, curve: SilenceCurve) -> Any:
    """Days of silence after which hardly anyone returns: as told, by kind of business, or learned."""
    if lost is not None:
        return lost
    if isinstance(lapse, str) and lapse in presets():
        return float(load("lapse")[lapse]["lost"])
    learned = curve.line(HARDLY_ANYONE, _HORIZON_DAYS)
    return 3 * lapses if learned is None else learned


def _came_back(person: Ints, day: Ints, own: Rhythms, told: Floats) -> Bools:
    """People whose last gap went beyond the lapse line that the orders before it had drawn."""
    found = np.zeros(len(own.gaps), bool)
    several = np.flatnonzero(own.gaps > 0)
    if not len(several):
        return found
    last = ends_of_groups(person, len(own.gaps))[several]
    earlier = np.ones(len(person), bool)
    earlier[last] = False
    before = rhythms(person[earlier], day[earlier], len(own.gaps))
    found[several] = day[last] - day[last - 1] > line_before(told, before)[several]
    return found
