"""A plan for people to read: from the base rate down to ten sample messages."""

from collections.abc import Iterator
from typing import Any

from reactivate.report.lifts_text import lifts_text
from reactivate.report.offers_text import offers_text
from reactivate.report.shares import share
from reactivate.report.success_text import success_text
from reactivate.text import columns, counted


def as_text(plan: dict[str, Any], *, confirmed: bool = False) -> str:
    """The plan as lines; money and shares written as people write them. `confirmed`: it is carried out at once."""
    return "\n".join(line for part in _parts(plan, confirmed) for line in part).rstrip()


def _parts(plan: dict[str, Any], confirmed: bool) -> Iterator[list[str]]:
    yield _head(plan, "carried out below, as confirmed" if confirmed else "nothing is sent")
    if plan.get("campaign"):
        yield _base_rate(plan)
        yield from lifts_text(plan)
        yield from success_text(plan)
    yield _gathered(plan)
    yield _reach(plan)
    if plan.get("campaign"):
        yield _funnel(plan)
        yield _steps(plan)
        yield _money(plan)
        yield from offers_text(plan)
    yield _gates(plan)
    yield _remarks(plan)
    yield [*(f"REFUSED: {item['message']}" for item in plan["refusals"]), ""] if plan["refusals"] else []
    if plan.get("samples"):
        yield _samples(plan)


def _head(plan: dict[str, Any], outcome: str) -> list[str]:
    title = plan.get("campaign") or plan["brand"]
    policy, ledger = plan["policy"], plan["ledger"]
    return [
        f"Plan of {title} ({plan['spec']}) as of {plan['as_of']}: {outcome}.",
        f"base {plan['base']['id']} read {plan['base']['synced_at']}; policy {policy['pack']} of {policy['date']}; "
        f"ledger {ledger['place']} (key {ledger['key_id']})",
        "",
    ]


def _base_rate(plan: dict[str, Any]) -> list[str]:
    base = plan["base_rate"]
    lines = [f"Who comes back by himself: {_rate_sentence(base)}"]
    if base["without_history"]:
        lines.append(f"  taken as they are today, having no history: {', '.join(base['without_history'])}")
    if base["left_out"]:
        lines.append(f"  {counted(base['left_out'], 'person', 'people')} touched by a campaign in that time left out")
    lines.append(f"  {plan['smallest_lift_said']}")
    return [*lines, ""]


def _rate_sentence(base: dict[str, Any]) -> str:
    if base["rate"] is None:
        return f"unknown: {base['unknown'] or 'nobody met the audience then'}"
    return (
        f"of {base['people']:,} such people on {base['looked_at']}, {base['returned']:,} "
        f"({share(base['rate'])}; {share(base['low'])} to {share(base['high'])}) "
        f"reached the goal by {base['until']} ({base['window_days']} days)"
    )


def _gathered(plan: dict[str, Any]) -> list[str]:
    rows = [
        (f"  {source['name']}", f"{source['rows']:,}", "rows", f"{source['records']:,}", "records")
        for source in plan["sources"]
    ]
    people = plan["people"]
    lines = ["Gathered", *columns(rows, right=(1, 3))]
    lines.append(
        f"  {people['records']:,} records are {people['people']:,} people ({share(people['duplicates'])} duplicates)"
    )
    kept = [(f"  {item['code']}", f"{item['count']:,}", item["reason"]) for item in plan["findings"]]
    return [*lines, *columns(kept, right=(1,)), ""]


def _reach(plan: dict[str, Any]) -> list[str]:
    if not plan["reach"]:
        return []
    total = plan["people"]["people"] or 1
    rows = []
    for channel, found in plan["reach"].items():
        why = ", ".join(f"{people:,} {reason.replace('_', ' ')}" for reason, people in found["why"].items())
        rows.append(
            (f"  {channel}", f"{found['people']:,}", share(found["people"] / total), f"not: {why}" if why else "")
        )
    return ["Reachable for this purpose, of all people", *columns(rows, right=(1, 2)), ""]


