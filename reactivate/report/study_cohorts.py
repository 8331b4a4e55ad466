"""The page of cohorts: the curves of coming again, and the triangle of shares."""

from collections.abc import Iterator

from markupsafe import Markup

from reactivate.report import charts
from reactivate.report.html_parts import Spot, joined, percent, section, table, tile

TITLE = "Who comes again"
_MOST_CURVES, _MOST_ROWS, _MOST_MONTHS = 7, 36, 18


def chips(spot: Spot) -> Iterator[str]:
    yield "cohorts by month of the first order" if spot["by"].text == "month" else f"cohorts by {spot['by'].text}"


def verdict(spot: Spot) -> str:
    found = _cohorts(spot)
    third = [(row[2]["people"].amount, row[2]["returned"].amount) for row in found.values() if 2 in row]
    people, came = sum(row[0] for row in third), sum(row[1] for row in third)
    if not people:
        return "no cohort is three months old yet"
    return f"{percent(came / people)} of {people:,.0f} customers ordered again within 90 days of their first order"


def tiles(spot: Spot) -> Iterator[Markup]:
    for row in spot["still_silent"]:
        if row["days"].value in (30, 90, 365):
            below = Markup("last longer than {} days").format(row["days"].number())
            yield tile("Of all silences", row["share"].share(), below)


def curves(spot: Spot) -> Markup | None:
    found = _cohorts(spot)
    chosen = _chosen(spot, found)
    rows = [
        {"cohort": name, "month": month + 1, "share": row["returned_share"].amount}
        for name in chosen
        for month, row in found[name].items()
    ]
    if not rows:
        return None
    chart = {
        "data": {"values": rows},
        "mark": {"type": "line", "strokeWidth": 2, "point": {"size": 24}},
        "encoding": {
            "x": charts.number("month", "months since the first order", axis={"tickMinStep": 1}),
            "y": charts.share("share", "came again"),
            "color": charts.series("cohort", chosen),
        },
    }
    which = "seven cohorts from the oldest to the youngest" if spot["by"].text == "month" else "the largest cohorts"
    lead = f"Share that has ordered again by the end of each month of 30 days; {which}."
    return section("curves", "Repeat curves", lead, charts.picture(chart, "Share that came again by month of age"))


def triangle(spot: Spot) -> Markup | None:
    found = _cohorts(spot)
    if not found:
        return None
    names = list(found)
    if spot["by"].text != "month":
        names.sort(key=lambda name: -found[name][0]["people"].amount)
    months = range(min(max(max(row) for row in found.values()) + 1, _MOST_MONTHS))
    most = max((row["ordered_share"].amount for one in found.values() for row in one.values()), default=0.0) or 1.0

    def cell(row: Spot | None) -> Markup:
        if row is None:
            return Markup("<td></td>")
        share = row["ordered_share"]
        return Markup('<td class="heat-{}">{}</td>').format(round(5 * share.amount / most), share.share())

    body = joined(
        Markup('<tr><th scope="row">{}<small> {}</small></th>{}</tr>').format(
            name, found[name][0]["people"].number(), joined(cell(found[name].get(month)) for month in months)
        )
        for name in names[:_MOST_ROWS]
    )
    heads = joined(Markup('<th scope="col">{}</th>').format(month + 1) for month in months)
    page = '<div class="wide"><table class="map"><thead><tr><th></th>{}</tr></thead><tbody>{}</tbody></table></div>'
    lead = "Share that ordered in the first, second … month after the first order; beside each name its size."
    return section("triangle", "Who ordered in which month", lead, Markup(page).format(heads, body))


def figures(spot: Spot) -> Markup | None:
    rows = []
    for name, lived in _cohorts(spot).items():
        last = lived[max(lived)]
        interval = Markup("{} to {}").format(last["low"].share(), last["high"].share())
        size, months = last["people"].number(), last["month"].value + 1
        rows.append([name, size, months, last["returned"].number(), last["returned_share"].share(), interval])
    if not rows:
        return None
    heads = [spot["by"].text, "old enough", "months", "came again", "share", "95 % interval"]
    lead = "Each cohort at the greatest age that can be told."
    return section("figures", "In figures", lead, table(heads, rows[:_MOST_ROWS]))


def _cohorts(spot: Spot) -> dict[str, dict[int, Spot]]:
    found: dict[str, dict[int, Spot]] = {}
    for row in spot["cohorts"]:
        found.setdefault(row["cohort"].text, {})[int(row["month"].value)] = row
    return found


def _chosen(spot: Spot, found: dict[str, dict[int, Spot]]) -> list[str]:
    """Few enough lines to be told apart."""
    names = list(found)
    if spot["by"].text != "month":
        return sorted(names, key=lambda name: (-found[name][0]["people"].amount, name))[:_MOST_CURVES]
    if len(names) <= _MOST_CURVES:
        return names
    return [names[round(at * (len(names) - 1) / (_MOST_CURVES - 1))] for at in range(_MOST_CURVES)]


CHAPTERS = (curves, triangle, figures)
