"""The page of RFM: map, groups, where the scores were cut, who moved and what moved them."""

from collections.abc import Iterator
from math import sqrt

from markupsafe import Markup

from reactivate.report import charts
from reactivate.report.html_parts import Spot, joined, percent, section, table, tile, words

TITLE = "Who the customers are"
_ORDER = ("champions", "loyal", "promising", "new", "at_risk", "cant_lose", "hibernating", "lost")
_CAUSES = {"order": "an order", "return": "a return", "silence": "silence", "others": "the others around them"}


def chips(spot: Spot) -> Iterator[str]:
    yield f"moved since {spot['since'].text}"


def verdict(spot: Spot) -> str:
    best = {row["rfm"].text: row for row in spot["groups"]}
    risk = [best[word] for word in ("at_risk", "cant_lose") if word in best]
    people, revenue = (sum(row[name].amount for row in risk) for name in ("people", "revenue_share"))
    if not people:
        return "nobody is at risk of being lost"
    who = f"{people:,.0f} customers who brought {percent(revenue)} of the revenue"
    return f"{who} are slipping away: at risk, or such as one cannot lose"


def tiles(spot: Spot) -> Iterator[Markup]:
    moved = spot["moved_by"]
    yield tile("Customers", spot["people"].number(), Markup("{} with an order").format(spot["with_orders"].number()))
    champions = next((row for row in spot["groups"] if row["rfm"].text == "champions"), None)
    if champions is not None and champions["people"].amount:
        part = Markup("{} of the revenue").format(champions["revenue_share"].share())
        yield tile("Champions", champions["people"].number(), part)
    below = Markup("{} by silence, {} stayed").format(moved["silence"].number(), moved["stayed"].number())
    yield tile("Moved by an order", moved["order"].number(), below)


def groups(spot: Spot) -> Markup | None:
    rows = [row for row in spot["groups"] if row["people"].amount]
    if not rows:
        return None
    bars = [
        {"group": words(row["rfm"].value), "part": part, "share": row[name].amount}
        for row in rows
        for name, part in (("share", "of the customers"), ("revenue_share", "of the revenue"))
    ]
    chart = {
        "data": {"values": bars},
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "y": charts.word("group", axis={"domain": False, "ticks": False}),
            "yOffset": {"field": "part", "sort": None},
            "x": charts.share("share"),
            "color": charts.series("part", ["of the customers", "of the revenue"]),
        },
        "height": {"step": 13},
    }
    currency = spot["currency"].value
    figures = [
        [words(row["rfm"].value), row["people"].number(), row["share"].share(), row["revenue"].money(currency),
         row["revenue_share"].share(), row["since_last_order_days"].number(), row["orders"].number()]
        for row in rows
    ]  # fmt: skip
    heads = ["group", "people", "share", "revenue", "share", "days silent", "orders"]
    lead = "Eight groups by how lately, how often and for how much they bought; days and orders are means."
    return section("groups", "The groups", lead, charts.picture(chart, "Share of customers and of revenue by group"),
                   table(heads, figures))  # fmt: skip


def grid(spot: Spot) -> Markup | None:
    cells = {(row["r"].value, row["f"].value): row["people"] for row in spot["cells"]}
    if not cells:
        return None
    most = max(one.amount for one in cells.values())

    def cell(r: int, f: int) -> Markup:
        people = cells.get((r, f))
        if people is None:
            return Markup("<td></td>")
        return Markup('<td class="heat-{}">{}</td>').format(round(5 * sqrt(people.amount / most)), people.number())

    body = joined(
        Markup('<tr><th scope="row">f {}</th>{}</tr>').format(f, joined(cell(r, f) for r in range(1, 6)))
        for f in range(5, 0, -1)
    )
    heads = joined(Markup('<th scope="col">r {}</th>').format(r) for r in range(1, 6))
    page = '<div class="wide"><table class="map"><thead><tr><th></th>{}</tr></thead><tbody>{}</tbody></table></div>'
    lead = "Recency from left (longest ago) to right, frequency from bottom (one order) to top; 5 is best."
    return section("grid", "Map", lead, Markup(page).format(heads, body), _cuts(spot))


def _cuts(spot: Spot) -> Markup:
    """What earned each score in this base."""
    said = {"r": "days since the last order", "f": "orders", "m": "revenue"}
    found = {(row["measure"].text, row["score"].value): row for row in spot["cuts"]}
    rows = []
    for measure, name in said.items():
        spans = [found.get((measure, score)) for score in range(1, 6)]
        rows.append([f"{measure}: {name}", *(_span(row) for row in spans)])
    return table(["score", "1", "2", "3", "4", "5"], rows, caption="What earned each score here")


def _span(row: Spot | None) -> Markup:
    if row is None:
        return Markup('<span class="none">–</span>')
    if row["lowest"].value == row["highest"].value:
        return row["lowest"].number()
    return Markup("{} to {}").format(row["lowest"].number(), row["highest"].number())


def movement(spot: Spot) -> Markup | None:
    cells = {(row["was"].value, row["now"].value): row for row in spot["movement"]}
    if not cells:
        return None
    names: list[str | None] = [word for word in _ORDER if any(word in pair for pair in cells)]
    most = max((row["people"].amount for (was, now), row in cells.items() if was != now), default=1.0) or 1.0

    def cell(was: str | None, now: str) -> Markup:
        row = cells.get((was, now))
        if row is None or not row["people"].amount:
            return Markup("<td></td>")
        if was == now:
            return Markup("<td>{}</td>").format(row["people"].number())
        heat = round(5 * sqrt(row["people"].amount / most))
        cause = max(_COUNTED, key=lambda name: row[name].amount)
        return Markup('<td class="heat-{}">{}<small>{}</small></td>').format(
            heat, row["people"].number(), _COUNTED[cause]
        )

    body = joined(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            words(was) if was else "no order yet", joined(cell(was, str(now)) for now in names)
        )
        for was in [*names, None]
    )
    heads = joined(Markup('<th scope="col">{}</th>').format(words(now)) for now in names)
    page = '<div class="wide"><table class="map"><thead><tr><th></th>{}</tr></thead><tbody>{}</tbody></table></div>'
    lead = Markup("From the group on {} (rows) to that on {} (columns). Small: what moved most of them.").format(
        spot["since"].text, spot["as_of"].text
    )
    causes = [[said, spot["moved_by"][cause].number()] for cause, said in _CAUSES.items()]
    causes.append(["stayed", spot["moved_by"]["stayed"].number()])
    return section("movement", "Who moved", lead, Markup(page).format(heads, body),
                   table(["moved by", "people"], causes))  # fmt: skip


_COUNTED = {"ordered": "an order", "silent": "silence", "returned": "a return", "others": "the others"}

CHAPTERS = (groups, grid, movement)
