"""Chapters of the base and the plan: who can be reached, who is asked, who the customers are. Each takes the plan."""

from math import sqrt

from markupsafe import Markup

from reactivate.report.html_parts import Spot, joined, legend, percent, section, sentence, table, words
from reactivate.report.pictures import bar

_MOST_REASONS = 4
_LETTERS = 4


def audience(plan: Spot) -> Markup | None:
    everyone = plan["audience"]["people"]
    if not everyone.known:
        return None
    whole = everyone.amount or 1.0
    rows: list[tuple[str, Spot, str]] = [("meet every rule of the audience", everyone, "main")]
    rows += [
        (f"left out: {row['detail'].text or words(row['reason'].value)}", row["people"], "held")
        for row in plan["left_out"]
    ]
    rows.append(("enter and are written to", plan["entrants"]["treated"], "main"))
    rows.append(("held out by lot", plan["holdout"]["people"], "held"))
    page = '<li><p><span>{}</span><span class="of">{}</span></p>{}</li>'
    done = joined(
        Markup(page).format(name, people.number(), bar([(kind, people.amount / whole)])) for name, people, kind in rows
    )
    body = [Markup('<ol class="steps">{}</ol>').format(done)]
    undecided = plan["audience"]["undecided"]
    if undecided:
        said = joined(
            (Markup("{}: {}").format(words(name), undecided[name].number()) for name in undecided.value), ", "
        )
        body.append(Markup('<p class="note">Undecided, because something is not known of them: {}.</p>').format(said))
    if len(plan["segments"].value or ()) > 1:
        segments = [
            (words(row["segment"].value) or "everyone", row["people"].number(), row["holdout"].number())
            for row in plan["segments"]
        ]
        body.append(table(("segment", "people", "held out"), segments, caption="Segments"))
    lead = "Who would enter if the campaign ran at this moment, and why the others would not."
    return section("audience", "Who is meant", lead, *body)


def reach(plan: Spot) -> Markup | None:
    channels = [name for name in plan["reach"].value or {} if name != "any"]
    everyone = plan["people"]["people"].amount or 1.0
    if not channels:
        return None
    rows = []
    for name in [*channels, "any"]:
        spot = plan["reach"][name]
        why = [(word, spot["why"][word]) for word in spot["why"].value or {}]
        shown = sorted(why, key=lambda reason: -reason[1].amount)[:_MOST_REASONS]
        parts = [("main", spot["people"].amount / everyone)]
        if name != "any":
            parts += [(f"why-{at}", people.amount / everyone) for at, (_, people) in enumerate(shown)]
        said = Markup("{} · {} of the base").format(spot["people"].number(), percent(spot["people"].amount / everyone))
        page = '<li><p><span>{}</span><span class="of">{}</span></p>{}{}</li>'
        said_why = [Markup("{} {}").format(words(word), people.number()) for word, people in shown]
        keys = [(f"why-{at}", why_not) for at, why_not in enumerate(said_why)]
        below = legend([("main", "can be reached"), *keys]) if keys and name != "any" else ""
        rows.append(Markup(page).format("any channel" if name == "any" else words(name), said, bar(parts), below))
    lead = (
        "A person can be reached on a channel with a good address, a proven consent and no refusal. Unknown means no."
    )
    return section("reach", "Whom we can reach", lead, Markup('<ol class="steps">{}</ol>').format(joined(rows)))


def rfm(plan: Spot) -> Markup | None:
    cells = {(row["r"].value, row["f"].value): row for row in plan["rfm"]}
    if not cells:
        return None
    most = max(row["people"].amount for row in cells.values()) or 1.0
    currency = plan["currency"].value

    def cell(recency: int, frequency: int) -> Markup:
        row = cells.get((recency, frequency))
        if row is None or not row["people"].amount:
            return Markup("<td></td>")
        heat = round(5 * sqrt(row["people"].amount / most))
        page = '<td class="heat-{}">{}<small>{}</small></td>'
        return Markup(page).format(heat, row["people"].number(), row["revenue"].money(currency))

    names = {5: "most often", 1: "least often"}
    body = joined(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            names.get(frequency, Markup("&nbsp;")), joined(cell(recency, frequency) for recency in range(1, 6))
        )
        for frequency in range(5, 0, -1)
    )
    heads = ("longest ago", "", "", "", "most recently")
    columns = joined(Markup('<th scope="col">{}</th>').format(head) for head in heads)
    page = '<div class="wide"><table class="map"><thead><tr><th></th>{}</tr></thead><tbody>{}</tbody></table></div>'
    lead = (
        "Customers by how lately (left to right) and how often (bottom to top) they bought: people, and what they "
        "have spent. Top right are the faithful; top left are those worth winning back first."
    )
    return section("rfm", "Map of the customers", lead, Markup(page).format(columns, body))


