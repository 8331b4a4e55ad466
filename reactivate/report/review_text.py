"""Questions for reviewers, and what came of their answers, for people."""

from typing import Any

from reactivate.stages.review import Card, Question
from reactivate.text import columns, counted

_LABELS = {"phone": "phone", "email": "e-mail", "address": "address", "birth_date": "born", "city": "city",
           "comment": "comment"}  # fmt: skip
_WIDEST = 56


def as_text(question: Question) -> str:
    """Both cards side by side, and why they might be one."""
    left, right = question.left, question.right
    rows = [("", left.word, right.word), ("  name", left.name or "–", right.name or "–")]
    rows += [
        (f"  {label}", left.values.get(name, "–"), right.values.get(name, "–"))
        for name, label in _LABELS.items()
        if name in left.values or name in right.values
    ]
    rows.append(("  person", _person(left), _person(right)))
    lines = columns([tuple(_short(cell) for cell in row) for row in rows])
    return "\n".join([*lines, f"  {100 * question.chance:.0f}% one person; {question.reason or 'no reason given'}"])


def list_text(questions: list[Question], total: int) -> str:
    """One line a question, the most worthwhile first."""
    if not questions:
        return "Nothing to decide: no pair lies between the bands."
    rows = [("worth", "chance", "left", "right", "", "")]
    rows += [
        (f"{one.worth:.1f}", f"{100 * one.chance:.0f}%", one.left.word, one.right.word,
         f"{one.left.name or '–'} / {one.right.name or '–'}", one.reason or "")
        for one in questions
    ]  # fmt: skip
    shown = "" if len(questions) == total else f", the first {len(questions):,} of them"
    head = f"{counted(total, 'pair')} to decide{shown}; at a terminal this command asks, --export FILE writes a sheet."
    return "\n".join([head, *columns(rows, right=(0, 1))])


def decisions_text(rows: list[dict[str, Any]]) -> str:
    """What has been decided, oldest first."""
    told = [
        (f"{row['at']:%Y-%m-%d %H:%M}", f"{row['left_source']}:{row['left_record_id']}", "=" if row["same"] else "≠",
         f"{row['right_source']}:{row['right_record_id']}", row["by_whom"], row["note"] or "")
        for row in sorted(rows, key=lambda row: row["at"])
    ]  # fmt: skip
    return "\n".join(columns(told)) or "Nothing has been decided yet."


def taken_text(decided: int, forgotten: int, unchanged: int) -> str:
    """`12 decisions taken, 3 as before; they hold from the next sync on.`"""
    if not (decided or forgotten or unchanged):
        return "Nothing was decided: write `same` or `different` for the pairs you are sure of."
    parts = [counted(decided, "decision") + " taken"]
    they = "it holds" if decided + forgotten == 1 else "they hold"
    if forgotten:
        parts.append(f"{forgotten:,} taken back")
    if unchanged:
        parts.append(f"{unchanged:,} as before")
    hold = f"; {they} from the next sync on (plan and run sync files by themselves)" if decided or forgotten else ""
    return ", ".join(parts) + hold + "."


def _person(card: Card) -> str:
    last = f", last on {card.last_order_on}" if card.last_order_on else ""
    return f"{counted(card.records, 'record')}, {counted(card.orders, 'order')}{last}"


def _short(cell: str) -> str:
    return cell if len(cell) <= _WIDEST else cell[: _WIDEST - 1] + "…"
