"""The one place where a command reads the clock."""

from datetime import UTC, datetime


def now() -> datetime:
    """Read the clock; in UTC."""
    return datetime.now(UTC)
