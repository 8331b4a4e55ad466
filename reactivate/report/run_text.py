"""What one run did, for people."""

from typing import Any

from reactivate.text import columns, counted


def as_text(ran: dict[str, Any]) -> str:
    """Entered, handed over per step and state, ended, held, in doubt; and where it is written down."""
    lines = []
    if ran["entered"]:
        held = f", {ran['held_out']:,} of them held out" if ran["held_out"] else ""
        lines.append(f"{counted(ran['entered'], 'person', 'people')} entered{held}")
    rows = [
        (f"  {step}", f"{number:,}", state) for step, states in ran["sent"].items() for state, number in states.items()
    ]
    if rows:
        lines += ["Handed over", *columns(rows, right=(1,))]
    if ran["ended"]:
        ended = ", ".join(f"{people:,} {outcome}" for outcome, people in ran["ended"].items())
        lines.append(f"Ended: {ended}")
    if ran["held"]:
        held = ", ".join(f"{people:,} {step}" for step, people in ran["held"].items())
        lines.append(f"Left for a later run: {held}")
    lines += [f"Not delivered: {number:,} because {reason}" for reason, number in ran["reasons"].items()]
    if ran["unknown"]:
        lines.append(f"{ran['unknown']:,} in doubt: see reactivate ledger unknown")
    if not lines:
        lines.append("nothing to do: nobody entered, nothing was sent")
    ledger = ran["ledger"]
    return "\n".join([*lines, f"ledger {ledger['place']} (key {ledger['key_id']})"])