def _funnel(plan: dict[str, Any]) -> list[str]:
    of_classes = ", ".join(f"{word} {people:,}" for word, people in plan["audience"]["classes"].items())
    rows = [("  meet the audience", f"{plan['audience']['people']:,}", of_classes)]
    for column, people in plan["audience"]["undecided"].items():
        rows.append(("    not decided", f"{people:,}", f"because {column} is missing"))
    for left in plan["left_out"]:
        rows.append((f"  - {left['reason'].replace('_', ' ')}", f"{left['people']:,}", left["detail"]))
    rows.append(("  enter", f"{plan['entrants']['people']:,}", ""))
    held = plan["holdout"]
    rows.append(("  - held out by lot", f"{held['people']:,}", _drawn(held)))
    rows.append(("  treated", f"{plan['entrants']['treated']:,}", ""))
    if plan["capped"]:
        said = "had as many contacts as `cap` allows: held until there is room"
        rows.append(("    capped now", f"{plan['capped']:,}", said))
    for segment in plan["segments"]:
        if segment["segment"]:
            rows.append(
                (f"    {segment['segment']}", f"{segment['people']:,}", f"{segment['holdout']:,} of them held out")
            )
    return ["Audience", *columns(rows, right=(1,)), *_nobody(plan), ""]


def _drawn(held: dict[str, Any]) -> str:
    """How the lot was drawn, and the strata of a stratified one."""
    said = f"{share(held['share'])} by household"
    strata = held.get("strata") or []
    if not strata:
        return said
    shown = [f"{row['stratum']} {row['holdout']:,} of {row['people']:,}" for row in strata[:4]]
    more = f", {len(strata) - 4} more" if len(strata) > 4 else ""
    return f"{said}, of each {' / '.join(held['by'])}: {', '.join(shown)}{more}"


def _nobody(plan: dict[str, Any]) -> list[str]:
    if plan["audience"]["people"] and not plan["reachable"]:
        return ["  nobody of this audience can be reached: no channel has an address with consent"]
    return []


def _steps(plan: dict[str, Any]) -> list[str]:
    if not plan["steps"]:
        return []
    rows = [
        (
            f"  {step['verb']} {step['step']}",
            f"{step['at_most']:,}",
            " or ".join(step["channels"]),
            f"{step['cost_at_most']:,.2f} {plan['currency']}",
            f"if {step['rule']}" if step["rule"] else "",
        )
        for step in plan["steps"]
    ]
    return ["Messages per step, at most", *columns(rows, right=(1, 3)), ""]


def _money(plan: dict[str, Any]) -> list[str]:
    cost = plan["cost"]
    lines = [f"Cost at most {cost['at_most']:,.2f} {cost['currency']} for contacts"]
    if cost["offers_at_most"]:
        lines[0] += f", {cost['offers_at_most']:,.2f} {cost['currency']} for offers"
    return [*lines, ""]


def _gates(plan: dict[str, Any]) -> list[str]:
    if not plan["gates"]:
        return []
    rows = [
        (f"  {'ok  ' if gate['passed'] else 'FAIL'}", gate["rule"], f"is {gate['value']}") for gate in plan["gates"]
    ]
    return ["Gates", *columns(rows), ""]


def _remarks(plan: dict[str, Any]) -> list[str]:
    return [*(f"note: {remark}" for remark in plan["remarks"]), ""] if plan["remarks"] else []


def _samples(plan: dict[str, Any]) -> list[str]:
    lines = ["Samples (people masked)"]
    for sample in plan["samples"]:
        lines.append(
            f"  {sample['step']} by {sample['channel']} to {sample['to']}: {sample['subject'] or '(no subject)'}"
        )
        lines += [f"    {line}" for line in sample["text"].splitlines()[:6] if line.strip()]
    return lines
