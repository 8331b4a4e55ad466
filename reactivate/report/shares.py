"""Shares and differences of shares as people write them."""


def share(value: float | None) -> str:
    """`41.6%`; a dash for nothing."""
    return "–" if value is None else f"{100 * value:.1f}%"


def points(value: float) -> str:
    """A difference of shares: `3.4pp`."""
    return f"{100 * value:.1f}pp"
