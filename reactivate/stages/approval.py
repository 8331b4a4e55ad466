"""What a run may do: the ceilings of an approved plan, checked against the ledger's sums before anything leaves."""

import json
import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from attrs import asdict, field, frozen

from reactivate.diagnostics import Diagnostic
from reactivate.errors import EnvironmentFault, GuardStop, SpecError

HEADROOM = 0.10
"""A run may exceed the plan by this part: a base grows a little between planning and sending."""

VALID_DAYS = 30


@frozen
class Sums:
    """What was done, or would be: people who entered, messages per step, money for contacts and offers."""

    entrants: int = 0
    messages: Mapping[str, int] = field(factory=dict)
    cost: float = 0.0
    offers: float = 0.0

    def plus(self, other: "Sums") -> "Sums":
        steps = {**self.messages}
        for step, count in other.messages.items():
            steps[step] = steps.get(step, 0) + count
        return Sums(self.entrants + other.entrants, steps, self.cost + other.cost, self.offers + other.offers)


@frozen
class Approval:
    """Ceilings over the whole life of a campaign version; `entrants_per_day` holds for each calendar day."""

    spec_hash: str
    valid_until: datetime
    ceilings: Sums
    entrants_per_day: int | None = None

    def as_json(self) -> dict[str, Any]:
        raw = asdict(self)
        raw["valid_until"] = self.valid_until.isoformat()
        return raw

    def check(self, spec_hash: str, now: datetime, done: Sums, wanted: Sums, entered_today: int = 0) -> None:
        """GuardStop (R701 to R705) when `done` plus `wanted` goes over a ceiling, or the approval is not for this."""
        faults = list(self._faults(spec_hash, now, done.plus(wanted), wanted.entrants + entered_today))
        if faults:
            raise GuardStop(faults)

    def _faults(self, spec_hash: str, now: datetime, total: Sums, today: int) -> "list[Diagnostic]":
        plan_again = "look at a new plan and approve it: reactivate plan SPEC --out plan.json"
        if spec_hash != self.spec_hash:
            return [Diagnostic("R701", "the approved plan is of another version of these files", hint=plan_again)]
        if now > self.valid_until:
            return [Diagnostic("R702", f"the approval ended on {self.valid_until:%Y-%m-%d}", hint=plan_again)]
        limit, over = self.ceilings, []
        if total.entrants > limit.entrants:
            over.append(("R703", f"{total.entrants:,} people would have entered, {limit.entrants:,} are approved"))
        if self.entrants_per_day is not None and today > self.entrants_per_day:
            over.append(("R703", f"{today:,} people would enter today, {self.entrants_per_day:,} a day are approved"))
        for step, count in total.messages.items():
            allowed = limit.messages.get(step, 0)
            if count > allowed:
                over.append(("R704", f"step {step!r} would have sent {count:,} messages, {allowed:,} are approved"))
        if total.cost > limit.cost + 0.005:
            over.append(("R705", f"contacts would have cost {total.cost:,.2f}, {limit.cost:,.2f} are approved"))
        if total.offers > limit.offers + 0.005:
            over.append(("R705", f"offers would have cost {total.offers:,.2f}, {limit.offers:,.2f} are approved"))
        return [Diagnostic(code, f"{problem}: nothing was sent", hint=plan_again) for code, problem in over]


def from_plan(
    spec_hash: str, planned: Sums, now: datetime, per_day: int | None = None, done: Sums | None = None
) -> Approval:
    """The plan plus `HEADROOM`, on top of what is `done` already; valid for `VALID_DAYS`."""

    def more(number: float) -> float:
        return round(number * (1 + HEADROOM), 6)  # 90 x 1.1 must be 99, not a hair above it

    ceilings = Sums(
        math.ceil(more(planned.entrants)),
        {step: math.ceil(more(count)) for step, count in planned.messages.items()},
        round(more(planned.cost), 2),
        round(more(planned.offers), 2),
    )
    allowed = ceilings if done is None else done.plus(ceilings)
    return Approval(spec_hash, now + timedelta(days=VALID_DAYS), allowed, per_day)


def read(path: Path) -> Approval:
    """The approval inside a plan file. EnvironmentFault R903: not there; SpecError R191: no plan."""
    try:
        return from_json(json.loads(path.read_text(encoding="utf-8"))["ceilings"])
    except OSError as fault:
        raise EnvironmentFault.because("R903", f"cannot read the approved plan {path}: {fault.strerror}") from None
    except (ValueError, KeyError, TypeError):
        hint = "make one with: reactivate plan SPEC --out plan.json"
        raise SpecError.because("R191", f"{path} is no plan of a campaign", hint) from None


def from_json(raw: Mapping[str, Any]) -> Approval:
    """The inverse of `Approval.as_json`."""
    until = datetime.fromisoformat(raw["valid_until"])
    return Approval(raw["spec_hash"], until, Sums(**raw["ceilings"]), raw["entrants_per_day"])
