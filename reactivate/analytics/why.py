"""Why a person has a word: one sentence for `explain`, from the row of the profile alone."""

from collections.abc import Mapping
from typing import Any


def why_stage(row: Mapping[str, Any]) -> str:
    """The reason behind `stage`, from a profile row that has it, in whole days."""
    word, silence = row["stage"], row["since_last_order"]
    if word == "potential":
        return "potential: no paid order yet"
    told = f"{word}: last order {silence} days ago"
    rhythm, limit = row.get("rhythm"), row.get("rhythm_limit")
    if word == "won_back":
        return f"{told}, after a gap longer than the lapse line; it stays until the next order or lapse"
    if rhythm is None or limit is None:
        return f"{told}, no rhythm of the person's own yet, so that of the base counts ({_orders(row)})"
    return f"{told}, usual gap {rhythm:.0f} days, 19 of 20 gaps under {limit:.0f} days ({_orders(row)})"


def why_rfm(row: Mapping[str, Any]) -> str:
    """The reason behind `rfm`, from a profile row that has r, f and m."""
    if row["rfm"] is None:
        return "rfm is missing: no paid order"
    return (
        f"{row['rfm']}: r {row['r']} (last order {row['since_last_order']} days ago), "
        f"f {row['f']} ({_orders(row)}), m {row['m']} ({row['revenue']:,} in all)"
    )


def _orders(row: Mapping[str, Any]) -> str:
    return f"{row['orders']} order{'' if row['orders'] == 1 else 's'}"
