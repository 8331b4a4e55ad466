"""Treated against left alone: what may be said now, and with which interval.

A campaign whose windows are all over is read once, by Newcombe's interval. One that still runs, or takes people in for
ever, is looked at again and again: there the always-valid interval stands, which stays true however often one looks.
Where versions held out different shares, the difference is averaged over them. A split that is not as drawn gives none.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.contracts.contract import MOMENT
from reactivate.experiment import (
    Difference,
    always_valid,
    design_effect,
    family_level,
    holm,
    newcombe,
    peek,
    pooled,
    rate_interval,
    tuning,
)
from reactivate.experiment.intervals import NOTHING_KNOWN, z_of
from reactivate.experiment.peeking import USUAL_BASE
from reactivate.stages.opened import Opened
from reactivate.stages.split_check import Split, drawn_for
from reactivate.stages.start import Start
from reactivate.stages.tables import counts

USUAL_LIFT = 0.02
_ARMS = ("treated", "holdout")
Counts = Mapping[str, tuple[int, int]]


@frozen
class Reading:
    """How a campaign may be read. `kind`: final, running, rolling (takes people in for ever) or askew (no result)."""

    kind: str
    over: int
    passes: int
    expected_lift: float
    base_rate: float
    strata: int = 1
    design_effect: float = 1.0

    @property
    def final(self) -> bool:
        return self.kind == "final"

    @property
    def said(self) -> str:
        if self.kind == "askew":
            return "no result: the holdout is not as drawn, find out why (R731)"
        if self.final:
            return "every window is over: this is the result"
        still = f"the window is over for {self.over:,} of {self.passes:,}"
        why = "people enter again and again" if self.kind == "rolling" else "the campaign still runs"
        return f"{why} ({still}): the interval is the wide one that stays true however often one looks"

    def difference(self, reached: Counts, level: float = 0.95) -> Difference:
        """Of the two arms (reached, people), read as this campaign may be."""
        if self.kind == "askew":
            return NOTHING_KNOWN
        x1, n1, x0, n0 = (count / self.design_effect for arm in _ARMS for count in reached[arm])
        if self.final:
            return newcombe(x1, n1, x0, n0, level)
        return peek(x1, n1, x0, n0, self.expected_lift, self.base_rate, level)


def reading_of(opened: Opened, passes: pa.Table, start: Start, split: Split) -> Reading:
    """How these passes may be read at this moment.

    Lots are drawn per household, and a family may come together: then there are fewer independent people than people.
    """
    over = passes.filter(_over(passes, start, opened)).num_rows
    kind = "rolling" if opened.campaign.enter != "once" else "final" if over == passes.num_rows else "running"
    first = int(pc.min(passes["version"]).as_py() or 0)
    base = start.of("base_rate", first)
    usable = base is not None and 0 < base < 1
    return Reading(
        kind=kind if split.good else "askew",
        over=over,
        passes=passes.num_rows,
        expected_lift=start.of("assumed_lift", first) or USUAL_LIFT,
        base_rate=base if usable and base else USUAL_BASE,
        design_effect=design_effect(
            np.asarray(pc.is_valid(passes["goal_at"])).astype(np.float64),
            np.asarray(pc.equal(passes["arm"], "treated")).astype(np.int64),
            drawn_for(opened, passes),
        ),
        strata=len({start.of("holdout", version) for version in pc.unique(passes["version"]).to_pylist()}),
    )


def _over(passes: pa.Table, start: Start, opened: Opened) -> pa.Array:
    """Whose time to reach the goal is over."""
    over = pa.repeat(pa.scalar(False), passes.num_rows)
    for version in pc.unique(passes["version"]).to_pylist():
        late = opened.moment.now - timedelta(days=start.window(version).within.days)
        mine = pc.and_(
            pc.equal(passes["version"], version), pc.less_equal(passes["entered_at"], pa.scalar(late, MOMENT))
        )
        over = pc.or_(over, mine.combine_chunks() if isinstance(mine, pa.ChunkedArray) else mine)
    return over


def lift(passes: pa.Table, reading: Reading) -> dict[str, Any]:
    """Goal reached per arm, everybody assigned counted (intention to treat), with the interval that may be shown."""
    reached = _reached(passes)
    (x1, n1), (x0, n0) = (reached[arm] for arm in _ARMS)
    found: dict[str, Any] = {
        "treated": n1,
        "treated_reached": x1,
        "treated_rate": x1 / n1 if n1 else None,
        "holdout": n0,
        "holdout_reached": x0,
        "holdout_rate": x0 / n0 if n0 else None,
    }
    stratified = reading.strata > 1 and reading.kind != "askew"
    told = _averaged(passes, reading) if stratified else reading.difference(reached)
    method = "mantel_haenszel" if stratified else "newcombe" if reading.final else "always_valid"
    found |= dict(zip(("difference", "low", "high", "p_value"), told, strict=True))
    found |= {"method": method if told.low is not None else None, "reading": reading.kind}
    return found | {"said": _said(found, reading)}


def _averaged(passes: pa.Table, reading: Reading) -> Difference:
    """The differences of lots with different shares, averaged (`pooled`); normal or always-valid interval."""
    rows = []
    for version in pc.unique(passes["version"]).to_pylist():
        mine = _reached(passes.filter(pc.equal(passes["version"], version)))
        (x1, n1), (x0, n0) = (mine[arm] for arm in _ARMS)
        rows.append(("", "", n1, x1, n0, x0))
    names = ("segment", "offer", "treated", "treated_reached", "holdout", "holdout_reached")
    one = pooled(pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))).to_pylist()[0]
    if one["observed"] is None:
        return NOTHING_KNOWN
    gap, error = one["observed"], one["error"]
    if reading.final:
        half = z_of(0.95) * error
        return Difference(gap, gap - half, gap + half, None)
    weight = sum(row[2] * row[4] / (row[2] + row[4]) for row in rows if row[2] and row[4])
    ends = always_valid(gap, weight, (weight * error) ** 2, tuning(reading.expected_lift, reading.base_rate))
    return Difference(gap, *ends, None)


def _reached(passes: pa.Table) -> Counts:
    found = {}
    for arm in _ARMS:
        goals = passes.filter(pc.equal(passes["arm"], arm))["goal_at"]
        found[arm] = (len(goals) - goals.null_count, len(goals))
    return found


def _said(found: dict[str, Any], reading: Reading) -> str:
    if reading.kind == "askew":
        return reading.said
    if found["low"] is None:
        return "no comparison: one of the arms is empty"
    x0, n0 = found["holdout_reached"], found["holdout"]
    low, high = rate_interval(x0, n0)
    sure = (
        "that is more than chance"
        if found["low"] > 0
        else "that may be chance"
        if found["high"] > 0
        else "that is a loss"
    )
    said = (
        f"{found['treated_reached']:,} of {found['treated']:,} treated and {x0:,} of {n0:,} left alone "
        f"({low:.1%} to {high:.1%}) reached the goal: {100 * found['difference']:+.1f}pp "
        f"({100 * found['low']:+.1f} to {100 * found['high']:+.1f}); {sure}"
    )
    return said if reading.final else f"so far {said}; {reading.said}"


def parts(passes: pa.Table, reading: Reading) -> dict[str, Any]:
    """The same per segment and per offer, said to be many: Holm's p, and intervals that hold for all at once."""
    rows = [*_parts_by(passes, "segment"), *_parts_by(passes, "offer")]
    differences = [reading.difference(reached) for *_, reached in rows]
    level = family_level(len(rows))
    corrected = holm([found.p_value for found in differences])
    told = []
    for (by, name, reached), found, p in zip(rows, differences, corrected, strict=True):
        whole = reading.difference(reached, level)
        (x1, n1), (x0, n0) = (reached[arm] for arm in _ARMS)
        told.append(
            {"by": by, "name": name, "treated": n1, "treated_reached": x1, "holdout": n0, "holdout_reached": x0,
             "difference": found.difference, "low": found.low, "high": found.high, "p_value": found.p_value,
             "adjusted": {"p_value": p, "low": whole.low, "high": whole.high}}
        )  # fmt: skip
    return {"comparisons": len(rows), "level": 0.95, "family_level": level, "rows": told}


def _parts_by(passes: pa.Table, column: str) -> Iterator[tuple[str, str, Counts]]:
    """Groups that were fixed before the lot: the segment, and the offer that both arms would have got."""
    named = passes.set_column(
        passes.schema.get_field_index(column), column, pc.fill_null(passes[column], "none" if column == "offer" else "")
    )
    groups = counts(named[column])
    if len(groups) > 1:
        for name in sorted(groups):
            yield column, name, _reached(named.filter(pc.equal(named[column], name)))
