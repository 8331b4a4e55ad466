"""Vega-Lite to inline SVG in the colours of the page, so that dark mode and print need no second picture."""

import json
from typing import Any

from markupsafe import Markup

MAIN, SOFT, HELD, INK, LINE = "var(--main)", "var(--main-soft)", "var(--held)", "var(--ink)", "var(--line)"
SERIES = ("var(--main)", "var(--sms)", "var(--call)", "var(--email)", "var(--push)", "var(--ads)", "var(--staff)")
"""Colours of several lines in one picture, told apart in both modes."""
WIDE, HIGH = 620, 260

_TEXT = {"labelColor": "var(--soft)", "titleColor": "var(--soft)", "labelFontSize": 12, "titleFontSize": 12}
_LOOK = {
    "view": {"stroke": None},
    "background": None,
    "font": "ui-sans-serif, system-ui, Segoe UI, Roboto, Helvetica Neue, Noto Sans, Arial, sans-serif",
    "axis": {"gridColor": LINE, "domainColor": LINE, "tickColor": LINE, "titleFontWeight": "normal", **_TEXT},
    "legend": {**_TEXT, "labelColor": INK, "titleFontWeight": "normal"},
    "text": {"color": INK, "fontSize": 12},
}


def picture(chart: dict[str, Any], label: str) -> Markup:
    """A chart as SVG that scrolls on narrow screens; `label` says to those who cannot see what it shows."""
    import vl_convert

    # Browsers set text wider than the measuring engine does, so the edges need room.
    room = {"left": 24, "right": 44, "top": 4, "bottom": 4}
    sized = {"width": WIDE, "height": HIGH, "padding": room, **chart, "config": _LOOK}
    svg: str = vl_convert.vegalite_to_svg(json.dumps(sized))
    named = svg.replace("<svg ", str(Markup('<svg role="img" aria-label="{}" ').format(label)), 1)
    named = named.replace('class="marks"', 'class="picture"', 1)
    return Markup('<div class="wide">{}</div>').format(Markup(named))


def number(field: str, title: str | None = None, **more: Any) -> dict[str, Any]:
    """An axis of numbers."""
    return {"field": field, "type": "quantitative", "title": title, **more}


def share(field: str, title: str | None = None, **more: Any) -> dict[str, Any]:
    """An axis of shares from 0 to 1, written in per cent, from zero on."""
    scale = {"domainMin": 0, **more.pop("scale", {})}
    return number(field, title, axis={"format": ".0%", "tickCount": 8}, scale=scale, **more)


def word(field: str, title: str | None = None, **more: Any) -> dict[str, Any]:
    """An axis of words in the order given."""
    return {"field": field, "type": "ordinal", "title": title, "sort": None, **more}


def series(field: str, names: list[str], title: str | None = None) -> dict[str, Any]:
    """One colour for each of the names."""
    colours = [SERIES[at % len(SERIES)] for at in range(len(names))]
    scale = {"domain": names, "range": colours}
    return {"field": field, "type": "nominal", "title": title, "scale": scale}
