"""Chapters of what a campaign brought: funnel, effect, money, days, steps, answers, ends. Each takes the report."""

from typing import Any

from markupsafe import Markup

from reactivate.report import html_effect
from reactivate.report.html_parts import DASH, Spot, joined, legend, note, section, table, words
from reactivate.report.pictures import Series, bar, interval
from reactivate.report.pictures import timeline as timeline_picture

_CHANNELS = ("email", "sms", "call", "messenger", "push", "ads", "staff")
_BACK = (("answers", "answers"), ("goals", "goals reached"), ("refusals", "refusals"))
_STEP_COLUMNS = (
    ("planned", "planned"),
    ("accepted", "handed over"),
    ("delivered", "delivered"),
    ("bounced", "bounced"),
    ("clicked", "clicked"),
    ("answered", "answered"),
    ("skipped", "skipped"),
    ("suppressed", "refused before"),
    ("expired", "expired"),
    ("cancelled", "cancelled"),
    ("rejected", "rejected"),
    ("unknown", "unknown"),
    ("dead", "given up"),
    ("open", "still open"),
)
_ALWAYS = {"planned", "accepted", "answered"}


def funnel(report: Spot) -> Markup | None:
    if not report["funnel"]:
        return None
    rows = []
    for row in report["funnel"]:
        of = Markup("{} · {} of {} {}").format(
            row["people"].number(), row["share"].share(), row["of_people"].number(), words(row["of"].value)
        )
        page = '<li><p><span>{}</span><span class="of">{}</span></p>{}</li>'
        rows.append(Markup(page).format(words(row["name"].value), of, bar([("main", row["share"].amount)])))
    lead = "From the heap of records to the people who said yes. Every share names what it is a share of."
    return section("funnel", "The way of the base", lead, Markup('<ol class="steps">{}</ol>').format(joined(rows)))


def lift(report: Spot) -> Markup | None:
    lift = report["lift"]
    if not lift["treated"].known:
        return None
    rates = (
        ("written to", "main", lift["treated"], lift["treated_reached"], lift["treated_rate"]),
        ("left alone by lot", "held", lift["holdout"], lift["holdout_reached"], lift["holdout_rate"]),
    )
    most = max((rate.amount for *_, rate in rates), default=0.0) or 1.0
    rows = [
        (
            Markup("{}{}").format(name, bar([(kind, rate.amount / most * 0.95)])),
            people.number(),
            reached.number(),
            rate.share(),
        )
        for name, kind, people, reached, rate in rates
    ]
    body = [table(("", "people", "reached the goal", "share"), rows)]
    if lift["difference"].known:
        label = f"difference {lift['difference'].value:+.4f}, between {lift['low'].value} and {lift['high'].value}"
        body.append(
            Markup("<h3>Because of the campaign: {} (95% sure: {} to {})</h3>").format(
                lift["difference"].points(), lift["low"].points(), lift["high"].points()
            )
        )
        body += [note(text) for text in (report["reading"]["said"], report["split"]["said"]) if text]
        picture = interval(lift["low"].amount, lift["difference"].amount, lift["high"].amount, label)
        body.append(Markup('<div class="wide">{}</div>').format(picture))
    elif report["split"]["good"].value is False:
        body.append(Markup('<p class="bad">No result: the holdout is {}</p>').format(report["split"]["said"].text))
    lead = (
        "Some come back without us. So a part of those who qualified was left alone by lot; only what lies between "
        "the two counts. Everybody assigned is counted, reached or not."
    )
    return section("effect", "Who came because of it", lead, *body)


