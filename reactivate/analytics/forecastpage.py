"""The page of a hold-out check: is the forecast right, for whom is it wrong, and is it better than the naive rule?"""

from typing import Any

from reactivate.analytics.charts import QUIET, document, figure, render, table

_COLOURS = {"model": "#1b6ca8", "history": "#2a9d6f", "naive": "#d1782c", "truth": "#444444"}


def page(checks: list[dict[str, Any]]) -> str:
    """HTML of hold-out checks as JSON (`describe.told`), the latest first."""
    parts = [part for check in checks for part in _of_one(check)]
    return document("Forecast and what came true", parts or ["<p>No past to look back on.</p>"])


def _of_one(check: dict[str, Any]) -> list[str]:
    head = f"<h2>After {check['as_of']}: {check['within_days']} days, {check['customers']:,} customers</h2>"
    if check["returning_customers"] is None:
        return [head, "<p>Nobody had ordered by then.</p>"]
    said = f"<p>Model: {check['model']}. {' '.join(verdict(check))}</p>"
    return [
        head,
        said,
        _totals(check),
        figure(
            calibration(check["curves"]), "Ten equal groups by forecast chance to order; on the grey line is right."
        ),
        figure(frequency(check["by_frequency"]), "Orders per customer in the window, by orders placed before it."),
        _frequencies(check["by_frequency"]),
    ]


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


def calibration(curves: dict[str, list[dict[str, float]]]) -> str:
    """Forecast against truth by tenths of the customers, a line per way, as SVG."""
    points: list[dict[str, Any]] = [{**group, "way": way} for way, groups in curves.items() for group in groups]
    most = max((max(point["forecast"], point["truth"]) for point in points), default=1.0) or 1.0
    scale = {"scale": {"domain": [0, most]}, "axis": {"format": "%"}}
    x = {"field": "forecast", "type": "quantitative", "title": "forecast chance of an order", **scale}
    y = {"field": "truth", "type": "quantitative", "title": "share that ordered", **scale}
    ends = [{"forecast": 0, "truth": 0}, {"forecast": most, "truth": most}]
    layers = [
        {"data": {"values": ends}, "mark": {"type": "line", "color": QUIET}, "encoding": {"x": x, "y": y}},
        {"data": {"values": points}, "mark": {"type": "line", "point": {"size": 60}, "strokeWidth": 1.5},
         "encoding": {"x": x, "y": y, "color": _colour(curves)}},
    ]  # fmt: skip
    return render({"layer": layers, "width": 380, "height": 320})


def frequency(groups: list[dict[str, Any]]) -> str:
    """Orders per customer by orders before: truth beside every way, as SVG."""
    ways = ["truth", *(way for way in ("model", "history", "naive") if groups and f"orders_{way}" in groups[0])]
    rows = [
        {
            "before": _bin(groups, number),
            "way": way,
            "orders": group["orders" if way == "truth" else f"orders_{way}"] / group["customers"],
        }
        for number, group in enumerate(groups)
        for way in ways
    ]
    order = [_bin(groups, number) for number in range(len(groups))]
    encoding = {
        "x": {"field": "before", "type": "ordinal", "sort": order, "title": "orders before", "axis": {"labelAngle": 0}},
        "xOffset": {"field": "way", "sort": ways},
        "y": {"field": "orders", "type": "quantitative", "title": "orders per customer"},
        "color": _colour(ways),
    }
    return render({"data": {"values": rows}, "mark": "bar", "encoding": encoding, "width": 420, "height": 240})


def _colour(ways: Any) -> dict[str, Any]:
    names = list(ways)
    scale = {"domain": names, "range": [_COLOURS[name] for name in names]}
    return {"field": "way", "type": "nominal", "scale": scale, "title": None}


def _bin(groups: list[dict[str, Any]], number: int) -> str:
    start = groups[number]["orders_from"]
    if start >= 10:
        return f"{start}+"
    stop = {1: 1, 2: 2, 3: 4, 5: 9}[start]
    return str(start) if start == stop else f"{start} to {stop}"


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
    return [
        head,
        *(
            [
                _bin(groups, number),
                f"{group['customers']:,}",
                f"{group['orders']:,}",
                *(f"{group.get(f'orders_{way}', float('nan')):,.0f}" for way in (own, "naive")),
                *(f"{group.get(f'mae_{way}', float('nan')):.3f}" for way in (own, "naive")),
            ]
            for number, group in enumerate(groups)
        ),
    ]


def _totals(check: dict[str, Any]) -> str:
    head, *rows = rows_of_totals(check)
    return table(head, rows)


def _frequencies(groups: list[dict[str, Any]]) -> str:
    head, *rows = rows_of_frequencies(groups)
    return table(head, rows)
