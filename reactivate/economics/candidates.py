"""Every person with every offer: the terms of E, each with its source, and a refusal in words where it loses money."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import field, frozen
from numpy.typing import NDArray

from reactivate.contracts.schemas import CANDIDATES
from reactivate.economics import words
from reactivate.economics.constants import DEFAULT, HALVED, Assumptions
from reactivate.economics.later import later_margin, payback_orders
from reactivate.economics.profit import (
    ProfitTerms,
    break_even_lift,
    cost_per_extra,
    expected_cost,
    expected_profit,
    largest_offer,
    most_cost,
    needed_worth,
    wasted_share,
)
from reactivate.economics.words import ORDER, Success
from reactivate.errors import DataError
from reactivate.text import counted

Floats = NDArray[np.float64]
LiftSource = Literal["measured", "history", "model", "assumption"]
NONE = "none"
_NUMBERS = ("base_rate", "order_value", "margin", "contact_cost", "later_margin", "repeat_rate", "gap_days", "bonus",
            "permission_margin")  # fmt: skip
_SOURCES = {
    "base_source": None,
    "value_source": "history",
    "margin_source": "stated",
    "contact_source": "assumption",
    "later_source": None,
}
"""What the people's columns come from, and what is meant where the table does not say."""


@frozen(kw_only=True, eq=False)
class OfferSums:
    """What an offer is expected to do and to cost. Arrays (Arrow or NumPy) are aligned with the people.

    `lift`: tau as measured, or as the spec assumes it: an assumption is halved here, once, nowhere else; None = not
    known, E stays undecided. `lift_source`: one word for all, or one per person. `lift_low`: lower end of the 80 %
    interval of a measured lift, judged in place of `lift`.
    `cost`: D. `allowed`: whether the offer's `if` is true; null counts as false. `word`: what a refusal calls it.
    `extra_use`, `base_use`: shares, one for all or one per person; None = the constants. `use_source`: like
    `lift_source`.
    """

    lift: Any = None
    lift_source: LiftSource | pa.Array = "assumption"
    lift_low: Any = None
    cost: Any = 0.0
    allowed: Any = None
    word: str = "offer"
    extra_use: Any = None
    base_use: Any = None
    use_source: Any = field()

    @use_source.default
    def _measured_or_not(self) -> str:
        return "constant" if self.extra_use is None and self.base_use is None else "history"


def candidates(
    people: pa.Table,
    offers: Mapping[str, OfferSums],
    *,
    assumptions: Assumptions = DEFAULT,
    payback: int | None = None,
    success: Success = ORDER,
) -> pa.Table:
    """The CANDIDATES table: for each offer, then for each person in input order, the terms of E and the verdict.

    `people`: `person_id`, and where known (null = not) `segment`, `base_rate`, `base_source`, `order_value`, `margin`
    (money on the expected order), `contact_cost`, `later_margin` or else `repeat_rate` and `gap_days`, `bonus` (due to
    staff on an order), the sources `base_source`, `value_source`, `margin_source`, `contact_source` and
    `later_source`, and `x_…` columns, which are copied. `offers` without `none` get it with an unknown lift. `payback`:
    most later orders until the money must be back. `success`: what the goal is, where it is no order; its worth then
    stands in `margin`, and `permission_margin` holds the margin of an order, by which a permission is valued.

    Refused are: offers whose `if` is not true; offers without a margin; no hope (each extra order loses money, whatever
    the lift); lift below break-even; payback too late.
    """
    known = _Known.of(people, assumptions)
    every = {NONE: OfferSums(), **offers}
    parts = [_one_offer(known, name, sums, assumptions, payback, success) for name, sums in every.items()]
    extra = [column for column in people.column_names if column.startswith("x_")]
    shared = people.select(["person_id", *extra])
    table = pa.concat_tables(
        [pa.table({**dict(zip(shared.column_names, shared.columns, strict=True)), **part}) for part in parts]
    )
    return CANDIDATES.conform(table)


