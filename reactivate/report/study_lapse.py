"""The page of silence: the stages, the curve with its line, and a line for each category."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from reactivate.report import charts
from reactivate.report.html_parts import DASH, Spot, section, table, tile, words

TITLE = "When a customer is lost"
_MOST_LINES = 6


def chips(spot: Spot) -> Iterator[str]:
    yield f"line: fewer than {_whole(spot['returns_below'].amount)} return within {spot['within_days'].text} days"


def verdict(spot: Spot) -> str:
    below, within = _whole(spot["returns_below"].amount), spot["within_days"].text
    if not spot["line_days"].known:
        return f"nowhere in this history do fewer than {below} return within {within} days: no line can be learned"
    return (
        f"after {spot['line_days'].text} days of silence fewer than {below} return by themselves within {within} days"
    )


def tiles(spot: Spot) -> Iterator[Markup]:
    named = {"active": "Active", "repeat": "To be sold to again", "lost": "Lost"}
    below = {
        "active": "two orders or more, within the rhythm",
        "repeat": "new, late or won back",
        "lost": "lapsed or lost",
    }
    for word, title in named.items():
        yield tile(title, spot["classes"][word].number(), below[word])


def stages(spot: Spot) -> Markup:
    return stage_bars(spot["stages"])


def stage_bars(found: Spot) -> Markup:
    """Customers by stage; `found` has a number for each word that somebody has."""
    names = ("potential", "new", "active", "late", "lapsed", "lost", "won_back")
    rows = [{"stage": words(name), "customers": found[name].amount} for name in names]
    axes = {"y": charts.word("stage", axis={"domain": False, "ticks": False}), "x": charts.number("customers")}
    labels = {"text": {"field": "customers", "type": "quantitative", "format": ","}}
    chart = {
        "data": {"values": rows},
        "encoding": axes,
        "layer": [
            {"mark": {"type": "bar", "color": charts.MAIN, "cornerRadiusEnd": 2}},
            {"mark": {"type": "text", "align": "left", "dx": 5}, "encoding": labels},
        ],
        "height": 200,
    }
    lead = "Everybody is at exactly one stage: by the own rhythm, or by the line that the business draws."
    return section("stages", "Stages of life", lead, charts.picture(chart, "Customers by stage"))


def returning(spot: Spot) -> Markup | None:
    rows = [row for row in spot["curve"].value if row["returns_within"] is not None]
    if not rows:
        return None
    within = spot["within_days"].text
    below = spot["returns_below"].amount
    axes = {
        "x": charts.number("silent_days", "days of silence", scale={"nice": False}),
        "y": charts.share("returns_within", f"order within {within} days"),
    }
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "line", "color": charts.MAIN, "strokeWidth": 2.5}, "encoding": axes},
        {"data": {"values": [{"y": below}]}, "mark": {"type": "rule", "color": charts.HELD, "strokeDash": [5, 4]},
         "encoding": {"y": charts.share("y", f"order within {within} days")}},
    ]  # fmt: skip
    line = spot["line_days"]
    if line.known:
        mark = {"type": "rule", "color": "var(--bad)", "strokeWidth": 2}
        said = {
            "type": "text",
            "align": "left",
            "dx": 6,
            "dy": -100,
            "color": "var(--bad)",
            "text": f"{line.text} days",
        }
        place = {"x": charts.number("x", "days of silence")}
        layers += [{"data": {"values": [{"x": line.value}]}, "mark": mark, "encoding": place},
                   {"data": {"values": [{"x": line.value}]}, "mark": said, "encoding": place}]  # fmt: skip
    lead = (
        f"Of those who have been silent for so many days, the share that orders by itself within the next {within}. "
        f"The dashed line is {_whole(below)}. Where fewer than 30 silences were watched, the curve ends."
    )
    chart = {"data": {"values": rows}, "layer": layers}
    return section("returning", "Who still comes back", lead, charts.picture(chart, "Chance to return by silence"))


def survival(spot: Spot) -> Markup | None:
    largest = [row["group"].text for row in spot["lines"]][:_MOST_LINES]
    curves = {"everybody": spot["curve"].value, **{name: spot["curves"].value.get(name, []) for name in largest}}
    rows = [
        {"days": row["silent_days"], "share": row["still_silent"], "group": name}
        for name, points in curves.items()
        for row in points
        if row["watched"] >= _ENOUGH
    ]
    if not rows:
        return None
    chart = {
        "data": {"values": rows},
        "mark": {"type": "line", "strokeWidth": 2, "interpolate": "step-after"},
        "encoding": {
            "x": charts.number("days", "days since the order", scale={"nice": False}),
            "y": charts.share("share", "still silent", scale={"domain": [0, 1]}),
            "color": charts.series("group", list(curves)),
        },
    }
    lead = "Of all orders, the share that no other has followed after so many days (Kaplan and Meier's estimate)."
    return section("survival", "How long silence lasts", lead, charts.picture(chart, "Survival of silence"))


_ENOUGH = 30


def _whole(share: float) -> str:
    """`10%`: the line as it was asked for."""
    return f"{100 * share:g}%"


def lines(spot: Spot) -> Markup | None:
    rows = [
        [row["group"].text, row["people"].number(), row["silences"].number(),
         row["line_days"].number() if row["line_days"].known else DASH]
        for row in spot["lines"]
    ]  # fmt: skip
    if not rows:
        return None
    lead = (
        "Days of silence after an order of each kind; a dash where history shows no line, so that of the base counts."
    )
    heads = [spot["by"].text, "people", "silences watched", "line in days"]
    return section("lines", "A line for each", lead, table(heads, rows[:_MOST_ROWS]))


_MOST_ROWS = 40

CHAPTERS = (stages, returning, survival, lines)
