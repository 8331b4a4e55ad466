"""Many comparisons at once: the more one looks, the more chance shows something."""

from collections.abc import Sequence


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm's step-down p values (Holm 1979, Scandinavian Journal of Statistics 6), in the order given.

    Below 0.05 after this = at most one family in twenty shows anything by chance. Unknown p stay unknown and uncounted.
    """
    known = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, place) in enumerate(known):
        largest = max(largest, min(1.0, p * (len(known) - rank)))
        adjusted[place] = largest
    return adjusted


def family_level(comparisons: int, level: float = 0.95) -> float:
    """Level of each interval so that all of them together hold at `level` (Bonferroni)."""
    return 1 - (1 - level) / max(1, comparisons)