def base_rate(plan: Spot) -> Markup | None:
    base = plan["base_rate"]
    if not base:
        return None
    if not base["rate"].known:
        why = words(base["unknown"].value) or "nobody met the audience then"
        return section("base-rate", "Who comes back anyway", f"Not known: {why}.")
    lead = Markup(
        "Of {} such people on {}, {} reached the goal within {} days, by {}, without this campaign: "
        "{} (95% sure: {} to {})."
    ).format(
        base["people"].number(), base["looked_at"].text, base["returned"].number(), base["window_days"].number(),
        base["until"].text, base["rate"].share(), base["low"].share(), base["high"].share(),
    )  # fmt: skip
    body = [bar([("held", base["rate"].amount)], f"{percent(base['rate'].amount)} came back by themselves")]
    if base["without_history"]:
        named = ", ".join(words(name) for name in base["without_history"].value)
        body.append(Markup('<p class="note">Taken as they are today, having no history: {}.</p>').format(named))
    if base["left_out"].amount:
        page = '<p class="note">{} people touched by a campaign in that time are left out.</p>'
        body.append(Markup(page).format(base["left_out"].number()))
    if plan["smallest_lift_said"]:
        body.append(Markup('<p class="note">{}</p>').format(sentence(plan["smallest_lift_said"].text)))
    return section("base-rate", "Who comes back anyway", lead, *body)


def steps(plan: Spot) -> Markup | None:
    if not plan["steps"]:
        return None
    currency = plan["currency"].value
    rows = [
        (
            words(row["step"].value),
            " or ".join(words(channel.value) for channel in row["channels"]),
            row["rule"].text,
            row["at_most"].number(),
            row["cost_at_most"].money(currency),
        )
        for row in plan["steps"]
    ]
    lead = "Every contact of the journey with the most people it can come to; answers on the way make it fewer."
    return section("steps", "What would be done", lead, table(("step", "by", "if", "people", "cost"), rows, text=3))


def offers(plan: Spot) -> Markup | None:
    if not plan["offers"]:
        return None
    rows = [
        (row["name"].text, words(row["use"].value), row["said"].text, row["break_even_lift"].points())
        for row in plan["offers"]
    ]
    lead = "From which extra share of returning people on an offer earns more than it costs."
    return section("offers", "Offers", lead, table(("offer", "kind", "", "pays from"), rows, text=3))


def gathered(plan: Spot) -> Markup | None:
    if not plan["sources"]:
        return None
    sources = [
        (words(row["name"].value), *(row[key].number() for key in ("rows", "records", "orders")))
        for row in plan["sources"]
    ]
    people = plan["people"]
    lead = Markup("{} records are {} people: {} of the cards were doubles.").format(
        people["records"].number(), people["people"].number(), people["duplicates"].share()
    )
    body = [table(("source", "rows", "records", "orders"), sources)]
    if plan["findings"]:
        findings = [(row["reason"].text, row["count"].number()) for row in plan["findings"]]
        body.append(Markup("<h3>What was set aside or mended</h3>"))
        body.append(table(("what", "times"), findings))
    return section("gathered", "What was gathered", lead, *body)


def gates(plan: Spot) -> Markup | None:
    if not plan["gates"]:
        return None

    def name(gate: Spot) -> str:
        return gate["rule"].text.partition(" ")[0]

    def verdict(gate: Spot) -> Markup:
        passed = gate["passed"].value
        return Markup('<span class="{}">{}</span>').format("good" if passed else "bad", "met" if passed else "not met")

    rows = [(row["rule"].text, row["value"].text.removeprefix(f"{name(row)} "), verdict(row)) for row in plan["gates"]]
    return section("gates", "What was promised of the base", "", table(("rule", "found", ""), rows))


def letters(plan: Spot) -> Markup | None:
    """One sample of every step, people masked."""
    first = {sample["step"].text: sample for sample in reversed(list(plan["samples"]))}
    if not first:
        return None
    page = '<article class="letter"><h3>{}</h3><p>{}</p><pre>{}</pre></article>'
    shown = [
        Markup(page).format(
            sample["subject"].text or words(sample["step"].value),
            f"{words(sample['step'].value)}, by {words(sample['channel'].value)}, to {sample['to'].text}",
            sample["text"].text,
        )
        for sample in list(first.values())[::-1][:_LETTERS]
    ]
    return section("letters", "What people read", "One message of each step, the person masked.", *shown)


def glossary(report: Spot) -> Markup | None:
    if not report["glossary"]:
        return None
    page = "<div><dt>{}</dt><dd>{}</dd></div>"
    found = joined(Markup(page).format(row["word"].text, row["meaning"].text) for row in report["glossary"])
    return section("words", "Words", "", Markup('<dl class="words columns">{}</dl>').format(found))
