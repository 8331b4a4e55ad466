"""The sums of one person for people: E of each offer line by line, every term with where it comes from."""

from collections.abc import Iterator
from typing import Any

from reactivate.report.shares import points, share
from reactivate.text import columns


def sums_text(offers: list[dict[str, Any]]) -> list[str]:
    """A paragraph per offer of `story/1`."""
    return [line for row in offers for line in _offer(row)]


def _offer(row: dict[str, Any]) -> Iterator[str]:
    profit = "unknown" if row["expected_profit"] is None else f"{row['expected_profit']:+,.2f}"
    yield f"  {row['offer']}: expected extra profit {profit}; {row['fate']}"
    yield from columns([(f"    {amount}", what) for amount, what in _parts(row)], right=(0,))
    after = "; ".join(_asides(row))
    if after:
        yield f"    {after}"


def _parts(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The summands of E; a part with something unknown in it is a `?`."""
    lift, base = _known(row["lift"], points), _known(row["base_rate"], share)
    halved = ", halved" if row["lift_source"] == "assumption" else ""
    tau = f"lift {lift} ({row['lift_source'] or 'not known'}{halved})"
    basket = f"order {_money(row['order_value'])} ({row['value_source']}{_own(row)})"
    yield (
        _times(1, row["lift"], row["margin"]),
        f"{tau} x margin {_money(row['margin'])} (rate {row['margin_source']}) of an {basket}",
    )
    if row["offer_cost"]:
        offer = f"offer {_money(row['offer_cost'])} ({row['offer_source']})"
        used = row["use_source"]
        yield (
            _times(-1, row["lift"], row["extra_use"], row["offer_cost"]),
            f"lift x {offer}, used by {share(row['extra_use'])} ({used})",
        )
        yield (
            _times(-1, row["base_rate"], row["base_use"], row["offer_cost"]),
            f"base rate {base} ({row['base_source']}{_spread(row)}) x offer, used by {share(row['base_use'])} ({used})",
        )
    if row["bonus_cost"]:
        reached = None if row["lift"] is None or row["base_rate"] is None else row["lift"] + row["base_rate"]
        yield (
            _times(-1, reached, row["bonus_cost"]),
            f"(base rate {base} + lift) x staff bonus {_money(row['bonus_cost'])}",
        )
    yield _times(-1, row["contact_cost"]), f"contacts (prices stated, chance of each step: {row['contact_source']})"
    yield _times(-1, row["permission_cost"]), f"permission put at risk ({row['permission_source']})"
    if row["later_margin"]:
        kept = 1 - row["brought_forward"]
        later = f"lift x {share(kept)} of later orders {_money(row['later_margin'])} ({row['later_source']})"
        yield _times(1, row["lift"], kept, row["later_margin"]), later
    if row["brought_forward"]:
        forward = (
            f"lift x {share(row['brought_forward'])} of the margin, only brought forward ({row['forward_source']})"
        )
        yield _times(-1, row["lift"], row["brought_forward"], row["margin"]), forward


def _own(row: dict[str, Any]) -> str:
    """How much of the expected order is the person's own, where his segment has a part in it."""
    weight = row.get("x_order_weight")
    if weight is None or weight >= 0.995:
        return ""
    mean = row.get("x_order_mean")
    own = "none of his own" if not weight or mean is None else f"{share(weight)} his own mean of {_money(float(mean))}"
    return f": {own}, the rest his segment's"


def _spread(row: dict[str, Any]) -> str:
    """Of what a person's base rate is made, where a model tells people of one group apart."""
    if row.get("x_base_model") is None or row.get("x_base_group") is None:
        return ""
    return f" of his group {share(row['x_base_group'])}, spread by the model's {share(row['x_base_model'])}"


def _asides(row: dict[str, Any]) -> Iterator[str]:
    if row["break_even_lift"] is not None:
        yield f"pays from a lift of {points(row['break_even_lift'])}"
    if row["offer_cost"] and row["largest_offer"] is not None:
        most = row["largest_offer"]
        yield f"may cost {_money(most)} at most" if most > 0 else "would lose money even if it cost nothing"
    if row["payback_orders"] is not None:
        yield f"paid back after {row['payback_orders']:.0f} later orders"
    if row["offer_cost"] and row["wasted_share"] is not None:
        yield f"{share(row['wasted_share'])} of those used change nothing"


def _times(sign: int, *factors: float | None) -> str:
    product = float(sign)
    for factor in factors:
        if factor is None:
            return "?"
        product *= factor
    return f"{product + 0.0:+,.2f}"


def _money(value: float | None) -> str:
    return "?" if value is None else f"{value:,.2f}"


def _known(value: float | None, said: Any) -> str:
    return "?" if value is None else str(said(value))
