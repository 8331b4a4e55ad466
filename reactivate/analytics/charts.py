"""Charts and tables of a page: Vega-Lite to static SVG, nothing loaded from elsewhere, no script."""

import json
from collections.abc import Iterable
from html import escape
from typing import Any

COLOUR, QUIET = "#1b6ca8", "#b8c4ce"
_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#222}
svg{max-width:100%;height:auto}table{border-collapse:collapse}td,th{padding:.2rem .8rem;text-align:right}
th:first-child,td:first-child{text-align:left}tr+tr{border-top:1px solid #ddd}figure{margin:1.5rem 0}
figcaption{color:#555;font-size:.9rem}"""


def document(title: str, body: Iterable[str]) -> str:
    """A whole HTML page of finished parts."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{''.join(body)}</body></html>\n"
    )


def axis(field: str, title: str | None = None) -> dict[str, Any]:
    """A quantitative axis over `field`."""
    return {"field": field, "type": "quantitative", "title": title or field}


def svg(rows: list[dict[str, Any]], mark: dict[str, Any], **encoding: Any) -> str:
    """A chart of one mark."""
    return render({"data": {"values": rows}, "mark": mark, "encoding": encoding, "width": 460, "height": 220})


def render(chart: dict[str, Any]) -> str:
    """A Vega-Lite chart as SVG."""
    import vl_convert

    look = {"view": {"stroke": None}, "axis": {"gridColor": "#eee"}, "font": "sans-serif"}
    drawn: str = vl_convert.vegalite_to_svg(json.dumps({**chart, "config": look}))
    return drawn


def figure(drawn: str, caption: str) -> str:
    """A picture with words below it."""
    return f"<figure>{drawn}<figcaption>{escape(caption)}</figcaption></figure>"


def table(head: list[str], rows: list[list[str]]) -> str:
    """An HTML table of escaped cells."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"
