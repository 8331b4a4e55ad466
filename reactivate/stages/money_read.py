"""Money per person assigned, treated less left alone, with the interval that may be shown now.

At the end Welch's interval, beside it the bootstrap and CUPED with the year before. While a campaign runs it is looked
at again and again: there the always-valid interval stands, plain and with the year before taken out, and no p.
"""

from typing import Any

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reactivate.contracts.contract import MOMENT
from reactivate.experiment import Moments, compare, cuped, peek_means
from reactivate.stages.opened import Opened
from reactivate.stages.reading import Reading

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BEFORE = "revenue of the year before"


def per_person(opened: Opened, table: pa.Table, reading: Reading, passes: pa.Table) -> list[dict[str, Any]]:
    """Revenue, and with a margin in the business file margin and profit: one dict per outcome, as `lift/1` has them.

    `table`: what `money.assigned` gives of `passes`, both arms there.
    """
    arm = np.asarray(pc.equal(table["arm"], "treated")).astype(np.int64)
    columns = _outcomes(table, known=opened.business.margin is not None)
    before = {BEFORE: _floats(table, "before")}
    found = compare(arm, ["holdout", "treated"], 0, columns, before)[0].outcomes
    if reading.final:
        return [attrs.asdict(outcome) for outcome in found]
    people = _first_weight(passes)
    share = opened.business.margin_of(None)
    rows = []
    for outcome in found:
        spread = _expected_spread(opened, passes, reading) * (1.0 if outcome.outcome == "revenue" else share or 1.0)
        rows.append(_peeked(attrs.asdict(outcome), columns[outcome.outcome], arm, before, spread, people))
    return rows


def _outcomes(table: pa.Table, known: bool) -> dict[str, Floats]:
    columns = {"revenue": _floats(table, "revenue")}
    if known:
        columns |= {"margin": _floats(table, "margin")}
        columns["profit"] = columns["margin"] - _floats(table, "cost")
        if "staff_bonus" in table.column_names:
            columns["profit"] = columns["profit"] - _floats(table, "staff_bonus")
    return columns


def _peeked(
    row: dict[str, Any], values: Floats, arm: Ints, before: dict[str, Floats], spread: float, people: float
) -> dict[str, Any]:
    """The row of an outcome with intervals that stay true however often one looks."""
    found = peek_means(*_arms(values, arm), spread, people)
    told = {"method": "always_valid", "low": found.low, "high": found.high, "p_value": None}
    adjusted = cuped(values, arm, before)
    inner = None
    if adjusted is not None:
        spread *= float(np.sqrt(max(1 - adjusted.variance_reduction, 0.0)))
        seen = peek_means(*_arms(adjusted.values, arm), spread, people)
        inner = {**row["cuped"], **seen._asdict()}
    return row | told | {"cuped": inner, "bootstrap": None, "adjusted": None}


def _arms(values: Floats, arm: Ints) -> tuple[Moments, Moments]:
    return Moments.of(values[arm == 1]), Moments.of(values[arm == 0])


def _expected_spread(opened: Opened, passes: pa.Table, reading: Reading) -> float:
    """Standard deviation of revenue per person as it was to be expected at the start: sqrt(p0 x mean square order)."""
    first = pc.min(passes["entered_at"]).as_py()
    orders = opened.memory.orders
    then = pc.less_equal(orders["ordered_at"], pa.scalar(first, MOMENT))
    amounts = orders.filter(pc.and_(pc.fill_null(orders["paid"], False), then))["amount"].drop_null()
    squares = np.asarray(amounts.cast(pa.float64())) ** 2
    return float(np.sqrt(reading.base_rate * squares.mean())) if len(squares) else 1.0


def _first_weight(passes: pa.Table) -> float:
    """The weight n1 n0 / (n1 + n0) of those who entered first: fixed before anything came back."""
    first = passes.filter(pc.equal(passes["entered_at"], pc.min(passes["entered_at"])))
    treated = int(pc.sum(pc.equal(first["arm"], "treated")).as_py() or 0)
    held = first.num_rows - treated
    return treated * held / first.num_rows if treated and held else 1.0


def _floats(table: pa.Table, name: str) -> Floats:
    return np.asarray(table[name].cast(pa.float64()))
