"""The page of a hold-out check: is the forecast right, for whom is it wrong, and is it better than the naive rule?"""

from typing import Any

from markupsafe import Markup

from reactivate.report import charts
from reactivate.report.forecast_text import named, rows_of_frequencies, verdict
from reactivate.report.html_page import framed
from reactivate.report.html_parts import Spot, joined, section, table

_COLOURS = {
    "model": "var(--main)",
    "corrected": "var(--email)",
    "history": "var(--sms)",
    "naive": "var(--call)",
    "truth": "var(--soft)",
}
_TITLE = "Forecast and what came true"
_FOOT = Markup(
    "<footer>\n<p>Made by reactivate forecast. How it is reckoned: docs/explanation/analytics.md.</p>\n</footer>"
)


def page(made: dict[str, Any]) -> str:
    """The page of a `reactivate.forecast/1`, the latest look back first; every figure leads to its place there."""
    checks = [one for check in Spot(made)["checks"] for one in chapters(check)]
    head = Markup('<header>\n<h1>{}</h1>\n<ul class="chips">{}</ul>\n</header>')
    days = [Markup("<li>{} days after {}</li>").format(one["within_days"], one["as_of"]) for one in made["checks"]]
    nothing = Markup("<p>Nobody had ordered by then: take a shorter --holdout, or a longer file.</p>")
    return framed(_TITLE, head.format(_TITLE, joined(days)), checks or [nothing], _FOOT)


def chapters(check: Spot) -> list[Markup]:
    """One look back: the sums, the calibration, the customers by orders before."""
    if not check["returning_customers"].known:
        return []
    return [totals(check), calibration(check), frequency(check)]


def totals(check: Spot) -> Markup:
    """Truth beside each way, for people, orders and the two errors."""
    day = check["as_of"].text
    ways = list(check["errors"].value)
    rows = [
        ["customers who order", *(check["all"]["returning_customers"][way].rounded() for way in ("truth", *ways))],
        ["orders", *(check["all"]["orders"][way].rounded() for way in ("truth", *ways))],
        ["squared error of the chance (Brier)", "", *(check["errors"][way]["brier"].rounded(3) for way in ways)],
        ["mean error of the orders of a customer", "", *(check["errors"][way]["mae"].rounded(3) for way in ways)],
    ]
    lead = Markup("What was forecast on {} for {} customers and the {} days that followed. {}").format(
        day, check["customers"].number(), check["within_days"].number(), " ".join(verdict(check.value))
    )
    return section(f"sums-{day}", f"After {day}", lead, table(["", "truth", *ways], rows))


def calibration(check: Spot) -> Markup:
    """Forecast against truth by tenths of the customers, a line for each way."""
    curves = check["curves"].value
    points = [{**group, "way": way} for way, groups in curves.items() for group in groups]
    most = max((max(point["forecast"], point["truth"]) for point in points), default=1.0) or 1.0
    axes = {
        "x": charts.share("forecast", "forecast chance of an order", scale={"domain": [0, most]}),
        "y": charts.share("truth", "share that ordered", scale={"domain": [0, most]}),
    }
    ends = [{"forecast": 0, "truth": 0}, {"forecast": most, "truth": most}]
    layers = [
        {
            "data": {"values": ends},
            "mark": {"type": "line", "color": charts.HELD, "strokeDash": [5, 4]},
            "encoding": axes,
        },
        {
            "data": {"values": points},
            "mark": {"type": "line", "point": {"size": 60}, "strokeWidth": 2},
            "encoding": {**axes, "color": _colour(list(curves))},
        },
    ]
    lead = "Ten equal groups of customers by forecast chance to order; on the dashed line the forecast is right."
    drawn = charts.picture({"layer": layers, "width": 420, "height": 340}, "Forecast chance against share that ordered")
    return section(f"calibration-{check['as_of'].text}", "Is the chance right?", lead, drawn)


def frequency(check: Spot) -> Markup:
    """Orders per customer by orders before: truth beside every way."""
    groups = check["by_frequency"].value
    ways = [
        "truth",
        *(way for way in ("model", "corrected", "history", "naive") if groups and f"orders_{way}" in groups[0]),
    ]
    rows = [
        {
            "before": named(groups, number),
            "way": way,
            "orders": group["orders" if way == "truth" else f"orders_{way}"] / group["customers"],
        }
        for number, group in enumerate(groups)
        for way in ways
    ]
    chart = {
        "data": {"values": rows},
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "x": charts.word("before", "orders before", axis={"labelAngle": 0}),
            "xOffset": {"field": "way", "sort": ways},
            "y": charts.number("orders", "orders per customer"),
            "color": _colour(ways),
        },
    }
    head, *figures = rows_of_frequencies(groups)
    lead = "Orders per customer in the days held out, by the orders placed before."
    drawn = charts.picture(chart, "Orders per customer by orders before")
    return section(f"orders-{check['as_of'].text}", "For whom is it right?", lead, drawn, table(head, figures))


def _colour(ways: list[str]) -> dict[str, Any]:
    scale = {"domain": ways, "range": [_COLOURS[way] for way in ways]}
    return {"field": "way", "type": "nominal", "scale": scale, "title": None}
