"""What the test of a campaign will be able to tell, before anybody is written to."""

from typing import Any

from reactivate.experiment import cannot_tell, smallest_lift
from reactivate.stages.base_rate import BaseRate
from reactivate.stages.opened import Opened


def power(opened: Opened, people: int, rate: BaseRate, expected: float | None) -> dict[str, Any]:
    """The smallest lift that this audience and holdout can show, and the same as a sentence."""
    share = opened.campaign.holdout
    if rate.rate is None:
        # A goal without history has an unknown base rate; half is the rate at which a test sees least.
        seen = smallest_lift(people, 0.5, share) if people >= 2 and share else None
        said = (
            f"smallest lift this audience can show: {seen * 100:.1f}pp at worst (the base rate is unknown)"
            if seen is not None
            else _why_not(people, share)
        )
        return {"smallest_lift": seen, "smallest_lift_said": said}
    seen = smallest_lift(people, rate.rate, share) if people >= 2 and share else None
    if seen is None:
        return {"smallest_lift": None, "smallest_lift_said": _why_not(people, share)}
    unable = cannot_tell(people, rate.rate, share, expected)
    usual = f"smallest lift this audience can show: {seen * 100:.1f}pp (80 % power, 5 % error, holdout {share:.0%})"
    return {"smallest_lift": seen, "smallest_lift_said": unable or usual}


def _why_not(people: int, share: float) -> str:
    if not share:
        return "no holdout: nobody will be able to say whether anybody came because of the messages"
    return f"this test cannot tell: {people:,} people with a holdout of {share:.0%} are too few for any lift"
