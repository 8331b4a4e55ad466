"""Why somebody was not chosen: the other half of an allocation, so that nobody is lost between the two."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.economics.allocation import Allocation


def left_out(candidates: pa.Table, allocation: Allocation) -> pa.Table:
    """`person_id, reason, detail` of everybody among the candidates who is not chosen; one row each, by person.

    `undecided`: no offer has an expected profit, because no lift is known. `loses_money`: every offer is refused or
    brings nothing; detail is what was said of the least bad one. `over_limit`: somebody else brings more per unit of
    what is scarce; detail names what was used up.
    """
    gone = pc.invert(pc.is_in(candidates["person_id"], value_set=allocation.chosen["person_id"].combine_chunks()))
    rest = candidates.filter(gone).select(["person_id", "offer", "expected_profit", "verdict"])
    profit = pc.fill_null(rest["expected_profit"].cast(pa.float64()), -np.inf)
    free = pc.is_null(rest["verdict"])
    rest = rest.append_column("profit", profit).append_column("free", pc.if_else(free, 1, 0))
    best = rest.sort_by(
        [("person_id", "ascending"), ("free", "descending"), ("profit", "descending"), ("offer", "ascending")]
    ).combine_chunks()
    ids = best["person_id"].combine_chunks() if best.num_rows else pa.array([], pa.string())
    first = np.ones(best.num_rows, dtype=bool)
    first[1:] = np.asarray(pc.not_equal(ids[1:], ids[:-1]))
    best = best.filter(pa.array(first))
    open_ = pc.equal(best["free"], 1)
    wanted = pc.and_(open_, pc.greater(best["profit"], 0))
    reason = pc.case_when(
        pc.make_struct(pc.and_(open_, pc.is_null(best["expected_profit"])), wanted),
        "undecided",
        "over_limit",
        "loses_money",
    )
    scarce = ", ".join(name for name, price in allocation.prices.items() if price > 0) or "what was left"
    detail = pc.case_when(
        pc.make_struct(pc.equal(reason, "undecided"), pc.equal(reason, "over_limit")),
        "no lift measured or assumed",
        f"used up by people who bring more: {scarce}",
        pc.coalesce(best["verdict"], pa.scalar("expected extra profit is not above zero")),
    )
    return pa.table({"person_id": best["person_id"], "reason": reason, "detail": detail})
