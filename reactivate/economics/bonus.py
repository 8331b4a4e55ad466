"""What is due to staff for customers who came back, and what those customers said of them.

Due is a part of the margin of the first order since entry. The recommendation question is Reichheld's (2003, Harvard
Business Review 81): of all who answered 0 to 10, the share of 9 and 10 less the share of 0 to 6.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.contracts.contract import MONEY
from reactivate.normalise.marks import as_marks

NOBODY = "(nobody named)"
DUE, NOT_TRUE, UNKNOWN, WAITING, NO_ORDER = "due", "rule not true", "rule not known", "waiting", "no order"
"""What became of a pass: earned; its rule is false; something in it is missing; not over; nobody was served."""


def bonuses(orders: pa.Table, passes: pa.Table, *, share: float) -> pa.Table:
    """One row per pass: `pass_id, person_id, staff, order_id, ordered_at, decided_at, margin, due, state`.

    `orders`: `person_id, order_id, ordered_at, staff, margin` (money; paid ones only). `passes` of the treated who
    reached the goal, for nobody is paid for somebody who was left alone: `pass_id, person_id, entered_at`, `ends_at`
    (until when an order counts), `ended_at` (null = still on the way) and `earns` (the rule `if` of staff_bonus; null =
    not known). `share`: part of the margin. An order belongs to the earliest pass that has it. An order at a loss
    is worth nothing to staff, and takes nothing from them. `decided_at`: when pass and order were both there; null
    while waiting. Sorted by staff (null = no order), then by the moment of the order, then by pass.
    """
    first = first_orders(orders, passes)
    margin = pc.max_element_wise(pc.fill_null(first["margin"].cast(pa.float64()), 0.0), 0.0)
    served = pc.is_valid(first["order_id"])
    state = _states(first["ended_at"], served, first["earns"])
    earned = pc.equal(state, DUE)
    later = pc.if_else(pc.greater(first["ordered_at"], first["ended_at"]), first["ordered_at"], first["ended_at"])
    table = pa.table(
        {
            "pass_id": first["pass_id"],
            "person_id": first["person_id"],
            "staff": pc.if_else(served, pc.fill_null(first["staff"], NOBODY), pa.scalar(None, pa.string())),
            "order_id": first["order_id"],
            "ordered_at": first["ordered_at"],
            "decided_at": later,
            "margin": pc.if_else(served, _cents(margin), pa.scalar(None, MONEY)),
            "due": _cents(pc.if_else(earned, pc.multiply(margin, share), 0.0)),
            "state": state,
        }
    )
    return table.sort_by([("staff", "ascending"), ("ordered_at", "ascending"), ("pass_id", "ascending")])


def first_orders(orders: pa.Table, passes: pa.Table) -> pa.Table:
    """`passes` with `order_id, ordered_at, staff, margin` of the first order of each; null where none came."""
    names = ["order_id", "ordered_at", "staff", "margin"]
    rows = passes.select(["pass_id", "person_id", "entered_at", "ends_at"])
    joined = orders.select(["person_id", *names]).join(rows, "person_id", join_type="inner")
    after, before = (
        pc.greater(joined["ordered_at"], joined["entered_at"]),
        pc.less_equal(joined["ordered_at"], joined["ends_at"]),
    )
    found = joined.filter(pc.and_(after, before))
    # The earliest pass first: what it takes as its own is nobody else's.
    found = _first_of(found, "order_id", ("entered_at", "pass_id"))
    found = _first_of(found, "pass_id", ("ordered_at", "order_id"))
    places = pc.index_in(passes["pass_id"], value_set=found["pass_id"].combine_chunks())
    own = found.select(names).take(places)
    return pa.table({**{name: passes[name] for name in passes.column_names}, **{name: own[name] for name in names}})


def per_staff(due: pa.Table) -> pa.Table:
    """`staff, customers, margin, due` of what `bonuses` found due, largest sum first."""
    sums = [("person_id", "count"), ("margin", "sum"), ("due", "sum")]
    earned = due.filter(pc.equal(due["state"], DUE))
    summed = earned.group_by("staff", use_threads=False).aggregate(sums)
    named = summed.rename_columns(["staff", "customers", "margin", "due"])
    return named.sort_by([("due", "descending"), ("staff", "ascending")])


def promoter_score(answers: pa.Table) -> pa.Table:
    """`staff, answers, promoters, detractors, score` of `staff, answer` (0 to 10; others are left out), by staff.

    `score` runs from -1 (nobody would recommend) to 1.
    """
    known = answers.select(["staff"]).append_column("mark", as_marks(answers["answer"]))
    known = known.filter(pc.and_(pc.is_valid(known["staff"]), pc.is_valid(known["mark"])))
    kinds = {"promoters": pc.greater_equal(known["mark"], 9), "detractors": pc.less_equal(known["mark"], 6)}
    for name, true in kinds.items():
        known = known.append_column(name, pc.cast(true, pa.int64()))
    summed = known.group_by("staff", use_threads=False).aggregate([("mark", "count"), *((k, "sum") for k in kinds)])
    named = summed.rename_columns(["staff", "answers", *kinds])
    spread = pc.subtract(named["promoters"], named["detractors"])
    score = pc.divide(pc.cast(spread, pa.float64()), pc.cast(named["answers"], pa.float64()))
    return named.append_column("score", score).sort_by("staff")


def _states(ended_at: pa.ChunkedArray, served: pa.ChunkedArray, earns: pa.ChunkedArray) -> pa.Array:
    cases = pc.make_struct(pc.is_null(ended_at), pc.invert(served), pc.is_null(earns), pc.invert(earns))
    return pc.case_when(cases, WAITING, NO_ORDER, UNKNOWN, NOT_TRUE, DUE)


def _cents(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Floats as booked money, rounded half up as pay slips are."""
    rounded = np.floor(np.asarray(values, dtype=np.float64) * 100 + 0.5 + 1e-9) / 100
    return pa.chunked_array([pa.array(rounded).cast(MONEY)])


def _first_of(rows: pa.Table, key: str, order: tuple[str, ...]) -> pa.Table:
    """The first row of each `key` in the `order` of columns."""
    if not rows.num_rows:
        return rows
    ordered = rows.sort_by([(name, "ascending") for name in (key, *order)])
    keys = ordered[key].combine_chunks()
    changes = np.ones(ordered.num_rows, dtype=bool)
    changes[1:] = np.asarray(pc.not_equal(keys[1:], keys[:-1]))
    return ordered.filter(pa.array(changes))
