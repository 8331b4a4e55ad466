"""Counted distinct purchase patterns: all that a buy-till-you-die model sees of a customer."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import frozen

from reactivate.analytics.arrays import Floats, Ints, day_number, ends_of_groups, starts_of_groups
from reactivate.analytics.history import read_history

DAYS_PER_WEEK = 7.0


@frozen(eq=False)
class Patterns:
    """Distinct (x, t_x, T), each with the number of customers that show it.

    `repeats` is x, order days after the first; `last_weeks` t_x, weeks from the first to the last order day;
    `age_weeks` T, weeks from the first order day to the end of the observation. `of_person` gives each person's
    pattern, -1 for people without orders.
    """

    repeats: Ints
    last_weeks: Floats
    age_weeks: Floats
    customers: Ints
    of_person: Ints

    def spread(self, values: Floats) -> pa.Array:
        """A value per pattern as a column per person, null for people without orders."""
        known = self.of_person >= 0
        if not len(values):
            return pa.nulls(len(known), pa.float64())
        return pa.array(values[self.of_person], pa.float64(), mask=~known)


def patterns(people: Any, orders: pa.Table, until: date) -> Patterns:
    """The patterns of `people` at the end of `until`; `orders` is contract ORDERS with `person_id`."""
    bought = read_history(people, orders, until)
    person, day = bought.where(bought.is_order).order_days()
    return count_patterns(person, day, bought.persons, day_number(until))


def count_patterns(person: Ints, day: Ints, persons: int, end: int) -> Patterns:
    """The same from distinct order days, ascending by person and day; `end` is the last day observed."""
    last, first = ends_of_groups(person, persons), starts_of_groups(person, persons)
    has = last >= 0
    repeats = (last - first)[has]
    start, stop = (day[first[has]], day[last[has]]) if len(day) else (day, day)
    # Three numbers of 21 bits in one: 2,097,151 order days, and as many days (5,700 years), are enough.
    packed = (repeats << 42) | ((stop - start) << 21) | (end - start)
    distinct, inverse, customers = np.unique(packed, return_inverse=True, return_counts=True)
    of_person = np.full(persons, -1, np.int64)
    of_person[has] = inverse
    low = (1 << 21) - 1
    return Patterns(
        distinct >> 42,
        ((distinct >> 21) & low) / DAYS_PER_WEEK,
        (distinct & low) / DAYS_PER_WEEK,
        customers,
        of_person,
    )
