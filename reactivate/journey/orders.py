"""The part `orders` of supposed answers: a response model in the words of a campaign.

orders:
  base: {regular: 12%, rest: 3%}      # or one share for everybody
  lift: {regular: {none: 1pp, coupon: 4pp}, rest: 2pp}
  basket: 45
  delay: 9d
  spread: 10%
  season: 20%
"""

from collections.abc import Mapping

from attrs import frozen

from reactivate.contracts.values import Duration

ALL = ""
"""Stands for every segment, or every offer, that is not named."""
_KEYS = frozenset({"base", "lift", "basket", "basket_spread", "delay", "spread", "season"})


@frozen(kw_only=True)
class Orders:
    """`base`: segment -> share that orders anyway. `lift`: (segment, offer) -> extra share because of the contact; a
    message without an offer is `none`. `basket`: median sum of an order, money of the business. `delay_days`: mean days
    until the order. `spread`: how unlike people are, `season`: how unlike campaigns are (see ResponseModel).
    """

    base: Mapping[str, float]
    lift: Mapping[tuple[str, str], float]
    basket: float = 45.0
    basket_spread: float = 0.6
    delay_days: float = 9.0
    spread: float = 0.05
    season: float = 0.2

    def base_of(self, segment: str) -> float:
        return self.base.get(segment, self.base.get(ALL, 0.0))

    def lift_of(self, segment: str, offer: str) -> float:
        """Of this segment and offer, else of the segment, else of the offer, else of all."""
        keys = ((segment, offer), (segment, ALL), (ALL, offer), (ALL, ALL))
        return next((self.lift[key] for key in keys if key in self.lift), 0.0)


def parse_orders(raw: object, faults: list[str]) -> Orders | None:
    """From what a YAML reader gives; every fault is told with its place."""
    if not isinstance(raw, Mapping):
        faults.append("orders: expected keys and values, such as base: 5%")
        return None
    faults += [f"orders: unknown key {key!r}" for key in raw if key not in _KEYS]
    if "base" not in raw:
        faults.append("orders: base is missing, the share that orders by itself, e.g. base: 5%")
    told: dict[str, float] = {
        "basket": _number(raw, "basket", 45.0, faults),
        "basket_spread": _share(raw.get("basket_spread", "60%"), "orders.basket_spread", "%", faults),
        "spread": _share(raw.get("spread", "5%"), "orders.spread", "%", faults),
        "season": _share(raw.get("season", "20%"), "orders.season", "%", faults),
        "delay_days": _days(raw.get("delay", "9d"), faults),
    }
    return Orders(base=_base(raw.get("base", "0%"), faults), lift=_lift(raw.get("lift", {}), faults), **told)


def _base(raw: object, faults: list[str]) -> dict[str, float]:
    if not isinstance(raw, Mapping):
        return {ALL: _share(raw, "orders.base", "%", faults)}
    return {str(segment): _share(share, f"orders.base.{segment}", "%", faults) for segment, share in raw.items()}


def _lift(raw: object, faults: list[str]) -> dict[tuple[str, str], float]:
    """One lift for all, one per segment or offer (whatever the word is), or one per segment and offer."""
    if not isinstance(raw, Mapping):
        return {(ALL, ALL): _share(raw, "orders.lift", "pp", faults)}
    found: dict[tuple[str, str], float] = {}
    for word, inner in raw.items():
        place = f"orders.lift.{word}"
        if isinstance(inner, Mapping):
            pairs = {(str(word), str(offer)): lift for offer, lift in inner.items()}
            found |= {pair: _share(lift, f"{place}.{pair[1]}", "pp", faults) for pair, lift in pairs.items()}
        else:
            lift = _share(inner, place, "pp", faults)
            found |= {(str(word), ALL): lift, (ALL, str(word)): lift}
    return found


def _share(raw: object, place: str, unit: str, faults: list[str]) -> float:
    text = str(raw).strip()
    try:
        share = float(text.removesuffix(unit)) / 100 if text.endswith(unit) else None
    except ValueError:
        share = None
    if share is None or not 0 <= share <= 1:
        faults.append(
            f"{place}: expected {'a share such as 5%' if unit == '%' else 'points such as 2pp'}, got {text!r}"
        )
        return 0.0
    return share


def _number(raw: Mapping[str, object], name: str, usual: float, faults: list[str]) -> float:
    try:
        value = float(str(raw.get(name, usual)).split()[0])
    except (ValueError, IndexError):
        value = -1.0
    if not 0 < value < float("inf"):
        faults.append(f"orders.{name}: expected a sum such as 45, got {raw.get(name)!r}")
        return usual
    return value


def _days(raw: object, faults: list[str]) -> float:
    try:
        return Duration.parse(str(raw)).days
    except ValueError as fault:
        faults.append(f"orders.delay: {fault}")
        return 9.0
