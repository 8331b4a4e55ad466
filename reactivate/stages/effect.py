"""Treated against left alone, of everybody and of each segment and offer, as figures and as a sentence."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.experiment import family_level, holm, rate_interval
from reactivate.stages.reading import ARMS, Reading, reached_of
from reactivate.stages.tables import counts


def lift(passes: pa.Table, reading: Reading) -> dict[str, Any]:
    """Goal reached per arm, everybody assigned counted (intention to treat), with the interval that may be shown."""
    reached = reached_of(passes)
    (x1, n1), (x0, n0) = (reached[arm] for arm in ARMS)
    found: dict[str, Any] = {
        "treated": n1,
        "treated_reached": x1,
        "treated_rate": x1 / n1 if n1 else None,
        "holdout": n0,
        "holdout_reached": x0,
        "holdout_rate": x0 / n0 if n0 else None,
    }
    told = reading.difference(passes)
    found |= dict(zip(("difference", "low", "high", "p_value"), told, strict=True))
    found |= {
        "method": reading.method if told.low is not None else None,
        "reading": reading.kind,
        "strata": reading.strata,
    }
    return found | {"said": _said(found, reading)}


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
    differences = [reading.difference(mine) for *_, mine in rows]
    level = family_level(len(rows))
    corrected = holm([found.p_value for found in differences])
    told = []
    for (by, name, mine), found, p in zip(rows, differences, corrected, strict=True):
        whole = reading.difference(mine, level)
        (x1, n1), (x0, n0) = (reached_of(mine)[arm] for arm in ARMS)
        told.append(
            {"by": by, "name": name, "treated": n1, "treated_reached": x1, "holdout": n0, "holdout_reached": x0,
             "difference": found.difference, "low": found.low, "high": found.high, "p_value": found.p_value,
             "adjusted": {"p_value": p, "low": whole.low, "high": whole.high}}
        )  # fmt: skip
    return {"comparisons": len(rows), "level": 0.95, "family_level": level, "rows": told}


def _parts_by(passes: pa.Table, column: str) -> Iterator[tuple[str, str, pa.Table]]:
    """Passes of the groups that were fixed before the lot: the segment, and the offer that both arms would have got."""
    named = passes.set_column(
        passes.schema.get_field_index(column), column, pc.fill_null(passes[column], "none" if column == "offer" else "")
    )
    groups = counts(named[column])
    if len(groups) > 1:
        for name in sorted(groups):
            yield column, name, named.filter(pc.equal(named[column], name))
