"""What the sums say of one person: every offer with the terms of E, their sources, and what became of it."""

from typing import Any

import pyarrow.compute as pc

from reactivate.economics import NONE
from reactivate.stages.choice import Choice


def sums_of(candidates: Any, choice: Choice | None, person: str) -> list[dict[str, Any]]:
    """One row per offer, the columns of CANDIDATES with `fate`: chosen, refused (with the verdict), or why not.

    `candidates` is a CANDIDATES table. Largest expected profit first, refused ones last.
    """
    if candidates is None:
        return []
    rows = candidates.filter(pc.equal(candidates["person_id"], person)).to_pylist()
    got = None if choice is None else choice.taken.filter(pc.equal(choice.taken["person_id"], person)).to_pylist()
    chosen = got[0]["offer"] if got else None
    lot = choice is not None and choice.explored is not None and person in choice.explored.to_pylist()
    told = [{**row, "fate": _explored(row) if lot and row["offer"] == chosen else _fate(row, chosen)} for row in rows]
    return sorted(told, key=lambda row: (row["verdict"] is not None, -(row["expected_profit"] or 0.0), row["offer"]))


def _explored(row: dict[str, Any]) -> str:
    """Why somebody enters whom the sums turn away."""
    why = row["verdict"] or "expected extra profit is not above zero"
    return (
        f"chosen by lot to explore, although the sums turn it away ({why}): hardly anybody of this segment is chosen, "
        "and what nobody tries is never measured"
    )


def _fate(row: dict[str, Any], chosen: str | None) -> str:
    if row["offer"] == chosen:
        return "chosen" if row["offer"] != NONE else "chosen: a message without an offer"
    if row["verdict"] is not None:
        return f"refused: {row['verdict']}"
    if row["expected_profit"] is None:
        return "undecided: no lift measured or assumed"
    if row["expected_profit"] <= 0:
        return "not above zero"
    return "allowed" if chosen is None else f"allowed, {chosen} chosen"
