"""One door for planning: a business alone, or a campaign with the draft it rests on."""

from typing import Any

from reactivate.stages.draft import Draft, draft
from reactivate.stages.opened import Opened
from reactivate.stages.plan import business_plan, campaign_plan


def plan_of(opened: Opened) -> tuple[dict[str, Any], Draft | None]:
    """The plan, and for a campaign the draft, so that `run` need not work it out again."""
    if opened.loaded.campaign is None:
        return business_plan(opened), None
    drafted = draft(opened)
    return campaign_plan(opened, drafted), drafted
