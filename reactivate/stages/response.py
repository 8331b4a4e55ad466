"""A simulation driven by a response model: who orders anyway, who because of us, what the holdout then shows."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.economics import NONE, ResponseModel
from reactivate.experiment import newcombe
from reactivate.journey import Simulation
from reactivate.journey.fates import Fates
from reactivate.journey.orders import Orders
from reactivate.stages.tables import aligned, counts, whole

_DAY = 86_400_000_000


@frozen(eq=False)
class Response:
    """What the model decided for each pass, in its order: `fates` for the journey, `drawn` with sums and true lifts."""

    fates: Fates
    drawn: pa.Table


def respond(orders: Orders, entrants: pa.Table, within_days: float, seed: int) -> Response:
    """Draw the fate of `entrants` (person_id, segment, offer), the holdout alike: it is left alone all the same."""
    offers = pc.fill_null(entrants["offer"], NONE)
    pairs = [(segment, offer) for segment in counts(entrants["segment"]) for offer in counts(offers)]
    model = ResponseModel(
        base_rates={segment: orders.base_of(segment) for segment, _ in pairs},
        lifts={pair: orders.lift_of(*pair) for pair in pairs},
        spread=orders.spread,
        season=orders.season,
        basket=orders.basket,
        basket_spread=orders.basket_spread,
        delay_days=orders.delay_days,
    )
    people = pa.table({"person_id": entrants["person_id"], "segment": entrants["segment"], "offer": offers})
    drawn = model.draw(people, within_days=within_days, seed=seed)
    would, ordered = (np.asarray(drawn[name]) for name in ("would_order", "ordered"))
    days = np.asarray(pc.fill_null(drawn["delay_days"], 0.0))
    spans = np.maximum(np.round(days * _DAY), 1).astype("timedelta64[us]")
    never = np.timedelta64("NaT", "us")
    return Response(Fates(np.where(would, spans, never), np.where(ordered & ~would, spans, never)), drawn)


def effect(response: Response, result: Simulation) -> dict[str, Any]:
    """What the holdout of this simulation shows beside what is true: the mean lift of everybody who entered.

    `truth` counts contacts that arrive: whoever is reached by none, or late, lowers what is measured.
    """
    passes = result.passes
    came = pc.is_valid(passes["goal_at"])
    amount = whole(aligned(passes["person_id"], response.drawn)["amount"])
    spent = pc.if_else(whole(came), amount, 0.0)
    sides = {}
    for arm in ("treated", "holdout"):
        mine = whole(pc.equal(passes["arm"], arm))
        size = int(pc.sum(mine).as_py() or 0)
        reached = int(pc.sum(pc.and_(mine, whole(came))).as_py() or 0)
        sides[arm] = (reached, size, float(pc.sum(pc.filter(spent, mine)).as_py() or 0.0))
    (x1, n1, r1), (x0, n0, r0) = sides["treated"], sides["holdout"]
    found = newcombe(x1, n1, x0, n0)
    return {
        "truth": float(pc.mean(response.drawn["lift"]).as_py() or 0.0),
        "treated": n1,
        "treated_reached": x1,
        "holdout": n0,
        "holdout_reached": x0,
        "difference": found.difference,
        "low": found.low,
        "high": found.high,
        "revenue_per_treated": r1 / n1 if n1 else None,
        "revenue_per_holdout": r0 / n0 if n0 else None,
    }