@frozen(eq=False)
class _Known:
    """The people as arrays; NaN = not known. DataError R668 for a margin of more than the order itself."""

    rows: int
    columns: dict[str, Floats]
    segment: Any
    sources: dict[str, Any]

    @classmethod
    def of(cls, people: pa.Table, assumptions: Assumptions) -> "_Known":
        rows = people.num_rows
        columns = {name: floats(people[name] if name in people.column_names else None, rows) for name in _NUMBERS}
        _check_margin(columns["margin"], columns["order_value"])
        for zero in ("contact_cost", "bonus"):
            columns[zero] = np.nan_to_num(columns[zero], nan=0.0)
        ready = columns["later_margin"]
        computed = later_margin(columns["margin"], columns["repeat_rate"], columns["gap_days"], assumptions=assumptions)
        _imply_repeat(columns)
        columns["later_margin"] = np.where(np.isnan(ready), np.nan_to_num(computed, nan=0.0), ready)
        sources = {name: _text(people, name) if name in people.column_names else usual
                   for name, usual in _SOURCES.items()}  # fmt: skip
        return cls(rows, columns, pc.fill_null(_text(people, "segment"), ""), sources)


def _check_margin(margin: Floats, order_value: Floats) -> None:
    """A margin is what is left of the price: more than all of it is a mistake in `margin`, not a good business."""
    over = np.flatnonzero(margin > order_value * (1 + 1e-9) + 0.005)
    if len(over):
        worst = over[np.argmax(margin[over] - order_value[over])]
        share = f" ({margin[worst] / order_value[worst]:.0%})" if order_value[worst] > 0 else ""
        raise DataError.because(
            "R668",
            f"the margin of {counted(len(over), 'person', 'people')} is over 100%, at worst {margin[worst]:.2f} "
            f"on an order of {order_value[worst]:.2f}{share}",
            "a margin is the share of the price left after goods, delivery and payment: at most 100%",
        )


def _imply_repeat(columns: dict[str, Floats]) -> None:
    """Where only S is known, the repeat rate that gives it, for the payback: S / M = r / (1 - r), not discounted."""
    with np.errstate(divide="ignore", invalid="ignore"):
        implied = columns["later_margin"] / (columns["later_margin"] + columns["margin"])
    use = np.isnan(columns["repeat_rate"]) & (implied > 0) & (implied < 1)
    columns["repeat_rate"] = np.where(use, implied, columns["repeat_rate"])
    columns["gap_days"] = np.where(use & np.isnan(columns["gap_days"]), 1.0, columns["gap_days"])


def _one_offer(
    known: _Known, name: str, sums: OfferSums, assumptions: Assumptions, payback: int | None, success: Success
) -> dict[str, Any]:
    """The columns of one offer."""
    person = known.columns
    assumed = _assumed(sums, known.rows)
    lift = floats(sums.lift, known.rows) * np.where(assumed, HALVED, 1.0)
    low = np.where(assumed, np.nan, floats(sums.lift_low, known.rows))
    each = np.where(np.isnan(person["permission_margin"]), person["margin"], person["permission_margin"])
    permission = assumptions.permission_loss * assumptions.permission_orders * np.maximum(each, 0)
    terms = ProfitTerms(
        lift=lift,
        base_rate=person["base_rate"],
        margin=person["margin"],
        offer_cost=floats(sums.cost, known.rows),
        bonus_cost=person["bonus"],
        contact_cost=person["contact_cost"],
        later_margin=person["later_margin"],
        extra_use=assumptions.extra_use if sums.extra_use is None else floats(sums.extra_use, known.rows),
        base_use=assumptions.base_use if sums.base_use is None else floats(sums.base_use, known.rows),
        brought_forward=assumptions.brought_forward,
        permission_cost=permission,
    )
    orders = payback_orders(terms, person["repeat_rate"], person["gap_days"], assumptions=assumptions)
    judged = np.where(np.isnan(low), lift, low)
    table = _columns(known, name, sums, terms)
    table["lift_low"], table["payback_orders"] = low, orders
    table["verdict"] = _verdicts(name, sums, terms, judged, orders, payback, success)
    return {key: _arrow(value, known.rows) for key, value in table.items()}


