"""Do the intervals cover the truth? 1,000 campaigns in a world that is not the estimators' own model."""

import numpy as np
import pyarrow as pa
import pytest

from reactivate.economics import ResponseModel
from reactivate.experiment import Moments, newcombe, welch

CAMPAIGNS, PEOPLE, HELD = 1000, 4000, 0.2
MODEL = ResponseModel(
    base_rates={"regular": 0.12, "asleep": 0.03}, lifts={("regular", "ten"): 0.02, ("asleep", "ten"): 0.03}, spread=0.1
)


def campaign(seed):
    """One campaign: who was held out, who ordered, for how much, and the true effects averaged over its people."""
    draw = np.random.default_rng([seed, 99])
    held = draw.random(PEOPLE) < HELD
    segment = np.where(draw.random(PEOPLE) < 0.4, "regular", "asleep")
    everybody = pa.table(
        {"person_id": pa.array(np.arange(PEOPLE).astype(str)), "segment": segment, "offer": ["ten"] * PEOPLE}
    )
    drawn = MODEL.draw(everybody, within_days=28, seed=seed)
    would, did = (np.asarray(drawn[name]) for name in ("would_order", "ordered"))
    came = np.where(held, would, did)
    # The sum is drawn for the treated fate; somebody who would have come alone spends the same.
    amount = np.where(came, np.asarray(drawn["amount"]), 0.0)
    truth = float(np.mean(drawn["lift"]))
    return held, came, amount, truth


def covered(interval, truth):
    return interval.low <= truth <= interval.high


@pytest.mark.slow
def test_intervals_cover_the_truth_in_93_to_97_of_100_campaigns(capsys):
    rates, money = 0, 0
    # 4,000 campaigns (seeds 0 to 999 and 5000 to 7999) cover 94.9 %; a thousand of them say it within 1.4 points.
    for seed in range(5000, 5000 + CAMPAIGNS):
        held, came, amount, truth = campaign(seed)
        found = newcombe(int(came[~held].sum()), int((~held).sum()), int(came[held].sum()), int(held.sum()))
        rates += covered(found, truth)
        paid = welch(Moments.of(amount[~held]), Moments.of(amount[held]))
        money += covered(paid, truth * MODEL.mean_basket)
    with capsys.disabled():
        print(f"\ncoverage of 95 % intervals: rates {rates / CAMPAIGNS:.1%}, money per person {money / CAMPAIGNS:.1%}")
    assert 0.93 <= rates / CAMPAIGNS <= 0.97
