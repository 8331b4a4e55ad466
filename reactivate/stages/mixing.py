"""Lost customers do not stand in one row with active ones: they need other words and other offers (seed 002)."""

from collections.abc import Mapping

from reactivate.analytics.lifecycle import CLASSES
from reactivate.diagnostics import Diagnostic
from reactivate.spec.life import MIXED, asks
from reactivate.stages.draft import Draft
from reactivate.stages.opened import Opened
from reactivate.stages.tables import counts, marked

_NOTABLE = 0.05
"""A smaller part of the audience than this is no second audience but the edge of the first."""


def classes(drafted: Draft) -> dict[str, int]:
    """People of the audience in each of the four classes of life; empty where nothing tells them apart."""
    if "stage_class" not in drafted.profiles.column_names:
        return {}
    people = drafted.profiles.filter(marked(drafted.profiles["person_id"], drafted.audience.people))
    found = counts(people["stage_class"])
    return {word: found[word] for word in CLASSES if word in found}


def mixed(opened: Opened, found: Mapping[str, int]) -> list[Diagnostic]:
    """R750 when people of several classes would get the same words, and no rule of the campaign asks for it.

    Whoever names a stage or a silence in any rule has chosen among the classes. Messages about something bought, and
    those that only ask for consent, are for everybody.
    """
    if opened.purpose != "marketing" or len(found) < 2 or asks(opened.business, opened.rules.compiled):
        return []
    parts = ", ".join(f"{word} {people:,}" for word, people in found.items())
    most = max(found, key=lambda word: found[word])
    return [
        Diagnostic(
            MIXED,
            f"the audience mixes classes of customers, and no rule says at which stage of life they are: {parts}",
            span=opened.campaign.places.key("audience"),
            hint=f"keep one class: add `stage_class = {most}` to `audience`; or divide by `stage` under `segments`; "
            f"or say that you mean all of them: `stage_class in ({', '.join(found)})`",
        )
    ]


def remarks(opened: Opened, found: Mapping[str, int]) -> list[str]:
    """A remark when a silence is asked for that takes in active and lost customers alike, and no stage is named."""
    people, active, lost = sum(found.values()), found.get("active", 0), found.get("lost", 0)
    if opened.purpose != "marketing" or _named(opened) or min(active, lost) < max(_NOTABLE * people, 1):
        return []
    return [
        f"the audience mixes {active:,} active customers with {lost:,} lapsed or lost ones, who need other words and "
        "offers: ask for a `stage` in `audience`, or divide by it under `segments`"
    ]


def _named(opened: Opened) -> bool:
    """Whether a rule of the audience or of a segment names a stage, or a column of that segmenter."""
    named = {
        added.name if at else column.name
        for column in opened.columns
        if column.descriptor.name == "stage"
        for at, added in enumerate(column.descriptor.adds)
    }
    return bool(named & {name for rule in opened.rules.entering for name in rule.names})
