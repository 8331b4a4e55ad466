"""A simulation for people."""

from collections.abc import Iterator
from typing import Any

from reactivate.report.shares import points, share
from reactivate.text import columns


def as_text(found: dict[str, Any]) -> str:
    """The funnel with its denominators, and the cost."""
    rows = [
        (f"  {row['name']}", f"{row['people']:,}", share(row["share"]), f"of {row['of_people']:,} {row['of']}")
        for row in found["funnel"]
    ]
    cost = found["cost"]
    return "\n".join(
        [
            f"{found['campaign']} played for {found['days']} days from {found['as_of']} (seed {found['seed']}); "
            "nothing was sent.",
            *columns(rows, right=(1, 2)),
            f"Cost of contacts {cost['amount']:,.2f} {cost['currency']}",
            *_effect(found.get("effect")),
        ]
    )


def _effect(found: dict[str, Any] | None) -> Iterator[str]:
    """What the holdout shows, beside what the response model knows to be true."""
    if not found:
        return
    yield (
        f"Reached the goal: {found['treated_reached']:,} of {found['treated']:,} treated, "
        f"{found['holdout_reached']:,} of {found['holdout']:,} left alone"
    )
    if found["difference"] is not None:
        seen, low, high, truth = (points(found[name]) for name in ("difference", "low", "high", "truth"))
        yield f"Lift measured {seen} ({low} to {high}); true lift {truth} if all are reached"
