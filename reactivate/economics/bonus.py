"""What is due to staff for customers who came back: part of the margin of the first order since entry."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NOBODY = "(nobody named)"


def bonuses(orders: pa.Table, passes: pa.Table, *, share: float) -> pa.Table:
    """One row per pass that earned a bonus: `person_id, staff, order_id, ordered_at, margin, due`, by staff and time.

    `orders`: `person_id, order_id, ordered_at, staff, margin` (money; paid ones only). `passes`: `person_id,
    entered_at, ends_at` (end of the goal's window), `earns` (the rule `if` of staff_bonus; null = not known = no), of
    the treated: nobody is paid for somebody who was left alone. `share`: part of the margin. An order at a loss is
    worth nothing to staff, and takes nothing from them.
    """
    earning = passes.filter(pc.fill_null(passes["earns"], False)).select(["person_id", "entered_at", "ends_at"])
    known = orders.select(["person_id", "order_id", "ordered_at", "staff", "margin"])
    joined = known.join(earning, "person_id", join_type="inner")
    inside = pc.and_(
        pc.greater_equal(joined["ordered_at"], joined["entered_at"]),
        pc.less_equal(joined["ordered_at"], joined["ends_at"]),
    )
    found = joined.filter(inside).sort_by(
        [
            ("person_id", "ascending"),
            ("entered_at", "ascending"),
            ("ordered_at", "ascending"),
            ("order_id", "ascending"),
        ]
    )
    first = found.filter(_first_of_each(found))
    margin = pc.max_element_wise(pc.fill_null(first["margin"].cast(pa.float64()), 0.0), 0.0)
    table = pa.table(
        {
            "person_id": first["person_id"],
            "staff": pc.fill_null(first["staff"], NOBODY),
            "order_id": first["order_id"],
            "ordered_at": first["ordered_at"],
            "margin": margin,
            "due": pc.round(pc.multiply(margin, share), 2),
        }
    )
    return table.sort_by([("staff", "ascending"), ("ordered_at", "ascending"), ("order_id", "ascending")])


def _first_of_each(sorted_rows: pa.Table) -> pa.Array:
    """Where a pass (person and entry) begins in rows sorted by both."""
    if not sorted_rows.num_rows:
        return pa.array([], pa.bool_())
    changes = np.zeros(sorted_rows.num_rows, dtype=bool)
    changes[0] = True
    for name in ("person_id", "entered_at"):
        column = sorted_rows[name].combine_chunks()
        changes[1:] |= np.asarray(pc.not_equal(column[1:], column[:-1]))
    return pa.array(changes)


def per_staff(due: pa.Table) -> pa.Table:
    """`staff, customers, margin, due` of `bonuses`, largest sum first."""
    sums = [("person_id", "count"), ("margin", "sum"), ("due", "sum")]
    summed = due.group_by("staff", use_threads=False).aggregate(sums)
    named = summed.rename_columns(["staff", "customers", "margin", "due"])
    return named.sort_by([("due", "descending"), ("staff", "ascending")])
