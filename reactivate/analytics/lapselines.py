"""Learn the lapse line of each category: the silence after which hardly anybody returns."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.analytics.arrays import day_number, ends_of_groups, gathered
from reactivate.analytics.history import read_history
from reactivate.analytics.silence import silence_curve


def silence_lines(
    people: Any, orders: pa.Table, *, as_of: date, below: float = 0.1, within_days: int = 90, by: str = "category"
) -> pa.Table:
    """`group, people, line_days`: the silence after which fewer than `below` return within `within_days`, per group.

    A group is the value of `by` (a column of `orders`) at the person's last order. `line_days` is null where too few
    silences were watched to see the share fall below; learn it for the whole base then.
    """
    found = read_history(people, orders, as_of)
    bought = found.where(found.is_order)
    last = ends_of_groups(bought.person, bought.persons)
    rows = np.where(last >= 0, bought.row[last] if len(bought.row) else -1, -1)
    words = gathered(orders[by], rows)
    person, day = bought.order_days()
    groups = pc.unique(words).drop_null()
    groups = groups.take(pc.sort_indices(groups))
    code = np.asarray(pc.index_in(words, value_set=groups).fill_null(-1), np.int64)
    lines = []
    for number in range(len(groups)):
        mine = code[person] == number
        lines.append(silence_curve(person[mine], day[mine], day_number(as_of)).line(below, within_days))
    size = np.bincount(code[code >= 0], minlength=len(groups))
    return pa.table({"group": groups, "people": pa.array(size), "line_days": pa.array(lines, pa.int32())})
