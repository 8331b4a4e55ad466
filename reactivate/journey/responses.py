"""What people are supposed to do in a simulation: chances and delays per step, events of themselves, single scripts.

    seed: 7
    steps:
      thanks:
        bounced: 4%
        clicked: {share: 20%, after: 1d}
        answered: {share: 30%, after: 2d, words: {novels: 60%, history: 40%}}
        ordered: {share: 2%, after: 5d}
      ring:
        result: {after: 3d, words: {interested: 40%, refused: 10%, no_answer: 50%}}
    events:
      ordered: {share: 6%, after: 45d}
    orders:
      base: {regular: 12%, rest: 3%}
      lift: {regular: {none: 1pp, coupon: 4pp}, rest: 2pp}
      basket: 45
    scripted:
      - {person: p17, step: thanks, event: clicked, after: 2h}

`answered` answers the questions of the step, or of the step before it that asked; `delivered` may stand for `bounced`.
`after` is the longest delay (each is drawn evenly up to it): after the hand-over, for `events` after the entry.
`orders` is a response model: who orders anyway, and how many more because of the first contact (`Orders`).
"""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from reactivate.contracts.values import Duration
from reactivate.diagnostics import Diagnostic
from reactivate.errors import SpecError
from reactivate.journey.orders import Orders, parse_orders

_DAY = Duration(1, "d")
_KEYS = frozenset({"share", "after", "words"})


@frozen
class Chance:
    """How many do something (0 to 1), how soon at the latest, and what they say (word to share of those who do)."""

    share: float
    after: Duration = _DAY
    words: tuple[tuple[str, float], ...] = ()


@frozen
class Script:
    """One person does one thing, whatever the lots say; without `step` it is an event since the entry."""

    person: str
    event: str
    after: Duration
    step: str | None = None
    value: str | None = None


@frozen
class Responses:
    """`steps` by step and what happens (bounced opened clicked answered result refused unsubscribed, or an event)."""

    seed: int = 0
    steps: Mapping[str, Mapping[str, Chance]] = {}
    events: Mapping[str, Chance] = {}
    scripted: tuple[Script, ...] = ()
    orders: Orders | None = None

    @classmethod
    def parse(cls, raw: object, file: str = "responses.yml") -> "Responses":
        """From what a YAML reader gives (texts or typed). SpecError R280 with every fault and where it stands."""
        faults: list[str] = []
        top = _mapping(raw if raw is not None else {}, "the file", faults)
        _only(top, {"seed", "steps", "events", "scripted", "orders"}, "", faults)
        orders = None if top.get("orders") is None else parse_orders(top["orders"], faults)
        steps = {
            str(step): {
                str(what): _chance(chance, f"steps.{step}.{what}", faults)
                for what, chance in _mapping(kinds, f"steps.{step}", faults).items()
            }
            for step, kinds in _mapping(top.get("steps") or {}, "steps", faults).items()
        }
        events = {
            str(name): _chance(chance, f"events.{name}", faults)
            for name, chance in _mapping(top.get("events") or {}, "events", faults).items()
        }
        scripted = top.get("scripted") or []
        if not isinstance(scripted, list):
            faults.append("scripted: expected a list")
            scripted = []
        scripts = tuple(_script(item, f"scripted[{number}]", faults) for number, item in enumerate(scripted, 1))
        seed = str(top.get("seed", 0))
        if not seed.isdigit():
            faults.append(f"seed: expected a number, got {seed!r}")
        if faults:
            raise SpecError(Diagnostic("R280", f"{file}: {fault}") for fault in faults)
        return cls(int(seed), steps, events, scripts, orders)


def _chance(raw: object, place: str, faults: list[str]) -> Chance:
    if not isinstance(raw, Mapping):
        return Chance(_share(raw, place, faults))
    _only(raw, _KEYS, place, faults)
    words = tuple(
        (str(word), _share(share, f"{place}.words.{word}", faults))
        for word, share in _mapping(raw.get("words") or {}, f"{place}.words", faults).items()
    )
    total = sum(share for _, share in words)
    if words and abs(total - 1) > 1e-6:
        faults.append(f"{place}.words: the shares sum to {total:.0%}, not to 100%")
    if "share" not in raw and not words:
        faults.append(f"{place}: a share is missing, e.g. share: 20%")
    share = _share(raw["share"], f"{place}.share", faults) if "share" in raw else 1.0
    return Chance(share, _after(raw.get("after", "1d"), f"{place}.after", faults), words)


def _script(raw: object, place: str, faults: list[str]) -> Script:
    fields = _mapping(raw, place, faults)
    _only(fields, {"person", "event", "after", "step", "value"}, place, faults)
    for name in ("person", "event"):
        if not fields.get(name):
            faults.append(f"{place}: {name} is missing")
    step, value = fields.get("step"), fields.get("value")
    after = _after(fields.get("after", "1d"), f"{place}.after", faults)
    return Script(str(fields.get("person")), str(fields.get("event")), after, step and str(step), value and str(value))


def _share(raw: object, place: str, faults: list[str]) -> float:
    text = str(raw).strip()
    try:
        share = float(text.removesuffix("%")) / 100 if text.endswith("%") else None
    except ValueError:
        share = None
    if share is None or not 0 <= share <= 1:
        faults.append(f"{place}: expected a share such as 15%, got {text!r}")
        return 0.0
    return share


def _after(raw: object, place: str, faults: list[str]) -> Duration:
    try:
        return Duration.parse(str(raw))
    except ValueError as fault:
        faults.append(f"{place}: {fault}")
        return _DAY


def _mapping(raw: object, place: str, faults: list[str]) -> Mapping[str, Any]:
    if isinstance(raw, Mapping):
        return raw
    faults.append(f"{place}: expected keys and values")
    return {}


def _only(raw: Mapping[str, Any], allowed: set[str] | frozenset[str], place: str, faults: list[str]) -> None:
    faults += [f"{place + ': ' if place else ''}unknown key {key!r}" for key in raw if key not in allowed]
