"""Pictures of a description as one HTML page: static SVG inside, nothing loaded from elsewhere."""

import json
from html import escape
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from reactivate.analytics.describe import Description

_COLOUR, _QUIET = "#1b6ca8", "#b8c4ce"
_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#222}
svg{max-width:100%;height:auto}table{border-collapse:collapse}td,th{padding:.2rem .8rem;text-align:right}
th:first-child,td:first-child{text-align:left}tr+tr{border-top:1px solid #ddd}figure{margin:1.5rem 0}
figcaption{color:#555;font-size:.9rem}"""


def page(made: "Description") -> str:
    """The page: stages, RFM grid, silence curve, calibration, and the tables of models and forecasts."""
    stats = made.stats
    figures = [
        _figure(stages(stats), "How many customers are at which stage of life."),
        _figure(rfm_grid(made.table), "Customers by recency (r) and frequency (f); 5 is best."),
        _figure(
            silence(made.forecast.silence.table(90)), "Share of those silent for so many days who order within 90 days."
        ),
    ]
    if stats["holdout"]["calibration"]:
        text = f"Ten equal groups by forecast of {stats['holdout']['as_of']}; on the line is right."
        figures.append(_figure(calibration(stats["holdout"]["calibration"]), text))
    title = f"Customers on {stats['as_of']}"
    notes = "".join(f"<p><strong>Note:</strong> {escape(item['message'])}.</p>" for item in stats["warnings"])
    body = "".join(figures)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>"
        f"<p>{stats['customers']:,} customers, {stats['orders']:,} orders.</p>{notes}"
        f"{_forecasts(stats)}{body}{_parameters(stats['models'])}</body></html>\n"
    )


def stages(stats: dict[str, Any]) -> str:
    """Bars of the stages, as SVG."""
    rows = [{"stage": word, "customers": number} for word, number in stats["stage"].items()]
    mark = {"type": "bar", "color": _COLOUR}
    return _svg(rows, mark, x=_axis("customers"), y={"field": "stage", "type": "nominal", "sort": "-x", "title": None})


def rfm_grid(table: pa.Table) -> str:
    """Heat map of recency x frequency with counts, as SVG."""
    counted = table.select(["r", "f"]).drop_null().group_by(["r", "f"]).aggregate([([], "count_all")])
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
    return _render({"data": {"values": rows}, "layer": layers, "width": 340, "height": 260})


def silence(curve: pa.Table) -> str:
    """The learning curve of silence, as SVG."""
    usable = curve.filter(pc.is_valid(curve["returns_within"]))
    rows = usable.select(["silent_days", "returns_within"]).to_pylist()
    y = {**_axis("returns_within", "order within 90 days"), "axis": {"format": "%"}, "scale": {"domainMin": 0}}
    return _svg(rows, {"type": "line", "color": _COLOUR}, x=_axis("silent_days", "days of silence"), y=y)


def calibration(groups: list[dict[str, float]]) -> str:
    """Forecast against truth by tenths of the customers, as SVG."""
    most = max(max(group["forecast"], group["truth"]) for group in groups) or 1.0
    scale = {"scale": {"domain": [0, most]}, "axis": {"format": "%"}}
    x, y = {**_axis("forecast"), **scale}, {**_axis("truth", "came true"), **scale}
    diagonal = [{"forecast": 0, "truth": 0}, {"forecast": most, "truth": most}]
    layers = [
        {"data": {"values": diagonal}, "mark": {"type": "line", "color": _QUIET}, "encoding": {"x": x, "y": y}},
        {"data": {"values": groups}, "mark": {"type": "point", "filled": True, "size": 70, "color": _COLOUR},
         "encoding": {"x": x, "y": y}},
    ]  # fmt: skip
    return _render({"layer": layers, "width": 340, "height": 300})


def _axis(field: str, title: str | None = None) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": title or field}


def _svg(rows: list[dict[str, Any]], mark: dict[str, Any], **encoding: Any) -> str:
    return _render({"data": {"values": rows}, "mark": mark, "encoding": encoding, "width": 460, "height": 220})


def _render(chart: dict[str, Any]) -> str:
    import vl_convert

    look = {"view": {"stroke": None}, "axis": {"gridColor": "#eee"}, "font": "sans-serif"}
    svg: str = vl_convert.vegalite_to_svg(json.dumps({**chart, "config": look}))
    return svg


def _figure(svg: str, caption: str) -> str:
    return f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>"


def _forecasts(stats: dict[str, Any]) -> str:
    past, ahead = stats["holdout"], stats["forecast"]
    rows = []
    if past["returning_customers"]:
        each = past["returning_customers"]
        rows.append([f"after {past['as_of']}", each["ours"], each["naive"], each["truth"]])
    each = ahead["returning_customers"]
    rows.append([f"after {stats['as_of']}", each["ours"], each["naive"], None])
    head = [f"customers who order within {ahead['within_days']} days", "ours", "as in the last window", "truth"]
    return _table(head, [[row[0], *(_whole(cell) for cell in row[1:])] for row in rows])


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
    return _table(["parameter (95 % interval)", "value", "low", "high"], rows)


def _table(head: list[str], rows: list[list[str]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"
