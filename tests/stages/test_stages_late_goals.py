from datetime import timedelta

import pyarrow.compute as pc

from reactivate.cli.progress import Progress
from reactivate.stages.approval import from_json
from reactivate.stages.planning import plan_of
from reactivate.stages.run import run

from .spice_shop import CAMPAIGN, TODAY, everybody_buys, opened, spice_shop


def test_a_late_goal_is_no_second_end(tmp_path):
    path = spice_shop(tmp_path, campaign=CAMPAIGN.replace("weekly", "once"))

    def go(day):
        with (shop := opened(path, day=day)).ledger as ledger:
            found, drafted = plan_of(shop)
            done = run(shop, from_json(found["ceilings"]), Progress(), drafted)
            return done, ledger.passes("spice_letter", state=None)

    first, entered = go(TODAY)
    treated = pc.sum(pc.equal(entered["arm"], "treated")).as_py()
    assert first.ended == {"finished": treated}
    everybody_buys(path, TODAY + timedelta(days=1))
    second, known = go(TODAY + timedelta(days=2))
    assert known["goal_at"].null_count == 0
    assert second.ended == {}
