"""A report as one HTML file that an owner shows to a partner: nothing is loaded, light and dark, fit to print."""

from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import Any

from markupsafe import Markup

from reactivate.report import html_base, html_effect, html_results
from reactivate.report.html_page import framed
from reactivate.report.html_parts import DASH, Spot, joined, sentence, tile, words

Chapter = Callable[[Spot], Markup | None]
_EFFECT: tuple[Chapter, ...] = (html_results.funnel, html_results.lift, html_effect.parts, html_effect.variants)
_BASE_RATE: tuple[Chapter, ...] = (html_base.base_rate,)
_RESULTS: tuple[Chapter, ...] = (
    html_results.money,
    html_effect.beside,
    html_effect.all_campaigns,
    html_results.timeline,
    html_results.steps,
    html_results.answers,
    html_results.outcomes,
)
_BASE: tuple[Chapter, ...] = (
    html_base.reach,
    html_base.rfm,
    html_base.audience,
    html_base.offers,
    html_base.letters,
    html_base.gathered,
    html_base.gates,
)


def render(report: dict[str, Any]) -> str:
    """The page of a `report/1`, or of a bare `plan/1`. Pure: the same JSON gives the same bytes.

    Every figure is a `<data value=… data-at=path>`, the path leading to it in the JSON. A chapter without data is
    left out; a figure that is null is a dash.
    """
    only_plan = report.get("format") == "plan/1"
    whole = Spot({} if only_plan else report)
    plan = Spot(report) if only_plan else whole["plan"]
    steps: tuple[Chapter, ...] = (html_base.steps,) if only_plan else ()
    order = (
        (_EFFECT, whole),
        (_BASE_RATE, plan),
        (_RESULTS, whole),
        (steps + _BASE, plan),
        ((html_base.glossary,), whole),
    )
    chapters = [chapter(spot) for group, spot in order for chapter in group]
    title = " · ".join(filter(None, (words(plan["campaign"].value), plan["brand"].text))) or "reactivate"
    return framed(title, _head(whole, plan), chapters, _foot(plan))


def _head(whole: Spot, plan: Spot) -> Markup:
    chips = joined(Markup("<li>{}</li>").format(chip) for chip in _chips(whole, plan))
    said = sentence(whole["lift"]["said"].text or plan["smallest_lift_said"].text)
    verdict = Markup('<p class="verdict">{}</p>').format(said) if said else Markup("")
    page = (
        '<header>\n<p class="brand">{}</p>\n<h1>{}</h1>\n<ul class="chips">{}</ul>\n{}\n'
        '<dl class="tiles">{}</dl>\n</header>'
    )
    title = words(plan["campaign"].value).capitalize() or "The base"
    return Markup(page).format(plan["brand"].text, title, chips, verdict, joined(_tiles(whole, plan)))


def _chips(whole: Spot, plan: Spot) -> Iterator[Any]:
    yield f"as of {whole['as_of'].text or plan['as_of'].text}"
    if whole["started_on"]:
        yield f"running since {whole['started_on'].text}"
    goal = whole["goal"]
    if goal["event"]:
        yield Markup("goal: {} within {} days").format(words(goal["event"].value), goal["within_days"].number())
    if plan["purpose"]:
        yield f"purpose: {plan['purpose'].text}"


def _tiles(whole: Spot, plan: Spot) -> Iterator[Markup]:
    people, lift = plan["people"], whole["lift"]
    yield tile(
        "People in the base", people["people"].number(), Markup("from {} records").format(people["records"].number())
    )
    reach = plan["reach"]["any"]["people"]
    if reach.known:
        yield tile("Can be reached", reach.number(), "by at least one channel")
    if lift["treated"].known:
        held = Markup("{} left alone by lot").format(lift["holdout"].number())
        yield tile("In the campaign", lift["treated"].number(), held)
        rates = Markup("{} of them, {} of those left alone").format(
            lift["treated_rate"].share(), lift["holdout_rate"].share()
        )
        yield tile("Reached the goal", lift["treated_reached"].number(), rates)
        between = Markup("between {} and {}").format(lift["low"].points(), lift["high"].points())
        yield tile("Because of it", lift["difference"].points(), between if lift["low"].known else "not known yet")
    elif plan["audience"]["people"].known:
        yield tile("Audience", plan["audience"]["people"].number(), "meet every rule")
        yield tile(
            "Would enter",
            plan["entrants"]["people"].number(),
            Markup("{} held out").format(plan["holdout"]["people"].number()),
        )
    cost = whole["money"]["contact_cost"] if whole["money"] else plan["cost"]["at_most"]
    if cost.known:
        below = "for contacts so far" if whole["money"] else "for contacts at most"
        yield tile("Spent" if whole["money"] else "Cost", cost.money(plan["currency"].value), below)


def _foot(plan: Spot) -> Markup:
    policy, base, ledger = plan["policy"], plan["base"], plan["ledger"]
    plugins = ", ".join(
        f"{one['name'].text} ({one['distribution'].text} {one['version'].text})" for one in plan["plugins"]
    )
    lines = [
        f"Campaign file {PurePath(plan['spec'].text).name}, fingerprint {plan['spec_hash'].text[:12]}",
        f"Base {base['id'].text} read {base['synced_at'].text}; ledger key {ledger['key_id'].text}",
        f"Rules of the country: {policy['pack'].text} of {policy['date'].text}",
        f"Plug-ins: {plugins}" if plugins else "",
        "Made by reactivate. Figures stand in the JSON report under the path in each figure's data-at.",
    ]
    done = joined(Markup("<p>{}</p>").format(line) for line in lines if line)
    return Markup("<footer>\n{}\n</footer>").format(done or DASH)
