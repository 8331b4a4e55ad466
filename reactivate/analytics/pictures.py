"""Pictures of a description as one HTML page: static SVG inside, nothing loaded from elsewhere."""

from html import escape
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.analytics.charts import COLOUR, QUIET, axis, document, figure, render, svg, table

if TYPE_CHECKING:
    from reactivate.analytics.describe import Description


def page(made: "Description") -> str:
    """The page: stages, RFM grid, silence curve, calibration, and the tables of models and forecasts."""
    stats = made.stats
    figures = [
        figure(stages(stats), "How many customers are at which stage of life."),
        figure(rfm_grid(made.table), "Customers by recency (r) and frequency (f); 5 is best."),
        figure(
            silence(made.forecast.silence.table(90)), "Share of those silent for so many days who order within 90 days."
        ),
    ]
    if stats["holdout"]["calibration"]:
        text = f"Ten equal groups by forecast of {stats['holdout']['as_of']}; on the line is right."
        figures.append(figure(calibration(stats["holdout"]["calibration"]), text))
    title = f"Customers on {stats['as_of']}"
    notes = "".join(f"<p><strong>Note:</strong> {escape(item['message'])}.</p>" for item in stats["warnings"])
    counts = f"<p>{stats['customers']:,} customers, {stats['orders']:,} orders.</p>"
    return document(title, [counts, notes, _forecasts(stats), *figures, _parameters(stats["models"])])


def stages(stats: dict[str, Any]) -> str:
    """Bars of the stages, as SVG."""
    rows = [{"stage": word, "customers": number} for word, number in stats["stage"].items()]
    mark = {"type": "bar", "color": COLOUR}
    return svg(rows, mark, x=axis("customers"), y={"field": "stage", "type": "nominal", "sort": "-x", "title": None})


def rfm_grid(customers: pa.Table) -> str:
    """Heat map of recency x frequency with counts, as SVG."""
    counted = customers.select(["r", "f"]).drop_null().group_by(["r", "f"]).aggregate([([], "count_all")])
    rows = counted.rename_columns(["r", "f", "customers"]).to_pylist()
    axes = {
        "x": {"field": "f", "type": "ordinal", "title": "f: orders", "axis": {"labelAngle": 0}},
        "y": {"field": "r", "type": "ordinal", "title": "r: recency", "sort": "descending"},
    }
    colour = {"field": "customers", "type": "quantitative", "scale": {"scheme": "blues"}, "legend": None}
    most = max((row["customers"] for row in rows), default=0)
    ink = {"condition": {"test": f"datum.customers > {most * 0.55}", "value": "white"}, "value": "#222"}
    text = {"field": "customers", "type": "quantitative", "format": ","}
    layers = [
        {"mark": "rect", "encoding": {**axes, "color": colour}},
        {"mark": "text", "encoding": {**axes, "text": text, "color": ink}},
    ]
    return render({"data": {"values": rows}, "layer": layers, "width": 340, "height": 260})


def silence(curve: pa.Table) -> str:
    """The learning curve of silence, as SVG."""
    usable = curve.filter(pc.is_valid(curve["returns_within"]))
    rows = usable.select(["silent_days", "returns_within"]).to_pylist()
    y = {**axis("returns_within", "order within 90 days"), "axis": {"format": "%"}, "scale": {"domainMin": 0}}
    return svg(rows, {"type": "line", "color": COLOUR}, x=axis("silent_days", "days of silence"), y=y)


def calibration(groups: list[dict[str, float]]) -> str:
    """Forecast against truth by tenths of the customers, as SVG."""
    most = max(max(group["forecast"], group["truth"]) for group in groups) or 1.0
    scale = {"scale": {"domain": [0, most]}, "axis": {"format": "%"}}
    x, y = {**axis("forecast"), **scale}, {**axis("truth", "came true"), **scale}
    diagonal = [{"forecast": 0, "truth": 0}, {"forecast": most, "truth": most}]
    layers = [
        {"data": {"values": diagonal}, "mark": {"type": "line", "color": QUIET}, "encoding": {"x": x, "y": y}},
        {"data": {"values": groups}, "mark": {"type": "point", "filled": True, "size": 70, "color": COLOUR},
         "encoding": {"x": x, "y": y}},
    ]  # fmt: skip
    return render({"layer": layers, "width": 340, "height": 300})


def _forecasts(stats: dict[str, Any]) -> str:
    past, ahead = stats["holdout"], stats["forecast"]
    rows = []
    if past["returning_customers"]:
        each = past["returning_customers"]
        rows.append([f"after {past['as_of']}", each["ours"], each["naive"], each["truth"]])
    each = ahead["returning_customers"]
    rows.append([f"after {stats['as_of']}", each["ours"], each["naive"], None])
    head = [f"customers who order within {ahead['within_days']} days", "ours", "as in the last window", "truth"]
    return table(head, [[row[0], *(_whole(cell) for cell in row[1:])] for row in rows])


def _whole(number: float | None) -> str:
    return "unknown" if number is None else f"{number:,.0f}"


def _parameters(models: dict[str, Any]) -> str:
    rows = []
    for name, model in models.items():
        if name == "used":
            continue
        for parameter, found in model["parameters"].items():
            cells = ["-" if found[key] is None else f"{found[key]:,.3f}" for key in ("value", "low", "high")]
            rows.append([f"{name}: {parameter}", *cells])
    return table(["parameter (95 % interval)", "value", "low", "high"], rows)
