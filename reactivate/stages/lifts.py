"""Which lift and which base rate the sums of this plan rest on: measured against a holdout, or assumed by the spec."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import define

from reactivate.economics import NONE
from reactivate.experiment import STOP_BELOW, sample_ratio
from reactivate.experiment.lessons import Lesson, Lessons, base_rates
from reactivate.stages.opened import Opened
from reactivate.stages.start import goal_word
from reactivate.stages.tables import counts, whole

ENOUGH_HELD_OUT = 100
"""So many people left alone before their share takes the place of the base rate from history."""
_KEYS = ["campaign", "version", "segment", "offer"]


@define(slots=False)
class Lifts:
    """What this business has measured of campaigns with the same goal, and how it is used in this one.

    A measured lift takes the place of an assumption as soon as it can tell that assumption from nothing: the half-width
    of its 80 % interval is below what the spec assumes. Until then a few dozen people would overrule it by chance.
    """

    results: pa.Table
    set_aside: tuple[str, ...]
    assumed: Mapping[str, float | None]

    @cached_property
    def lessons(self) -> Lessons:
        return Lessons.of(self.results)

    @cached_property
    def rates(self) -> dict[str, tuple[float, int]]:
        return base_rates(self.results)

    @property
    def expected(self) -> float | None:
        """The lift that the next test should be able to show: the mean measured, else the largest that is assumed."""
        measured = [lesson for (segment, offer), lesson in self.lessons.known.items()
                    if self.source(segment, offer)[0] == "measured"]  # fmt: skip
        if measured:
            return measured[0].mean
        return max((lift for lift in self.assumed.values() if lift is not None), default=None)

    @property
    def campaigns(self) -> list[str]:
        return sorted(set(self.results["campaign"].to_pylist()))

    def source(self, segment: str, offer: str) -> tuple[str | None, Lesson | None]:
        """`measured` or `assumption` (None = neither is there), and what was measured, used or not."""
        assumed, lesson = self.assumed.get(offer), self.lessons.about(segment, offer)
        if lesson is not None and (assumed is None or lesson.tells < assumed):
            return "measured", lesson
        return ("assumption" if assumed is not None else None), lesson

    def terms(self, segments: pa.ChunkedArray, offer: str) -> dict[str, Any]:
        """`lift`, `lift_low` and `lift_source` of an offer for people of these segments, as `OfferSums` takes them."""
        assumed = self.assumed.get(offer)
        coded = whole(segments).dictionary_encode()
        found = [self.source(segment, offer) for segment in coded.dictionary.to_pylist()]
        if all(source != "measured" for source, _ in found):
            return {"lift": assumed}
        lifts = [lesson.lift if source == "measured" and lesson else assumed for source, lesson in found]
        lows = [lesson.low if source == "measured" and lesson else None for source, lesson in found]
        words = [source for source, _ in found]
        columns = {"lift": (lifts, pa.float64()), "lift_low": (lows, pa.float64()), "lift_source": (words, pa.string())}
        return {name: pa.array(values, kind).take(coded.indices) for name, (values, kind) in columns.items()}

    def base(self, segments: pa.ChunkedArray, history: float | None) -> tuple[pa.Array, pa.Array]:
        """Base rate and its source per person: of the holdout where enough were held out, else of history."""
        coded = whole(segments).dictionary_encode()
        overall, people = self.rates.get("", (None, 0))
        enough = people >= ENOUGH_HELD_OUT
        words = coded.dictionary.to_pylist()
        rates = [self.rates.get(word, (overall, 0))[0] if enough else history for word in words]
        sources = pa.repeat(pa.scalar("measured" if enough else "history"), len(coded))
        return pa.array(rates, pa.float64()).take(coded.indices), sources

    def told(self, segments: pa.ChunkedArray) -> list[dict[str, Any]]:
        """One row per segment and offer: what the plan counts on, from where, and what was measured."""
        rows = []
        for segment in counts(segments):
            for offer in self.assumed:
                source, lesson = self.source(segment, offer)
                if source is not None or lesson is not None:
                    rows.append(_row(segment, offer, source, self.assumed[offer], lesson))
        return rows


def _row(segment: str, offer: str, source: str | None, assumed: float | None, lesson: Lesson | None) -> dict[str, Any]:
    measured = source == "measured" and lesson is not None
    used = lesson.lift if measured and lesson else None if assumed is None else assumed / 2
    row: dict[str, Any] = {"segment": segment, "offer": offer, "lift": used, "source": source, "assumed": assumed}
    names = ("error", "low", "observed", "observed_error", "mean", "treated", "holdout", "few")
    row |= {name: None if lesson is None else getattr(lesson, name) for name in names}
    return row | {"measured": None if lesson is None else lesson.lift, "said": _said(row, lesson)}


def _said(row: Mapping[str, Any], lesson: Lesson | None) -> str:
    """`lift measured +2.1pp ± 0.8pp, shrunk from +3.0pp …, n=…`; ± is half of the 95 % interval."""
    assumption = "" if row["assumed"] is None else f"assumed {_pp(row['assumed'])}, halved to {_pp(row['assumed'] / 2)}"
    if lesson is None:
        return f"lift {assumption}: nothing measured yet"
    sized = f"n={lesson.treated:,} treated and {lesson.holdout:,} left alone"
    if lesson.observed is None:
        shrunk = "from the other segments that had this offer"
    else:
        shrunk = f"shrunk from {_pp(lesson.observed)} towards the mean {_pp(lesson.mean)}"
    measured = f"measured {_pp(lesson.lift)} ± {_pp(1.96 * lesson.error, sign='')}, {shrunk}, {sized}"
    few = "; fewer than 100 buyers in an arm" if lesson.few else ""
    if row["source"] == "measured":
        return f"lift {measured}{few}"
    return f"lift {assumption}; {measured}: not sure enough to replace the assumption"


def _pp(share: float, sign: str = "+") -> str:
    return f"{100 * share:{sign}.1f}pp"


def lifts_of(opened: Opened) -> Lifts:
    """What the ledger holds of campaigns with this goal; those whose split went wrong teach nothing (`set_aside`)."""
    goal = opened.campaign.goal
    assumed = {NONE: None if goal.assumed_lift is None else float(goal.assumed_lift)}
    for name, spec in opened.campaign.offers.items():
        own = spec.assumed_lift if spec.assumed_lift is not None else goal.assumed_lift
        assumed[name] = None if own is None else float(own)
    taught = opened.ledger.campaigns.taught()
    taught = taught.filter(pc.equal(taught["goal"], goal_word(opened.campaign)))
    results = _both_arms(taught)
    bad = _askew(opened, results)
    if bad:
        results = results.filter(pc.invert(pc.is_in(results["campaign"], pa.array(bad))))
    return Lifts(results, tuple(bad), assumed)


def _both_arms(taught: pa.Table) -> pa.Table:
    """One row per lot (campaign, version) and segment and offer, the arms side by side."""
    parts = {}
    for arm in ("treated", "holdout"):
        mine = taught.filter(pc.equal(taught["arm"], arm)).select([*_KEYS, "people", "reached"])
        parts[arm] = mine.rename_columns([*_KEYS, arm, f"{arm}_reached"])
    both = parts["treated"].join(parts["holdout"], keys=_KEYS, join_type="full outer")
    for name in ("treated", "treated_reached", "holdout", "holdout_reached"):
        place = both.schema.get_field_index(name)
        both = both.set_column(place, name, pc.fill_null(both[name], 0))
    return both.sort_by([(key, "ascending") for key in _KEYS])


def _askew(opened: Opened, results: pa.Table) -> list[str]:
    """Campaigns whose arms do not have the shares that were fixed at their start: their numbers mean nothing."""
    found = []
    together = results.group_by(["campaign", "version"], use_threads=False).aggregate(
        [("treated", "sum"), ("holdout", "sum")]
    )
    # Lots are drawn per household: people of one house are one draw, so persons count for a little less than one each.
    heads = _household_weight(opened)
    for row in together.to_pylist():
        told = opened.ledger.campaigns.baseline(row["campaign"]).get(("holdout", "", f"v{row['version']}"))
        if told is None:
            continue
        arms = {"treated": row["treated_sum"] / heads, "holdout": row["holdout_sum"] / heads}
        shares = {"treated": 1 - told[0], "holdout": told[0]}
        dead = any(shares[arm] <= 0 and arms[arm] for arm in arms)
        if dead or sample_ratio(arms, shares) < STOP_BELOW:
            found.append(row["campaign"])
    return sorted(set(found))


def _household_weight(opened: Opened) -> float:
    """Mean size of the household that a person lives in (Kish's design effect of a lot per household); at least 1."""
    people = opened.base.table("people")
    homes = pc.value_counts(whole(pc.coalesce(people["household"], people["person_id"])))
    sizes = np.asarray(homes.field("counts"), dtype=np.float64)
    return max(1.0, float((sizes**2).sum() / sizes.sum())) if len(sizes) else 1.0
