"""Chapters of the proof beside the main comparison: segments and offers, variants, money, and what is no lift."""

from collections.abc import Sequence

from markupsafe import Markup

from reactivate.report.html_parts import DASH, Spot, joined, note, section, table, words
from reactivate.report.pictures import bar, small_interval


def parts(report: Spot) -> Markup | None:
    """Effect per segment and offer, on one scale, with intervals that hold for all of them at once."""
    rows = [row for row in report["parts"]["rows"] if row["difference"].known]
    if not rows:
        return None
    edges = _edges([row["adjusted"] for row in rows])
    body = [
        (
            Markup("{}: {}").format(row["by"].text, words(row["name"].value) or "all others"),
            Markup("{} of {}").format(row["treated_reached"].number(), row["treated"].number()),
            Markup("{} of {}").format(row["holdout_reached"].number(), row["holdout"].number()),
            row["difference"].points(),
            Markup("{} to {}").format(row["adjusted"]["low"].points(), row["adjusted"]["high"].points()),
            _picture(row, edges),
        )
        for row in rows
    ]
    lead = Markup(
        "{} comparisons are made here, and the more one looks, the more chance shows. So these intervals are wide "
        "enough to hold for all of them at once. A segment that looks best is mostly the luckiest: the next plan moves "
        "each towards the mean by as much as it is unsure."
    ).format(report["parts"]["comparisons"].number())
    heads = ("", "written to", "left alone", "difference", "95% for all at once", "")
    return section("parts", "Where it worked", lead, table(heads, body))


def variants(report: Spot) -> Markup | None:
    """Arms of a split against the first one."""
    rows = []
    for split in report["variants"]:
        for arm in split["arms"]:
            found = arm["outcomes"][0]
            rows.append(
                (
                    Markup("{}: {} against {}").format(
                        words(split["step"].value), arm["arm"].text, split["first"].text
                    ),
                    arm["n"].number(),
                    split["first_n"].number(),
                    found["treated"].share(),
                    found["control"].share(),
                    found["difference"].points(),
                    Markup("{} to {}").format(found["low"].points(), found["high"].points()),
                )
            )
    if not rows:
        return None
    lead = (
        "Drawn by lot among those who came to the step, so they are compared with each other, never with the holdout."
    )
    heads = ("", "people", "people of the first", "goal", "goal of the first", "difference", "95%")
    return section("variants", "One wording against another", lead, table(heads, rows))


def gain(money: Spot) -> Markup:
    """What the campaign brought in all, and per person with interval; empty without margin or holdout."""
    found, currency = money["gain"], money["currency"].value
    if not found:
        return Markup("")
    rows = [
        ("extra revenue", found["revenue"].money(currency), ""),
        ("extra margin", found["margin"].money(currency), ""),
        ("contacts and offers", found["cost"].money(currency), ""),
        *staff_bonus("staff bonus", found["staff_bonus"], currency, ""),
        (
            "extra profit",
            found["profit"].money(currency),
            Markup("{} to {}").format(found["low"].money(currency), found["high"].money(currency)),
        ),
        ("extra customers", found["extra_customers"].number(), ""),
    ]
    beside = [
        (
            words(row["outcome"].value),
            row["difference"].money(currency),
            _between(row, currency),
            _between(row["bootstrap"], currency),
            _between(row["cuped"], currency),
        )
        for row in money["per_person"]
    ]
    heads = ("per person assigned", "difference", "95%", "by resampling", "past year taken out (CUPED)")
    final = (
        "" if money["final"].value else "The campaign still runs: the wide intervals stay true however often one looks."
    )
    return joined(
        [
            Markup("<h3>What it brought, above what would have come anyway</h3>"),
            table(("of all written to", "in all", "95% sure"), rows),
            Markup("<h3>The same per person, everybody assigned counted</h3>"),
            table(heads, beside),
            Markup('<p class="note">{}</p>').format(final) if final else "",
        ]
    )


def staff_bonus(label: str, due: Spot, currency: str, *more: str) -> list[tuple[Markup | str, ...]]:
    """The line of the staff bonus; none where the campaign promises none."""
    return [(label, due.money(currency), *more)] if due.known else []


def beside(report: Spot) -> Markup | None:
    """Attribution by click or code, and how those who came back went on: neither is lift."""
    found, later = report["attribution"], report["second_life"]
    if not found["reached"].amount:
        return None
    rows = [
        ("reached the goal", found["reached"].number(), DASH),
        ("of them after a click", found["after_click"].number(), _share(found, "after_click")),
        ("of them with a code used", found["by_code"].number(), _share(found, "by_code")),
    ]
    body = [table(("written to", "people", "share"), rows), note(found["said"])]
    if later["treated"]["shares"]:
        body.append(_second_life(later))
    lead = "Clicks and codes say how people came, not why. Regular customers use coupons most."
    return section("beside", "Beside it, and no lift", lead, *body)


def all_campaigns(report: Spot) -> Markup | None:
    """The account-wide holdout against everybody else."""
    found, currency = report["all_campaigns"], report["currency"].value
    if not found:
        return None
    rows = [
        ("may be written to", found["people"].number(), found["ordered"].number()),
        ("left alone by every campaign", found["held_out"].number(), found["held_out_ordered"].number()),
    ]
    said = Markup("Difference {} ({} to {}), margin per person {} ({} to {}).").format(
        *(found[key].points() for key in ("difference", "low", "high")),
        *(found["margin_per_person"][key].money(currency) for key in ("difference", "low", "high")),
    )
    lead = f"Customers of before {found['since'].text}, and who ordered since. A lot of its own, for all campaigns."
    body = [table(("", "people", "ordered since"), rows), Markup('<p class="note">{}</p>').format(said)]
    if found["split"]["good"].value is False:
        body[1] = Markup('<p class="bad">No result: the holdout is {}</p>').format(found["split"]["said"].text)
    return section("all-campaigns", "All campaigns together", lead, *body)


def _second_life(later: Spot) -> Markup:
    rows = []
    for at in range(int(later["most"].amount)):
        treated, held = (later[arm]["shares"][at] for arm in ("treated", "holdout"))
        bars = Markup("{}{}").format(bar([("main", treated.amount)]), bar([("held", held.amount)]))
        rows.append((Markup("{} more or more").format(at + 1), treated.share(), held.share(), bars))
    said = Markup("Of {} written to and {} left alone who came back, so many ordered again within the time followed.")
    people = said.format(later["treated"]["people"].number(), later["holdout"]["people"].number())
    return joined(
        [
            Markup("<h3>How those who came back went on</h3>"),
            table(("orders", "written to", "left alone", ""), rows),
            Markup('<p class="note">{}</p>').format(people),
        ]
    )


def _picture(row: Spot, edges: tuple[float, float]) -> Markup:
    ends = row["adjusted"]
    if not ends["low"].known:
        return DASH
    label = f"{row['name'].text}: {row['difference'].value:+.4f}"
    return small_interval(ends["low"].amount, row["difference"].amount, ends["high"].amount, edges, label)


def _edges(rows: Sequence[Spot]) -> tuple[float, float]:
    """One scale for all rows, holding zero."""
    lows, highs = ([row[end].amount for row in rows] for end in ("low", "high"))
    return min([0.0, *lows]), max([0.0, *highs])


def _between(row: Spot, currency: str) -> Markup:
    if not row["low"].known:
        return DASH
    return Markup("{} to {}").format(row["low"].money(currency), row["high"].money(currency))


def _share(found: Spot, key: str) -> Markup:
    """Of those who reached the goal."""
    share = found[key].amount / found["reached"].amount
    return Markup("{}").format(f"{share:.1%}")
