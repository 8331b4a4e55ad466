"""The moment a plan or run speaks of: `--as-of`, or now."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from attrs import frozen

from reactivate.errors import GuardStop, SpecError

LAST_SECOND = time(23, 59, 59)


@frozen
class AsOf:
    """`now` in UTC and the calendar `day` it falls on in the business's zone. `given`: told, not read from a clock."""

    now: datetime
    day: date
    given: bool = False


def as_of(text: str | None, zone: ZoneInfo, clock: datetime) -> AsOf:
    """Read `2026-11-02` (the end of that day) or `2026-11-02T10:00` (business time); None = the clock.

    Raises SpecError R190 for anything else.
    """
    if text is None:
        return AsOf(clock.astimezone(UTC), clock.astimezone(zone).date())
    try:
        if len(text) <= len("2026-11-02"):
            local = datetime.combine(date.fromisoformat(text), LAST_SECOND, zone)
        else:
            local = datetime.fromisoformat(text)
            local = local.replace(tzinfo=zone) if local.tzinfo is None else local
    except ValueError:
        raise SpecError.because(
            "R190", f"--as-of {text!r} is no date", "write 2026-11-02 (end of that day) or 2026-11-02T10:00"
        ) from None
    return AsOf(local.astimezone(UTC), local.astimezone(zone).date(), given=True)


def refuse_future(moment: AsOf, clock: datetime, not_local: list[str]) -> None:
    """A future clock may only feed local sinks: R710 names the channels that would really send."""
    if moment.now <= clock.astimezone(UTC) or not not_local:
        return
    raise GuardStop.because(
        "R710",
        f"--as-of {moment.day} lies in the future and {', '.join(not_local)} would really send",
        "use a past date, or a business file whose channels are local (outbox, sms_outbox, call_list)",
    )