def _columns(known: _Known, name: str, sums: OfferSums, terms: ProfitTerms) -> dict[str, Any]:
    return {
        **known.sources,
        "segment": known.segment,
        "offer": name,
        "base_rate": terms.base_rate,
        "lift": terms.lift,
        "lift_source": _sources(sums, terms.lift),
        "order_value": known.columns["order_value"],
        "margin": terms.margin,
        "offer_cost": terms.offer_cost,
        "offer_source": "stated",
        "bonus_cost": terms.bonus_cost,
        "extra_use": terms.extra_use,
        "base_use": terms.base_use,
        "use_source": sums.use_source,
        "contact_cost": terms.contact_cost,
        "permission_cost": terms.permission_cost,
        "permission_source": "constant",
        "brought_forward": terms.brought_forward,
        "forward_source": "constant",
        "later_margin": terms.later_margin,
        "expected_profit": expected_profit(terms),
        "break_even_lift": break_even_lift(terms),
        "largest_offer": largest_offer(terms),
        "wasted_share": wasted_share(terms),
        "expected_cost": expected_cost(terms),
        "most_cost": most_cost(terms),
        "cost_per_extra": cost_per_extra(terms),
        "needed_worth": needed_worth(terms),
    }


def _verdicts(
    name: str,
    sums: OfferSums,
    terms: ProfitTerms,
    judged: Floats,
    orders: Floats,
    payback: int | None,
    success: Success,
) -> Any:
    rows = len(judged)
    barred = ~_truth(sums.allowed, rows)
    bare = np.isnan(terms.margin) & (name != NONE) & success.valued
    hopeless = terms.extra_order <= 0
    needed = break_even_lift(terms)
    low = judged < needed
    parts = [
        (barred, pa.repeat(pa.scalar(words.NOT_ALLOWED), int(barred.sum()))),
        (bare, pa.repeat(pa.scalar(words.NO_MARGIN), int(bare.sum()))),
        (hopeless, words.no_hope(terms.where(hopeless), sums.word, success)),
    ]
    sources = _sources(sums, terms.lift)
    for source in sorted(pc.unique(sources).drop_null().to_pylist()):
        mine = low & np.asarray(pc.fill_null(pc.equal(sources, source), False))
        parts.append((mine, words.below_break_even(needed[mine], judged[mine], _reason(sums, source))))
    if payback is not None:
        slow = np.isfinite(terms.lift) & np.isfinite(needed) & ~(orders <= payback)
        parts.append((slow, words.late(orders[slow], payback)))
    return words.scattered(rows, parts)


def _reason(sums: OfferSums, source: str) -> str:
    if source == "assumption":
        return f"assumed {sums.lift * 100:.1f}, halved" if isinstance(sums.lift, float) else "assumed, halved"
    return source if sums.lift_low is None else f"{source}, lower end of its 80% interval"


def _assumed(sums: OfferSums, rows: int) -> NDArray[np.bool_]:
    """Whose lift is an assumption."""
    if isinstance(sums.lift_source, str):
        return np.full(rows, sums.lift_source == "assumption")
    return np.asarray(pc.fill_null(pc.equal(sums.lift_source, "assumption"), True))


def _sources(sums: OfferSums, lift: Floats) -> pa.Array:
    """Where each person's lift comes from; null where none is known."""
    told = sums.lift_source
    each = pa.repeat(pa.scalar(told), len(lift)) if isinstance(told, str) else told.cast(pa.string())
    return pc.if_else(pa.array(~np.isnan(lift)), each, pa.scalar(None, pa.string()))


def floats(values: Any, rows: int) -> Floats:
    """A scalar, a NumPy or an Arrow array of any number type as `rows` floats; null becomes NaN."""
    if values is None:
        return np.full(rows, np.nan)
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        values = pc.fill_null(values.cast(pa.float64()), np.nan)
    return np.broadcast_to(np.asarray(values, dtype=np.float64), (rows,))


def _truth(values: Any, rows: int) -> NDArray[np.bool_]:
    if values is None:
        return np.ones(rows, dtype=bool)
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        values = np.asarray(pc.fill_null(values, False))
    return np.broadcast_to(np.asarray(values, dtype=bool), (rows,))


def _text(people: pa.Table, name: str) -> Any:
    if name not in people.column_names:
        return pa.nulls(people.num_rows, pa.string())
    return people[name].cast(pa.string())


def _arrow(value: Any, rows: int) -> Any:
    """Floats with NaN become Arrow floats with nulls; a word or number becomes a column of it."""
    if isinstance(value, (pa.Array, pa.ChunkedArray)):
        return value
    if value is None or isinstance(value, str):
        return pa.repeat(pa.scalar(value, pa.string()), rows)
    full = np.broadcast_to(np.asarray(value, dtype=np.float64), (rows,))
    return pa.array(full, mask=~np.isfinite(full))
