"""The money of a plan for people to read: each offer with its refusals, the limits with their prices."""

from collections.abc import Iterator
from typing import Any

from reactivate.report.shares import points, share
from reactivate.text import columns, counted


def offers_text(plan: dict[str, Any]) -> Iterator[list[str]]:
    """The parts on offers and allocation; nothing for a campaign without offers."""
    if not plan.get("allocation"):
        return
    yield _offers(plan)
    yield _allocation(plan["allocation"], plan["currency"])
    yield _constants(plan["allocation"])


def _offers(plan: dict[str, Any]) -> list[str]:
    currency = plan["currency"]
    lines = ["Offers"]
    for offer in plan["offers"]:
        lines.append(f"  {offer['name']}: {offer['said']}")
        lines += [f"    {line}" for line in _sums(offer, currency)]
        lines += [
            f"    refused for {row['people']:,}, such as: {row['example']}"
            for row in offer["refused"]
            if row["example"] not in offer["said"]
        ]
    return [*lines, ""]


def _sums(offer: dict[str, Any], currency: str) -> Iterator[str]:
    """Cost, break-even and waste of one offer, medians over the audience."""
    if offer["offer_cost"] is not None:
        largest = offer["largest_offer"]
        most = "" if largest is None else f", it may cost {largest:,.2f} at most before it loses money"
        if largest is not None and largest <= 0:
            most = ", and would lose money even if it cost nothing"
        yield f"costs {offer['offer_cost']:,.2f} {currency} on an order{most}"
    if offer["break_even_lift"] is not None:
        hoped = "" if offer["lift"] is None else f", {points(offer['lift'])} counted on ({offer['lift_source']})"
        yield f"pays from a lift of {points(offer['break_even_lift'])}{hoped}"
    if offer["wasted_share"]:
        yield f"{share(offer['wasted_share'])} of those used go to people who would have come anyway"
    if offer["payback_orders"] is not None:
        orders = counted(round(offer["payback_orders"]), "later order")
        yield f"the money is back {'with the first order' if not offer['payback_orders'] else f'after {orders}'}"


def _allocation(found: dict[str, Any], currency: str) -> list[str]:
    profit, cost = (f"{found[name]:,.2f}" for name in ("expected_profit", "expected_cost"))
    lines = [
        f"Shared out among {found['people']:,} people: expected extra profit {profit} {currency} "
        f"at an expected cost of {cost}; at most {found['gap']:.2%} below the best possible"
    ]
    if found["undecided"]:
        lines.append(f"  {found['undecided']:,} of them undecided, without an offer: no lift measured or assumed")
    rows = [
        (f"  {row['limit']}", f"{row['used'] or 0:,.2f}", f"of {row['most']:,.2f}", _price(row, currency))
        for row in found["limits"]
    ]
    lines += columns(rows, right=(1,))
    for row in found["segments"]:
        if row["segment"]:
            given = ", ".join(f"{people:,} {offer}" for offer, people in row["offers"].items())
            profit = "unknown" if row["expected_profit"] is None else f"{row['expected_profit']:,.2f} {currency}"
            lines.append(f"  {row['segment']}: {given}; expected {profit}, cost {row['expected_cost']:,.2f}")
    later = found["later_orders"]
    lines.append(f"  {later['said']}")
    if later["chance_of_payback"] is not None:
        lines.append(
            f"  chance that the orders come in which the money must be back: {share(later['chance_of_payback'])}"
        )
    return [*lines, ""]


def _constants(found: dict[str, Any]) -> list[str]:
    """What no key of the file says and nothing has measured: each constant with its reason."""
    rows = [(f"  {row['name']}", f"{row['value']:g}", row["source"]) for row in found["assumptions"]]
    return ["Constants of the sums (economics.Assumptions)", *columns(rows, right=(1,)), ""]


def _price(row: dict[str, Any], currency: str) -> str:
    """What one more of a scarce thing would bring; nothing where there is enough."""
    if not row["price"]:
        return "enough"
    one = currency if row["limit"].split(".")[0] in ("budget", "at_most") else "of it"
    said = f"one more {one} brings {row['price']:,.2f}"
    last = row["last_in"]
    if last is None:
        return said
    return (
        f"{said}; the last one in is {last['person_id']} ({last['offer']}), who brings {last['expected_profit']:,.2f}"
    )
