"""The sample-ratio check of a campaign: did the lot leave alone as many households as it was told?

Lots are drawn per household, so households are counted, not people. Below p = 0.001 nothing that follows can be
trusted: a run takes nobody in, a report claims no result, a plan learns nothing from it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from attrs import evolve, frozen

from reactivate.errors import GuardStop
from reactivate.experiment import STOP_BELOW, exact_split, holm, sample_ratio
from reactivate.stages.opened import Opened
from reactivate.stages.start import Start
from reactivate.stages.tables import aligned, counts, whole

_FEW = 400
"""Variance of the number held out below which it is counted exactly: the table is good to a tenth only above it."""
HINT = "look for people who were taken out of one arm only: deleted, merged, filtered after the lot was drawn"


@frozen
class Split:
    """Households per arm, what was expected, and how often a fair lot misses by so much; p None = nothing to check.

    `strata`: the same of each stratum of a stratified lot; a part that is not as drawn makes the whole so, by Holm's p.
    """

    treated: int
    holdout: int
    expected_holdout: float
    p_value: float | None
    strata: Mapping[str, "Split"] = {}

    @property
    def good(self) -> bool:
        return (self.p_value is None or self.p_value >= STOP_BELOW) and not self.askew

    @property
    def askew(self) -> list[str]:
        """Strata that are not as drawn."""
        corrected = holm([part.p_value for part in self.strata.values()])
        return [name for name, p in zip(self.strata, corrected, strict=True) if p is not None and p < STOP_BELOW]

    @property
    def said(self) -> str:
        if self.p_value is None:
            return "not checked: nobody has entered, or there is no holdout"
        found = (
            f"{self.holdout:,} households left alone, {self.expected_holdout:,.0f} expected (p = {self.p_value:.2g})"
        )
        if self.good:
            return f"as drawn: {found}" + (f", in each of {len(self.strata)} strata too" if self.strata else "")
        for name in self.askew[:1]:
            part = self.strata[name]
            found = (
                f"in stratum {name!r} {part.holdout:,} households left alone, {part.expected_holdout:,.0f} expected "
                f"(p = {part.p_value:.2g})"
            )
        return f"not as drawn: {found}; no result can be trusted"

    def as_json(self) -> dict[str, Any]:
        return {
            "checked": self.p_value is not None,
            "good": self.good,
            "p_value": self.p_value,
            "counts": {"treated": self.treated, "holdout": self.holdout},
            "expected_holdout": self.expected_holdout,
            "unit": "household",
            "strata": [
                {"stratum": name, "treated": part.treated, "holdout": part.holdout,
                 "expected_holdout": part.expected_holdout, "p_value": part.p_value}
                for name, part in self.strata.items()
            ],
            "said": self.said,
        }  # fmt: skip


def split_of(rows: Iterable[tuple[dict[str, int], float]]) -> Split:
    """The check over lots with different shares: (households per arm, share held out) of each.

    The lots are added up. Few households are counted exactly (`exact_split`); of many the expected and observed
    holdout are compared with the variance of their sum (for one lot this is Pearson's chi-square).
    """
    told = [(found.get("treated", 0), found.get("holdout", 0), share) for found, share in rows]
    treated, held = sum(row[0] for row in told), sum(row[1] for row in told)
    expected = sum((row[0] + row[1]) * row[2] for row in told)
    variance = sum((row[0] + row[1]) * row[2] * (1 - row[2]) for row in told)
    if not variance:
        return Split(treated, held, expected, None)
    if variance < _FEW:
        return Split(treated, held, expected, exact_split([(row[0] + row[1], row[2]) for row in told], held))
    # With shares (1/2, 1/2) of a made-up lot of 4 x variance households the chi-square has the same z.
    size, gap = 4 * variance, held - expected
    p = sample_ratio({"a": size / 2 + gap, "b": size / 2 - gap}, {"a": 0.5, "b": 0.5})
    return Split(treated, held, expected, p)


def refuse_askew(opened: Opened, entrants: pa.Table) -> None:
    """GuardStop R731 when those about to enter were not shared out as the campaign says, in all or in a stratum."""
    share = float(opened.campaign.holdout)
    whole_ = split_of([(_households(entrants, entrants["household"]), share)])
    parts = {}
    if "stratum" in entrants.column_names:
        for name in sorted(counts(entrants["stratum"])):
            mine = entrants.filter(pc.equal(entrants["stratum"], name))
            parts[name] = split_of([(_households(mine, mine["household"]), share)])
    found = evolve(whole_, strata=parts)
    if not found.good:
        raise GuardStop.because("R731", f"the holdout of this entry is {found.said}", HINT)


def split_of_passes(opened: Opened, passes: pa.Table, start: Start) -> Split:
    """The same over everybody who has ever entered; each version by the share that was fixed at its start."""
    drawn = drawn_for(opened, passes)
    found = split_of(_lots(opened, passes, drawn, start))
    strata = aligned(passes["pass_id"], opened.ledger.campaigns.strata(opened.campaign.name), "pass_id")["stratum"]
    parts = {}
    for name in sorted(counts(strata)):
        mine = whole(pc.fill_null(pc.equal(strata, name), False))
        parts[name] = split_of(_lots(opened, passes.filter(mine), pc.filter(drawn, mine), start))
    return evolve(found, strata=parts)


def _lots(opened: Opened, passes: pa.Table, drawn: Any, start: Start) -> list[tuple[dict[str, int], float]]:
    """Households per arm and the share held out, of each version of these passes."""
    rows = []
    for version in pc.unique(passes["version"]).to_pylist():
        mine = pc.equal(passes["version"], version)
        share = start.of("holdout", version)
        share = float(opened.campaign.holdout) if share is None else share
        rows.append((_households(passes.filter(mine), pc.filter(drawn, mine)), share))
    return rows


def drawn_for(opened: Opened, passes: pa.Table) -> pa.Array:
    """What the lot of each pass was drawn for: a household at one entry; one that came twice was drawn twice."""
    people = opened.base.table("people").select(["person_id", "household"])
    homes = pc.coalesce(whole(aligned(passes["person_id"], people)["household"]), whole(passes["person_id"]))
    moments = whole(passes["entered_at"].cast(pa.int64()).cast(pa.string()))
    return pc.binary_join_element_wise(homes, moments, "/")


def _households(rows: pa.Table, homes: Any) -> dict[str, int]:
    pairs = pa.table({"arm": rows["arm"], "home": homes}).group_by(["arm", "home"]).aggregate([])
    return counts(pairs["arm"])
