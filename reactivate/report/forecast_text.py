"""A hold-out check in rows and sentences: model, naive rule and truth side by side, and which of them was nearer."""

from typing import Any


def verdict(check: dict[str, Any]) -> list[str]:
    """Whether the model beats the naive rule, customer by customer and for the sum; sentences."""
    errors, total = check["errors"], check["returning_customers"]
    own = "model" if "model" in errors else "history"
    truth = max(total["truth"], 1)
    ours, naive = (abs(total[name] - total["truth"]) / truth for name in ("ours", "naive"))
    nearer = errors[own]["brier"] <= errors["naive"]["brier"]
    told = [
        f"Customer by customer the {own} is {'nearer than' if nearer else 'no nearer than'} the naive rule "
        f"(Brier {errors[own]['brier']:.3f} against {errors['naive']['brier']:.3f}).",
        f"For the sum it is {ours:.0%} off, the naive rule {naive:.0%}.",
    ]
    if ours > naive:
        told.append(
            "A sum that the naive rule hits better is mostly a season or a trend: the models know neither, and a sale "
            "before Christmas looks to them like an ordinary week."
        )
    return told


def rows_of_totals(check: dict[str, Any]) -> list[list[str]]:
    """Head and rows: truth and each way, for people, orders and the two errors."""
    ways = list(check["errors"])
    head = [f"{check['within_days']} days after {check['as_of']}", "truth", *ways]
    people, orders = (check["all"][name] for name in ("returning_customers", "orders"))
    return [
        head,
        ["customers who order", *(f"{people[way]:,.0f}" for way in ("truth", *ways))],
        ["orders", *(f"{orders[way]:,.0f}" for way in ("truth", *ways))],
        ["squared error of the chance (Brier)", "", *(f"{check['errors'][way]['brier']:.3f}" for way in ways)],
        ["mean error of the orders of a customer", "", *(f"{check['errors'][way]['mae']:.3f}" for way in ways)],
    ]


def rows_of_frequencies(groups: list[dict[str, Any]]) -> list[list[str]]:
    """Head and rows by orders before: customers, orders that came, forecast by the best way and naive, errors."""
    own = "model" if groups and "orders_model" in groups[0] else "history"
    head = ["orders before", "customers", "orders", own, "naive", f"error of {own}", "error of naive"]
    rows = [
        [
            named(groups, number),
            f"{group['customers']:,}",
            f"{group['orders']:,}",
            *(f"{group.get(f'orders_{way}', float('nan')):,.0f}" for way in (own, "naive")),
            *(f"{group.get(f'mae_{way}', float('nan')):.3f}" for way in (own, "naive")),
        ]
        for number, group in enumerate(groups)
    ]
    return [head, *rows]


def named(groups: list[dict[str, Any]], number: int) -> str:
    """The orders before of one group: `1`, `3 to 4`, `10+`."""
    start = groups[number]["orders_from"]
    if start >= 10:
        return f"{start}+"
    stop = {1: 1, 2: 2, 3: 4, 5: 9}[start]
    return str(start) if start == stop else f"{start} to {stop}"
