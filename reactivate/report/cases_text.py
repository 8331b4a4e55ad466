"""Small tests of a campaign for a terminal: one line per case, and where one failed, expected beside seen."""

from collections.abc import Sequence
from itertools import zip_longest

from reactivate.stages.case_file import Touch
from reactivate.stages.cases import Difference, Judged, Seen, same
from reactivate.text import columns, counted


def as_text(path: str, found: Sequence[Judged]) -> str:
    """`5 cases, 4 good, 1 failed`, then the cases."""
    failed = sum(not item.good for item in found)
    head = f"{path}: {counted(len(found), 'case')}, {len(found) - failed} good"
    lines = [f"{head}, {failed} failed" if failed else head, ""]
    for item in found:
        lines.append(f"  {'good  ' if item.good else 'FAILED'}  {item.case.name}")
        lines += [f"          {line}" for line in failure(item)]
    return "\n".join(lines)


def failure(item: Judged) -> list[str]:
    """What differs in one case, each with its place in the test file; nothing for a good one."""
    lines = []
    for difference in item.differences:
        lines.append(f"{difference.span.file}:{difference.span.line}: {difference.what}")
        lines += [f"  {line}" for line in _told(difference, item.seen)]
    return lines


def _told(difference: Difference, seen: Seen) -> list[str]:
    if difference.what == "touches":
        return _side_by_side(difference.expected, seen)
    why = f" ({seen.why})" if seen.why and difference.what == "outcome" else ""
    return [f"expected {difference.expected}", f"seen     {_word(difference.seen)}{why}"]


def _side_by_side(wanted: Sequence[Touch], seen: Seen) -> list[str]:
    rows = [("", "expected", "seen")]
    for left, right in zip_longest(wanted, seen.touches):
        good = left is not None and right is not None and same(left, right)
        reason = seen.reasons.get(right.step) if right is not None else None
        told = _touch(right) + (f" ({reason})" if reason else "")
        rows.append((" " if good else "!", _touch(left), told))
    return columns(rows)


def _touch(touch: Touch | None) -> str:
    if touch is None:
        return "nothing"
    return f"{touch.step} {touch.state}" + ("" if touch.day is None else f" on day {touch.day}")


def _word(value: object) -> str:
    return "nothing" if value in (None, "") else str(value)
