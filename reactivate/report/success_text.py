"""What one success costs, for a goal that is no order."""

from collections.abc import Iterator
from typing import Any

_MOST = 12


def success_text(plan: dict[str, Any]) -> Iterator[list[str]]:
    """Nothing where the goal is an order."""
    found = plan.get("success")
    if not found or not found["rows"]:
        return
    worth = "" if found["worth"] is None else f", worth {found['worth']:,.2f} {found['currency']} each"
    lines = [f"Cost of a success ({found['goal']}{worth})"]
    lines += [f"  {_who(row)}: {row['said']}" for row in found["rows"][:_MOST]]
    if len(found["rows"]) > _MOST:
        lines.append(f"  and {len(found['rows']) - _MOST} more in the JSON")
    yield [*lines, ""]


def _who(row: dict[str, Any]) -> str:
    offer = "a message without an offer" if row["offer"] == "none" else row["offer"]
    return f"{row['segment']}, {offer}" if row["segment"] else offer
