"""How a campaign may be read at this moment: once, or again and again; as one lot, or stratum by stratum.

A campaign whose windows are all over is read once, by Newcombe's interval. One that still runs, or takes people in for
ever, is looked at again and again: there the always-valid interval stands, which stays true however often one looks.
Where versions held out different shares, or the lot was stratified, each stratum is compared with itself and the
difference averaged over them. A split that is not as drawn gives none.
"""

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.contracts.contract import MOMENT
from reactivate.experiment import Difference, design_effect, peek, peek_strata, stratified
from reactivate.experiment.intervals import NOTHING_KNOWN
from reactivate.experiment.peeking import USUAL_BASE
from reactivate.stages.opened import Opened
from reactivate.stages.split_check import Split, drawn_for
from reactivate.stages.start import Start
from reactivate.stages.tables import aligned, counts, whole, with_columns

USUAL_LIFT = 0.02
ARMS = ("treated", "holdout")
Counts = dict[str, tuple[int, int]]


@frozen
class Reading:
    """How a campaign may be read. `kind`: final, running, rolling (takes people in for ever) or askew (no result)."""

    kind: str
    over: int
    passes: int
    expected_lift: float
    base_rate: float
    design_effect: float = 1.0
    strata: int = 1

    @property
    def final(self) -> bool:
        return self.kind == "final"

    @property
    def method(self) -> str:
        """Of the difference over everybody."""
        if not self.final:
            return "always_valid"
        return "mantel_haenszel" if self.strata > 1 else "newcombe"

    @property
    def said(self) -> str:
        if self.kind == "askew":
            return "no result: the holdout is not as drawn, find out why (R731)"
        if self.final:
            return "every window is over: this is the result"
        still = f"the window is over for {self.over:,} of {self.passes:,}"
        why = "people enter again and again" if self.kind == "rolling" else "the campaign still runs"
        return f"{why} ({still}): the interval is the wide one that stays true however often one looks"

    def difference(self, passes: pa.Table, level: float = 0.95) -> Difference:
        """Of the two arms of `passes` (as `with_lots` gives them), read as this campaign may be."""
        if self.kind == "askew":
            return NOTHING_KNOWN
        rows = []
        for lot in counts(passes["lot"]):
            reached = reached_of(passes.filter(pc.equal(passes["lot"], lot)))
            rows.append(tuple(count / self.design_effect for arm in ARMS for count in reached[arm]))
        both: list[tuple[float, float, float, float]] = [(a, b, c, d) for a, b, c, d in rows if b and d]
        if self.final:
            return stratified(both, level) if both else NOTHING_KNOWN
        if len(both) == 1:
            return peek(*both[0], self.expected_lift, self.base_rate, level)
        return peek_strata(both, self.expected_lift, self.base_rate, level)


def with_lots(opened: Opened, passes: pa.Table, start: Start) -> pa.Table:
    """`passes` with the column `lot`: those who were drawn alike, with one share held out and in one stratum."""
    shares = {version: start.of("holdout", version) for version in pc.unique(passes["version"]).to_pylist()}
    coded = whole(passes["version"]).dictionary_encode()
    words = pa.array([f"{shares[one]}" for one in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)
    strata = aligned(passes["pass_id"], opened.ledger.campaigns.strata(opened.campaign.name), "pass_id")["stratum"]
    return with_columns(passes, {"lot": pc.binary_join_element_wise(words, pc.fill_null(whole(strata), ""), "/")})


def reading_of(opened: Opened, passes: pa.Table, start: Start, split: Split) -> Reading:
    """How these passes (`with_lots`) may be read at this moment.

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
        strata=len(counts(passes["lot"])),
    )


def reached_of(passes: pa.Table) -> Counts:
    """Arm -> (reached the goal, people)."""
    found = {}
    for arm in ARMS:
        goals = passes.filter(pc.equal(passes["arm"], arm))["goal_at"]
        found[arm] = (len(goals) - goals.null_count, len(goals))
    return found


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
