"""What an owner should hear before the start, though it forbids nothing: warnings about pools, waste and costs."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.diagnostics import Diagnostic
from reactivate.economics.candidates import NONE
from reactivate.economics.constants import DEFAULT, Assumptions


def remarks(
    candidates: pa.Table,
    *,
    pools: Mapping[str, int] | None = None,
    channel_costs: Mapping[str, float | None] | None = None,
    assumptions: Assumptions = DEFAULT,
) -> list[Diagnostic]:
    """Warnings: R723 a pool will run dry, R724 most of an offer is wasted, R725 a channel used has no price.

    `pools`: offer -> codes or pieces left. `channel_costs`: channel of the journey -> price of a contact, None = none
    given; a price of 0 is one.
    """
    free = candidates.filter(pc.and_(pc.is_null(candidates["verdict"]), pc.not_equal(candidates["offer"], NONE)))
    wanted = {row["values"]: row["counts"] for row in pc.value_counts(free["offer"].combine_chunks()).to_pylist()}
    found = [
        _warning("R723", f"offer {name!r}: {size:,} codes for {wanted[name]:,} people who may have it; "
                         f"{wanted[name] - size:,} go without", "add codes, or limit the offer by `if`")
        for name, size in (pools or {}).items()
        if wanted.get(name, 0) > size
    ]  # fmt: skip
    for name in sorted(wanted):
        share = _wasted(free.filter(pc.equal(free["offer"], name)))
        if share is not None and share > assumptions.wasted_warning:
            said = f"offer {name!r}: {share:.0%} of those used change nothing, they would have come anyway"
            found.append(_warning("R724", said, "give it to people who come back less by themselves"))
    found += [
        _warning("R725", f"channel {name!r} has no cost, so contacts by it seem to be free", "write its `cost:`")
        for name, cost in (channel_costs or {}).items()
        if cost is None
    ]
    return found


def closed(candidates: pa.Table, most: Mapping[str, float]) -> list[Diagnostic]:
    """Warnings R728: limits (name as the allocation gives it -> what is left) that let nobody in, each by its name."""
    worth = candidates.filter(pc.and_(pc.is_null(candidates["verdict"]), pc.greater(candidates["expected_profit"], 0)))
    cheapest = pc.min(worth["expected_cost"]).as_py()
    found = []
    for name, left in most.items():
        if name == "people" and left < 1:
            found.append("`people` lets nobody in now: none of it is left")
        elif name == "budget" and cheapest is not None and left < cheapest:
            found.append(
                f"`budget` lets nobody in: {left:.2f} is left, the cheapest person is expected to cost {cheapest:.2f}"
            )
        elif name.startswith("pool.") and left < 1:
            found.append(f"the pool of {name.removeprefix('pool.')!r} is empty")
        elif name.startswith("capacity.") and left <= 0:
            found.append(f"channel {name.removeprefix('capacity.')!r} takes nobody more: its `at_most` is used up")
    return [_warning("R728", said, "change `limits`, or wait for the next period") for said in found]


def _wasted(rows: pa.Table) -> float | None:
    """Of all uses expected of one offer, the part by people who would have come anyway; None = free or unknown."""
    known = rows.filter(pc.and_(pc.is_valid(rows["wasted_share"]), pc.greater(rows["offer_cost"], 0)))
    base, lift, base_use, extra_use = (
        np.asarray(known[name]) for name in ("base_rate", "lift", "base_use", "extra_use")
    )
    wasted, used = float((base * base_use).sum()), float((np.maximum(lift, 0) * extra_use).sum())
    return wasted / (wasted + used) if wasted + used > 0 else None


def _warning(code: str, message: str, hint: str) -> Diagnostic:
    return Diagnostic(code, message, "warning", hint=hint)
