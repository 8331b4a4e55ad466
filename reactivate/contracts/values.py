"""The values that carry a unit: durations, money, prices, rates. Plain, frozen, JSON as the text one writes."""

import re
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from attrs import frozen

Unit = Literal["min", "h", "d"]
_SECONDS: dict[str, int] = {"min": 60, "h": 3600, "d": 86400}


@frozen(order=False)
class Duration:
    """`30min`, `48h`, `14d`. Days are calendar days: the same clock time so many days later."""

    count: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """Read `14d`; ValueError says what is wrong with anything else."""
        found = re.fullmatch(r"(\d{1,6})\s*(min|h|d)", text.strip())
        if not found:
            raise ValueError(f"expected a duration such as 14d, 48h or 30min, got {text!r}")
        return cls(int(found[1]), found[2])  # type: ignore[arg-type]

    @property
    def days(self) -> float:
        """Length in days of 24 hours, for comparing."""
        return self.count * _SECONDS[self.unit] / 86400

    def after(self, start: datetime, zone: ZoneInfo) -> datetime:
        """The moment this long after the aware moment `start`, by the calendar of `zone`; in UTC."""
        if self.unit != "d":
            return start + timedelta(seconds=self.count * _SECONDS[self.unit])
        local = start.astimezone(zone).replace(tzinfo=None) + timedelta(days=self.count)
        return local.replace(tzinfo=zone).astimezone(start.tzinfo)

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"


@frozen
class Money:
    """An amount in one currency; arithmetic in the framework is done on the Decimal."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount:,f} {self.currency}"


@frozen
class Price:
    """What one contact costs: per message, per call, or `per_part` of an SMS."""

    amount: Decimal
    currency: str
    per_part: bool = False

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}{' per part' if self.per_part else ''}"


@frozen
class Rate:
    """`3 per 30d` (rolling) or `60 per day`, `60000 RUB per month` (calendar)."""

    amount: Decimal
    per: Duration | Literal["day", "week", "month"] | None
    currency: str | None = None

    def __str__(self) -> str:
        money = f" {self.currency}" if self.currency else ""
        return f"{self.amount:f}{money}" + (f" per {self.per}" if self.per else "")


@frozen
class Hours:
    """`09:00-21:00`, clock time where the person is; begins before it ends."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


class Secret:
    """A value that is never printed. `env:NAME` and `file:path` are read by `reveal`, not before."""

    __slots__ = ("_base", "reference")

    def __init__(self, reference: str, base: str = ".") -> None:
        self.reference = reference
        self._base = base

    def reveal(self) -> str:
        """The secret itself. Raises EnvironmentFault (R902) naming the variable or file when it is not there."""
        import os
        from pathlib import Path

        from reactivate.errors import EnvironmentFault

        kind, _, name = self.reference.partition(":")
        if kind == "env":
            value = os.environ.get(name)
            if value is None:
                raise EnvironmentFault.because(
                    "R902", f"environment variable {name} is not set", f"set it: export {name}=…"
                )
            return value
        try:
            return (Path(self._base) / name).read_text(encoding="utf-8").strip()
        except OSError as fault:
            raise EnvironmentFault.because("R902", f"cannot read the secret file {name}: {fault.strerror}") from None

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.reference == self.reference

    def __hash__(self) -> int:
        return hash(self.reference)


def plain(value: Any) -> Any:
    """A JSON-ready form of values from this module (text as one writes it; secrets as their reference)."""
    if isinstance(value, Secret):
        return value.reference
    if isinstance(value, (Duration, Money, Price, Rate, Hours, Decimal)):
        return str(value)
    return value
