"""The lifts that a plan counts on, each with where it comes from."""

from collections.abc import Iterator
from typing import Any

_MOST = 12


def lifts_text(plan: dict[str, Any]) -> Iterator[list[str]]:
    """Nothing where no lift is measured or assumed."""
    rows = plan.get("lifts") or []
    if not rows:
        return
    lines = [f"  {_who(row)}: {row['said']}" for row in rows[:_MOST]]
    if len(rows) > _MOST:
        lines.append(f"  and {len(rows) - _MOST} more in the JSON")
    lines += [f"  {_who(row)}: {row['said']}" for row in (plan.get("uses") or [])[:_MOST]]
    tried = plan.get("exploration")
    if tried:
        lines.append(
            f"  {tried['people']:,} people whom these sums turn away enter by lot all the same, so that the sums can "
            f"be found wrong; expected loss {tried['expected_loss']:,.2f} {plan['currency']}"
        )
        lines += [f"    {_part(row)}" for row in tried["segments"][:_MOST]]
        if tried["person_ids"]:
            lines.append(f"    such as {tried['person_ids'][0]}, of whom `explain` says why")
    yield ["Lift counted on", *lines, ""]


def _part(row: dict[str, Any]) -> str:
    return f"{row['segment'] or 'of everybody'}: {row['people']:,}, {row['holdout']:,} of them held out"


def _who(row: dict[str, Any]) -> str:
    offer = "a message without an offer" if row["offer"] == "none" else row["offer"]
    return f"{row['segment']}, {offer}" if row["segment"] else offer
