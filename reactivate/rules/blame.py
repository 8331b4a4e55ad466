"""Which column made how many people undecided."""

from collections.abc import Callable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.rules import typed

Run = Callable[[typed.Value], pa.Array]


def blamed(root: typed.Value, run: Run, rows: int) -> dict[str, int]:
    """Column -> rows undecided because of it, most first.

    Only claims that are undecided themselves, where the whole is, count: in `a > 1 or b > 1` a missing `a` is no
    matter where `b > 1` is true. A sum without value whose parts are all there (divided by zero) is laid on the
    divisor.
    """
    if not rows:
        return {}
    guilty: dict[str, pa.Array] = {}
    for claim, mask in _undecided(root, pc.is_null(run(root)), run):
        for column, where in _missing(claim, mask, run):
            guilty[column] = pc.or_(guilty[column], where) if column in guilty else where
    counted = {column: pc.sum(where).as_py() or 0 for column, where in guilty.items()}
    return {column: n for column, n in sorted(counted.items(), key=lambda item: (-item[1], item[0])) if n}


def _undecided(node: typed.Value, mask: pa.Array, run: Run) -> Iterator[tuple[typed.Value, pa.Array]]:
    """The claims at the leaves with the rows where they are to blame."""
    if isinstance(node, typed.Not | typed.All | typed.Any):
        for part in typed.parts_of(node):
            yield from _undecided(part, pc.and_(mask, pc.is_null(run(part))), run)
    else:
        yield node, mask


def _missing(claim: typed.Value, mask: pa.Array, run: Run) -> Iterator[tuple[str, pa.Array]]:
    unexplained = mask
    for column in _columns(claim):
        where = pc.and_(mask, pc.is_null(run(column)))
        unexplained = pc.and_not(unexplained, where)
        yield column.column, where
    divisors = [node.right for node in typed.walk(claim) if isinstance(node, typed.Arithmetic) and node.operator == "/"]
    for column in [found for node in divisors for found in _columns(node)] or _columns(claim):
        yield column.column, unexplained


def _columns(node: typed.Value) -> list[typed.Column]:
    found = {below.column: below for below in typed.walk(node) if isinstance(below, typed.Column)}
    return list(found.values())
