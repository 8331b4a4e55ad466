"""Lost customers do not stand in one row with active ones: they need other words and other offers (seed 002)."""

from reactivate.stages.draft import Draft
from reactivate.stages.opened import Opened
from reactivate.stages.tables import counts, marked

_NOTABLE = 0.05
"""A smaller part of the audience than this is no second audience but the edge of the first."""


def mixed(opened: Opened, drafted: Draft) -> list[str]:
    """A remark when a selling campaign treats active and lost customers alike, and nobody asked for it.

    Whoever names a stage in a rule of the audience or the segments has thought of it; messages about something bought,
    and those that only ask for consent, are for everybody.
    """
    if opened.purpose != "marketing" or "stage_class" not in drafted.profiles.column_names or _asked(opened):
        return []
    people = drafted.audience.people
    audience = drafted.profiles.filter(marked(drafted.profiles["person_id"], people))
    classes = counts(audience["stage_class"])
    active, lost = classes.get("active", 0), classes.get("lost", 0)
    if min(active, lost) < max(_NOTABLE * len(people), 1):
        return []
    return [
        f"the audience mixes {active:,} active customers with {lost:,} lapsed or lost ones, who need other words and "
        "offers: ask for a `stage` in `audience`, or divide by it under `segments`"
    ]


def _asked(opened: Opened) -> bool:
    """Whether a rule of the audience or of a segment names a stage, or a column of that segmenter."""
    named = {
        added.name if at else column.name
        for column in opened.columns
        if column.descriptor.name == "stage"
        for at, added in enumerate(column.descriptor.adds)
    }
    return bool(named & {name for rule in opened.rules.entering for name in rule.names})
