"""Topics: the categories that a person buys most, the recent ones counting more."""

from datetime import date

import numpy as np
import pyarrow as pa

from reactivate.analytics.arrays import day_number, lists, position_in_group
from reactivate.analytics.history import ids, read_history
from reactivate.analytics.tastes import encoded


def topics(
    profiles: pa.Table, orders: pa.Table, *, as_of: date, most: int = 3, half_life_days: float = 180.0
) -> pa.Table:
    """`person_id, topics`: at most `most` categories per person, the strongest first; empty when none is known.

    An order counts 1 today and half as much every `half_life_days` before; equal categories stand in the alphabet.
    """
    found = read_history(profiles, orders, as_of)
    bought = found.where(found.is_order)
    codes, words = encoded(orders["category"].take(pa.array(bought.row)))
    known = codes >= 0
    owner, code = bought.person[known], codes[known]
    weight = 0.5 ** ((day_number(as_of) - bought.day[known]) / half_life_days)
    pair, place = np.unique(owner * max(len(words), 1) + code, return_inverse=True)
    strength = np.bincount(place, weight, minlength=len(pair))
    person, code = pair // max(len(words), 1), pair % max(len(words), 1)
    alphabet = np.argsort(np.argsort(np.asarray(words.to_pylist(), str)))
    order = np.lexsort((alphabet[code] if len(words) else code, -np.round(strength, 9), person))
    order = order[position_in_group(person[order]) < most]
    chosen = words.take(pa.array(code[order]))
    return pa.table({"person_id": ids(profiles), "topics": lists(chosen, person[order], found.persons)})
