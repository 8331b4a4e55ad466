"""A simulation for people."""

from typing import Any

from reactivate.report.shares import share
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
        ]
    )