def money(report: Spot) -> Markup | None:
    money = report["money"]
    if not money["rows"]:
        return None
    currency = money["currency"].value

    def cell(row: Spot, key: str) -> Markup:
        return row[key].number() if row["name"].value == "orders" else row[key].money(currency)

    rows = [
        (words(row["name"].value), *(cell(row, key) for key in ("treated", "holdout", "per_person_difference")))
        for row in money["rows"]
    ]
    spent = [
        ("contacts", money["contact_cost"].money(currency)),
        ("offers", money["offer_cost"].money(currency)),
        *html_effect.staff_bonus("staff bonus, due so far", money["staff_bonus"], currency),
        ("per customer who came because of it", money["gain"]["cost_per_extra"].money(currency)),
    ]
    follow = report["goal"]["follow_days"]
    said = "Orders from entering on, at most {} days. The last column is per person: written to less left alone."
    lead = Markup(said).format(follow.number())
    return section(
        "money",
        "Money",
        lead,
        table(("", "written to, in all", "left alone, in all", "difference per person"), rows),
        html_effect.gain(money),
        Markup("<h3>What it cost</h3>"),
        table(("", "spent so far"), spent),
        *([note(report["success"]["said"])] if report["success"]["said"].known else []),
    )


def timeline(report: Spot) -> Markup | None:
    rows: list[dict[str, Any]] = report["timeline"].value or []
    shown = {key for row in rows for key, number in row.items() if key != "day" and number}
    series = [Series(key, key, key) for key in _CHANNELS if key in shown]
    series += [Series(key, key, word, below=True) for key, word in _BACK if key in shown]
    if not series:
        return None
    total = ", ".join(f"{sum(row.get(one.key) or 0 for row in rows):,} {one.word}" for one in series)
    picture = timeline_picture(rows, series, f"Day by day: {total}")
    lead = "What left the house stands on the line, what came back hangs below it. Each half has its own scale."
    return section("timeline", "Day by day", lead, picture, legend((one.kind, one.word) for one in series))


def steps(report: Spot) -> Markup | None:
    if not report["steps"]:
        return None
    shown = [
        (key, word) for key, word in _STEP_COLUMNS if key in _ALWAYS or any(row[key].amount for row in report["steps"])
    ]
    currency = report["currency"].value
    rows = [
        (
            words(row["step"].value),
            words(row["channel"].value),
            *(row[key].number() for key, _ in shown),
            row["cost"].money(currency),
        )
        for row in report["steps"]
    ]
    body = [table(("step", "by", *(word for _, word in shown), "cost"), rows, text=2)]
    pair = [
        _counted("Why steps were not done", ("step", "because", "people"), report["skipped"], "reason"),
        _counted("How calls ended", ("call", "result", "people"), report["results"], "result"),
    ]
    if any(pair):
        body.append(Markup('<div class="columns">{}</div>').format(joined(pair)))
    return section("steps", "Step by step", "Each person gets each step once; every touch ends in one column.", *body)


def _counted(title: str, heads: tuple[str, ...], rows: Spot, key: str) -> Markup:
    """A small table of people per step and word."""
    if not rows:
        return Markup("")
    done = [(words(row["step"].value), words(row[key].value) or DASH, row["people"].number()) for row in rows]
    return Markup("<div><h3>{}</h3>{}</div>").format(title, table(heads, done, text=2))


def answers(report: Spot) -> Markup | None:
    if not report["answers"]:
        return None
    questions: dict[str, list[Spot]] = {}
    for row in report["answers"]:
        questions.setdefault(row["question"].text, []).append(row)
    body = []
    for question, rows in questions.items():
        most = max(row["people"].amount for row in rows) or 1.0
        page = '<li><p><span>{}</span><span class="of">{}</span></p>{}</li>'
        bars = joined(
            Markup(page).format(row["label"].text, people.number(), bar([("answers", people.amount / most)]))
            for row, people in ((row, row["people"]) for row in rows)
        )
        body.append(Markup('<h3>{}</h3><ol class="steps">{}</ol>').format(words(question), bars))
    return section("answers", "What people answered", "An answer of several words counts for each of them.", *body)


def outcomes(report: Spot) -> Markup | None:
    if not report["outcomes"]:
        return None
    rows = [
        (words(row["outcome"].value), row["treated"].number(), row["holdout"].number()) for row in report["outcomes"]
    ]
    lead = "How each passage through the campaign ended, for those written to and those left alone."
    return section("outcomes", "How it ended", lead, table(("", "written to", "left alone"), rows))
