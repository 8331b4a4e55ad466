"""Plain words, before the start, for a test that will not be able to tell."""

from reactivate.experiment.chance import chance_to_see
from reactivate.experiment.power import held_out, needed_size, smallest_lift

HARDLY = 0.5
"""A test of which fewer than half would show what is expected cannot tell, whatever the formula says."""


def cannot_tell(n: int, base_rate: float, holdout_share: float, expected_lift: float | None) -> str | None:
    """A sentence when a test of `n` people cannot show `expected_lift`; None when it can."""
    if holdout_share <= 0:
        return "this campaign has no holdout: whatever comes back, nobody can say that it came because of the letters"
    seen = smallest_lift(n, base_rate, holdout_share)
    if seen is None:
        return f"this test cannot tell: {n:,} people with a holdout of {holdout_share:.0%} are too few for any lift"
    if expected_lift is None or expected_lift <= 0:
        return None
    if seen <= expected_lift:
        return _hardly(n, base_rate, holdout_share, expected_lift)
    needed = f"{needed_size(base_rate, expected_lift, holdout_share):,} people are needed"
    if base_rate + expected_lift > 1:
        needed = "no number of people would do"
    return (
        f"this test cannot tell: the smallest lift that {n:,} people show is {seen * 100:.1f} points, "
        f"{expected_lift * 100:.1f} are expected; {needed}"
    )


def _hardly(n: int, base_rate: float, holdout_share: float, expected_lift: float) -> str | None:
    """The formula says yes: a sentence where counting says that most such tests show nothing all the same."""
    chance = chance_to_see(n, base_rate, min(expected_lift, 1 - base_rate), holdout_share)
    if chance is None or chance >= HARDLY:
        return None
    return (
        f"this test cannot tell: {held_out(n, holdout_share):,} of {n:,} people left alone are too few; "
        f"{expected_lift * 100:.1f} points are expected, and {chance:.0%} of such tests would show them"
    )
