"""The page of next products: the strongest pairs and sequences, and where the titles come from."""

from collections.abc import Iterator

from markupsafe import Markup

from reactivate.report import charts
from reactivate.report.html_parts import Spot, section, table, tile

TITLE = "What goes with what"
_BARS, _ROWS = 15, 40
_SAID = {
    "together": "often in one order with something of theirs",
    "next": "usually bought on the next day of shopping",
    "category": "a best seller of their last category",
}


def chips(spot: Spot) -> Iterator[str]:
    yield f"{spot['lines'].amount:,.0f} lines"
    yield f"pairs seen {spot['least'].text} times or more"


def verdict(spot: Spot) -> str:
    share = spot["with_titles"].amount / (spot["people"].amount or 1)
    known, people = (f"{spot[name].amount:,.0f}" for name in ("with_titles", "people"))
    return f"for {known} of {people} customers ({share:.0%}) there is a title to name"


def tiles(spot: Spot) -> Iterator[Markup]:
    yield tile("Bought together", spot["pairs"]["together"].number(), "pairs, more often than by chance")
    yield tile("Bought next", spot["pairs"]["next"].number(), "pairs on the very next day of shopping")
    yield tile("Novelties for", spot["with_novelties"].number(), "customers since their last order")


def together(spot: Spot) -> Markup | None:
    lead = "Share: of the orders with the first title, those that hold the second too. Lift: how many times chance."
    return _pairs(spot, "together", "Bought together", lead, "orders with both")


def following(spot: Spot) -> Markup | None:
    lead = "Share: of those who bought the first title, those who took the second on their next day of shopping."
    return _pairs(spot, "next", "Usually bought next", lead, "people")


def _pairs(spot: Spot, kind: str, title: str, lead: str, unit: str) -> Markup | None:
    rows = list(spot[kind])
    if not rows:
        return None
    bars = [
        {"pair": f"{_short(row['item'].text)} → {_short(row['other'].text)}", "count": row["count"].amount}
        for row in rows[:_BARS]
    ]
    chart = {
        "data": {"values": bars},
        "mark": {"type": "bar", "color": charts.MAIN, "cornerRadiusEnd": 2},
        "encoding": {
            "y": charts.word("pair", axis={"domain": False, "ticks": False, "labelLimit": 420}),
            "x": charts.number("count", unit, axis={"tickMinStep": 1}),
        },
        "width": 360,
        "padding": {"left": 70, "right": 24, "top": 4, "bottom": 4},
        "height": {"step": 20},
    }
    figures = [
        [row["item"].text, row["other"].text, row["count"].number(), row["share"].share(), row["lift"].number()]
        for row in rows[:_ROWS]
    ]
    heads = ["with", "goes", unit, "share", "lift"]
    return section(kind, title, lead, charts.picture(chart, title), table(heads, figures, text=2))


def reasons(spot: Spot) -> Markup | None:
    rows = [[said, spot["reasons"][word].number()] for word, said in _SAID.items() if spot["reasons"][word].known]
    if not rows:
        return None
    lead = "Never what somebody ever bought or gave back, and never what is no longer sold."
    return section("reasons", "Why the titles are recommended", lead, table(["reason", "titles"], rows))


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST else title[: _LONGEST - 1].rstrip() + "…"


_LONGEST = 26

CHAPTERS = (together, following, reasons)
