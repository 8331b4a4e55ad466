"""Sums that refuse: each takes the candidates and gives `person_id, offer, verdict` of what it will not have.

The guard plug-ins are thin adapters of these. Rows with a verdict already are passed over: one reason is enough.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reactivate.economics import words
from reactivate.economics.candidates import floats
from reactivate.economics.profit import ProfitTerms

Mask = NDArray[np.bool_]


def below_floor(candidates: pa.Table, *, amount: float = 0.0, share: float = 0.0) -> pa.Table:
    """Offers that leave less of an order's margin than `amount`, or than `share` of its value."""
    margin = _column(candidates, "margin")
    cost = _column(candidates, "offer_cost") + np.nan_to_num(_column(candidates, "bonus_cost"))
    floor = np.maximum(amount, np.nan_to_num(share * _column(candidates, "order_value")))
    bad = _open(candidates) & (margin - cost < floor)
    said = pc.binary_join_element_wise(
        "margin left is ", words.money((margin - cost)[bad]), " (", words.money(margin[bad]), " less ",
        words.money(cost[bad]), "), the floor is ", words.money(np.broadcast_to(floor, bad.shape)[bad]), "",
    )  # fmt: skip
    return _refused(candidates, bad, said)


def hopeless(candidates: pa.Table) -> pa.Table:
    """Offers of which each extra order loses money on the day, later orders not counted."""
    names = ("lift", "base_rate", "margin", "offer_cost", "extra_use", "brought_forward")
    terms = ProfitTerms(
        **{name: _column(candidates, name) for name in names},
        bonus_cost=np.nan_to_num(_column(candidates, "bonus_cost")),
    )
    bad = _open(candidates) & (terms.extra_order <= 0)
    return _refused(candidates, bad, words.no_hope(terms.where(bad), "offer"))


def paid_back_late(candidates: pa.Table, *, orders: int) -> pa.Table:
    """Offers whose money is back after more later orders than `orders`, or never."""
    needed = _column(candidates, "payback_orders")
    bad = _open(candidates) & ~np.isnan(_column(candidates, "expected_profit")) & ~(needed <= orders)
    return _refused(candidates, bad, words.late(needed[bad], orders))


def too_dear(candidates: pa.Table, *, most: float) -> pa.Table:
    """Offers of which one person can cost more than `most`, contact included."""
    cost = _column(candidates, "most_cost")
    bad = _open(candidates) & (cost > most)
    said = pc.binary_join_element_wise("one person can cost ", words.money(cost[bad]), f", the most is {most:.2f}", "")
    return _refused(candidates, bad, said)


def wasteful(candidates: pa.Table, *, most: float = 0.5) -> pa.Table:
    """Offers of which more than the share `most` is used by people who would have come anyway."""
    share = _column(candidates, "wasted_share")
    costs = _column(candidates, "offer_cost") > 0
    bad = _open(candidates) & costs & (share > most)
    said = pc.binary_join_element_wise(
        words.points(share[bad]), f"% of the offers used change nothing, the most is {most:.0%}", ""
    )
    return _refused(candidates, bad, said)


def tiring(candidates: pa.Table, *, loss: float, worth: float) -> pa.Table:
    """Contacts that bring less than the permission at risk: a chance `loss` of losing what is `worth` so much."""
    risk = loss * worth
    profit = _column(candidates, "expected_profit") + _column(candidates, "permission_cost")
    bad = _open(candidates) & (profit <= risk)
    said = pc.binary_join_element_wise(
        "brings ", words.money(profit[bad]), f", less than the permission at risk: {loss:.2%} of {worth:.2f}", ""
    )
    return _refused(candidates, bad, said)


def out_of_stock(candidates: pa.Table, stock: Mapping[str, float]) -> pa.Table:
    """Offers beyond what is on hand: of each name in `stock` so many remain, for those who bring most."""
    profit = _column(candidates, "expected_profit")
    offers = candidates["offer"].combine_chunks()
    person = np.asarray(candidates["person_id"].to_numpy(), dtype=object)
    bad = np.zeros(candidates.num_rows, dtype=bool)
    said = np.full(candidates.num_rows, None, dtype=object)
    for name, left in stock.items():
        rows = np.flatnonzero(np.asarray(pc.equal(offers, name)) & _open(candidates))
        order = rows[np.lexsort((person[rows], -np.nan_to_num(profit[rows], nan=-np.inf)))]
        late = order[max(0, int(left)) :]
        bad[late] = True
        said[late] = f"none of {name!r} on hand" if left < 1 else f"only {int(left):,} of {name!r} on hand"
    return _refused(candidates, bad, pa.array(said[bad], pa.string()))


def _open(candidates: pa.Table) -> Mask:
    """Rows that nobody has refused; a letter without an offer is no offer, but may tire or cost as well."""
    return np.asarray(pc.is_null(candidates["verdict"]))


def _column(candidates: pa.Table, name: str) -> NDArray[np.float64]:
    return floats(candidates[name], candidates.num_rows)


def _refused(candidates: pa.Table, bad: Mask, verdicts: Any) -> pa.Table:
    rows = candidates.select(["person_id", "offer"]).filter(pa.array(bad))
    return rows.append_column("verdict", verdicts.cast(pa.string()))


def judged(candidates: pa.Table, refused: pa.Table) -> pa.Table:
    """`candidates` with the verdicts of a guard added; a verdict that stands already stays."""
    joined = pa.table({"person_id": candidates["person_id"], "offer": candidates["offer"]})
    joined = joined.append_column("row", pa.array(np.arange(joined.num_rows)))
    found = joined.join(refused.select(["person_id", "offer", "verdict"]), ["person_id", "offer"]).sort_by("row")
    index = candidates.schema.get_field_index("verdict")
    verdict = pc.coalesce(candidates["verdict"], found["verdict"])
    return candidates.set_column(index, candidates.schema.field("verdict"), verdict)
