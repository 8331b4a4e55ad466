"""Where the lapse line of each customer lies, in days of silence, and what drew it.

Lost means something else in every business, for every category and every customer; so the line may come from the
customer's own gaps, from the services of his car, from days told by the business (one for all, by kind of business, by
category of the last order), or from what the base's own history teaches.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.analytics.arrays import Floats, Ints, ends_of_groups, gathered
from reactivate.analytics.data import load
from reactivate.analytics.history import History
from reactivate.analytics.lapselines import learned_days
from reactivate.analytics.rhythm import Rhythms

DRAWN_BY = ("rhythm", "base", "told", "category", "business", "learned", "service", "grace")
"""What may draw a line: the own rhythm, that of the base, days told for all, days told for the category of the last
order, the kind of business, history, the norm of a service, or the grace given to the own expected order."""
RHYTHM, BASE, TOLD, CATEGORY, BUSINESS, LEARNED, SERVICE, GRACE = range(len(DRAWN_BY))

Lapse = str | float | Mapping[str, float]
NO_HABIT_DAYS = 90.0
_GRACE = 1.25
"""Whatever the business's line, nobody is lapsed before the own expected order is a quarter of a gap late."""


@frozen(eq=False)
class LapseLines:
    """Per person: `due`, the silence past which he is late, `lapse`, past which he is lapsed, in days; `by`: a code
    of `DRAWN_BY`. `told` is the line without regard to his own habit, NaN where his rhythm alone counts.
    """

    due: Floats
    lapse: Floats
    by: Ints
    told: Floats


@frozen
class Learn:
    """What a learned line means: after so long a silence fewer than `below` return within so many days."""

    below: float = 0.1
    within_days: int = 90


def presets() -> tuple[str, ...]:
    """The kinds of business with a lapse line of their own (`data/lapse.json`)."""
    return tuple(name for name in load("lapse") if name != "about")


def lapse_lines(
    lapse: Lapse, bought: History, orders: pa.Table, own: Rhythms, *, as_of: date, learn: Learn, until_service: Any,
    silence: Ints,
) -> LapseLines:  # fmt: skip
    """The lines of everybody. `until_service`: days until the next service, negative when past, NaN = none known."""
    due = or_else(own.usual, own.base_usual, NO_HABIT_DAYS)
    rhythm = or_else(own.limit, own.base_limit, 2 * NO_HABIT_DAYS)
    by = np.where(np.isnan(own.limit), BASE, RHYTHM)
    nothing = np.full(bought.persons, np.nan)
    if lapse == "rhythm":
        return LapseLines(due, rhythm, by, nothing)
    if lapse == "service":
        return _by_service(due, rhythm, by, until_service, silence)
    told, source = _told(lapse, bought, orders, as_of, learn)
    known = ~np.isnan(told)
    grace = _GRACE * due
    line = np.where(known, np.maximum(np.where(known, told, 0.0), grace), rhythm)
    by = np.where(known, np.where(grace > np.where(known, told, 0.0), GRACE, source), by)
    return LapseLines(due, line, by, told)


def or_else(values: Floats, base: float, otherwise: float) -> Floats:
    """Days of silence per person, with the base's where the person has none."""
    return np.where(np.isnan(values), otherwise if np.isnan(base) else base, values)


def line_before(told: Floats, before: Rhythms) -> Floats:
    """The lapse lines as the orders before the last one had drawn them."""
    rhythm = or_else(before.limit, before.base_limit, 2 * NO_HABIT_DAYS)
    grace = _GRACE * or_else(before.usual, before.base_usual, NO_HABIT_DAYS)
    known = ~np.isnan(told)
    return np.where(known, np.maximum(np.where(known, told, 0.0), grace), rhythm)


def _by_service(due: Floats, rhythm: Floats, by: Ints, until_service: Any, silence: Ints) -> LapseLines:
    """Late when the service is due, lapsed a quarter of the way later; never before the own rhythm says so.

    A customer who comes for other things is not lapsed because he has his oil changed elsewhere.
    """
    worn = silence + np.asarray(until_service, np.float64)
    known = ~np.isnan(worn)
    due = np.where(known, np.fmax(worn, due), due)
    line = np.where(known, np.fmax(_GRACE * worn, rhythm), rhythm)
    by = np.where(known & (line > rhythm), SERVICE, by)
    return LapseLines(due, line, by, np.full(len(due), np.nan))


def _told(lapse: Lapse, bought: History, orders: pa.Table, as_of: date, learn: Learn) -> tuple[Floats, int]:
    """Days without regard to the own habit (NaN = none), and the code of what told them."""
    if lapse == "learned":
        lines, whole = learned_days(bought, orders, as_of=as_of, below=learn.below, within_days=learn.within_days)
        return _of_category(lines, np.nan if whole is None else float(whole), bought, orders), LEARNED
    if isinstance(lapse, str):
        return np.full(bought.persons, float(load("lapse")[lapse]["lapse"])), BUSINESS
    if not isinstance(lapse, Mapping):
        return np.full(bought.persons, float(lapse)), TOLD
    folded = {name.casefold(): float(days) for name, days in lapse.items()}
    return _of_category(folded, folded.get("default", max(folded.values())), bought, orders), CATEGORY


def _of_category(days: Mapping[str, float], default: float, bought: History, orders: pa.Table) -> Floats:
    """Days by category of the last order; letter case does not matter."""
    last = ends_of_groups(bought.person, bought.persons)
    row = np.where(last >= 0, bought.row[last] if len(bought.row) else -1, -1)
    cells = orders["category"] if "category" in orders.column_names else pa.nulls(orders.num_rows, pa.string())
    words = gathered(cells, row).dictionary_encode()
    table = [days.get(str(word).casefold(), default) for word in words.dictionary.to_pylist()]
    found: Floats = np.asarray([*table, default])[np.asarray(words.indices.fill_null(len(table)))]
    return found


def until_service_of(profiles: Any, persons: int) -> Any:
    """`until_service` of a table of profiles as floats; NaN where there is none."""
    if not isinstance(profiles, pa.Table) or "until_service" not in profiles.column_names:
        return np.full(persons, np.nan)
    return np.asarray(pc.fill_null(profiles["until_service"].cast(pa.float64()), np.nan), np.float64)
