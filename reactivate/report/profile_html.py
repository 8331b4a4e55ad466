"""The page of `reactivate profile`: who the customers are, who still comes back, what to expect, and how sure it is."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from reactivate.report import forecast_html, study_lapse, study_rfm
from reactivate.report.html_page import framed
from reactivate.report.html_parts import Spot, joined, percent, section, sentence, table, tile

_TITLE = "What is known of the customers"
_FOOT = Markup(
    "<footer>\n<p>Made by reactivate profile. How figures are reckoned: docs/explanation/analytics.md.</p>\n</footer>"
)


def page(stats: dict[str, Any]) -> str:
    """The page of a `reactivate.profile/1`. Pure: the same JSON gives the same bytes; figures lead to their place."""
    spot = Spot(stats)
    check = spot["holdout"]
    chapters = [
        _warnings(spot),
        study_lapse.stage_bars(spot["stage"]),
        study_rfm.groups(spot["rfm_map"]),
        study_rfm.grid(spot["rfm_map"]),
        study_lapse.returning(spot["silence"]),
        base_rates(spot["base_rates"]),
        ahead(spot),
        forecast_html.calibration(check) if check["returning_customers"].known else None,
        models(spot["models"]),
    ]
    return framed(_TITLE, _head(spot), chapters, _FOOT)


def _head(spot: Spot) -> Markup:
    shape = '<header>\n<h1>{}</h1>\n<ul class="chips">{}</ul>\n{}\n<dl class="tiles">{}</dl>\n</header>'
    chips = joined(Markup("<li>{}</li>").format(chip) for chip in _chips(spot))
    said = verdict(spot)
    told = Markup('<p class="verdict">{}</p>').format(sentence(said)) if said else Markup("")
    return Markup(shape).format(_TITLE, chips, told, joined(_tiles(spot)))


def _chips(spot: Spot) -> Iterator[Any]:
    yield f"on {spot['as_of'].text}"
    if spot["orders_after_as_of"]:
        yield Markup("{} later orders not looked at").format(spot["orders_after_as_of"].number())
    for reason in spot["set_aside"].value or {}:
        yield Markup("{} rows set aside: {}").format(spot["set_aside"][reason].number(), reason)


def verdict(spot: Spot) -> str:
    """What history says of those who are silent; empty when it holds nobody."""
    silent = spot["base_rates"]["silent_90_days"]
    if not silent["people"]:
        return ""
    people, day = silent["people"].amount, spot["base_rates"]["from"].text
    came, within = percent(silent["share"].amount), spot["base_rates"]["within_days"].text
    return (
        f"of {people:,.0f} customers silent for 90 days or more on {day}, {came} came back by themselves "
        f"within {within} days"
    )


def _tiles(spot: Spot) -> Iterator[Markup]:
    yield tile("Customers", spot["customers"].number(),
               Markup("{} with an order").format(spot["customers_with_orders"].number()))  # fmt: skip
    yield tile(
        "Orders", spot["orders"].number(), Markup("{} in all").format(spot["revenue"].money(spot["currency"].value))
    )
    ahead = spot["forecast"]
    who = ahead["returning_customers"]["ours"]
    yield tile(f"Order within {ahead['within_days'].text} days", who.rounded(), "expected, without any campaign")


def _warnings(spot: Spot) -> Markup | None:
    said = [
        Markup('<p class="note">{}: {}</p>').format(row["code"].text, sentence(row["message"].text))
        for row in spot["warnings"]
    ]
    return section("warnings", "To know before reading on", "", joined(said)) if said else None


def base_rates(spot: Spot) -> Markup | None:
    """Who came back by himself: a map of silence and orders."""
    cells = {(row["silent_from_days"].value, row["orders_from"].value): row for row in spot["cells"] if row["people"]}
    if not cells:
        return None
    silences, counts = (sorted({pair[at] for pair in cells}) for at in (0, 1))

    def cell(silent: int, orders: int) -> Markup:
        row = cells.get((silent, orders))
        if row is None:
            return Markup("<td></td>")
        heat, said = round(5 * row["share"].amount), row["share"].share()
        return Markup('<td class="heat-{}">{}<small>of {}</small></td>').format(heat, said, row["people"].number())

    body = joined(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            _span(silences, silent, "days silent"), joined(cell(silent, orders) for orders in counts)
        )
        for silent in silences
    )
    heads = joined(Markup('<th scope="col">{}</th>').format(_span(counts, orders, "orders")) for orders in counts)
    shape = '<div class="wide"><table class="map"><thead><tr><th></th>{}</tr></thead><tbody>{}</tbody></table></div>'
    lead = Markup("Customers as they stood on {}, and the share that ordered in the next {} days: history, no model.")
    when = lead.format(spot["from"].text, spot["within_days"].number())
    return section("base-rates", "Who came back by himself", when, Markup(shape).format(heads, body))


def _span(starts: list[int], start: int, unit: str) -> str:
    """`30 to 59 days silent`, `1 order`, `180 and more days silent`."""
    later = [one for one in starts if one > start]
    if not later:
        return f"{start} and more {unit}"
    if later[0] > start + 1:
        return f"{start} to {later[0] - 1} {unit}"
    return f"{start} {unit.removesuffix('s') if start == 1 else unit}"


def ahead(spot: Spot) -> Markup:
    """The window that follows and the one that is over: ours, the naive rule, the truth."""
    past, coming = spot["holdout"], spot["forecast"]
    ways = ("ours", "corrected", "naive", "truth")
    rows = []
    for said, key in (("customers who order", "returning_customers"), ("orders", "orders")):
        for window in (past, coming):
            if window[key].known:
                day = spot["as_of"].text if window is coming else past["as_of"].text
                rows.append([f"{said} after {day}", *(window[key][way].rounded() for way in ways)])
    lead = Markup(
        "{} days each. Corrected: ours with half of what it missed in the window that is over; naive: as in it."
    )
    when = lead.format(coming["within_days"].number())
    return section("forecast", "What is to be expected", when, table(["", *ways], rows))


def models(spot: Spot) -> Markup | None:
    """Parameters with their intervals, and which model is used."""
    rows = []
    for name in spot.value or {}:
        model = spot[name]
        for parameter in model["parameters"].value if name != "used" else ():
            found = model["parameters"][parameter]
            rows.append([f"{name}: {parameter}", *(found[key].rounded(3) for key in ("value", "low", "high"))])
    if not rows:
        return None
    lead = Markup(
        "The forecasts come from {}; the others stand there for comparison. Time is in weeks, intervals are 95 %."
    )
    heads = ["parameter", "value", "from", "to"]
    return section("models", "Fitted parameters", lead.format(spot["used"].text), table(heads, rows))
