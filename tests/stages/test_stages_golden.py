"""The bookshop's plan is the one in the repository. `UPDATE_GOLDEN=1 pytest tests/stages/test_stages_golden.py` renews it."""

import json
import os
import shutil
from pathlib import Path

import pytest

from reactivate.cli.main import main
from reactivate.report.plan_diff import changes

BOOKSHOP = Path(__file__).parents[2] / "configs" / "bookshop"
GOLDEN = BOOKSHOP / "golden-plan.json"
CHANGING = ("now", "base", "ledger", "spec", "ceilings", "plugins")


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    shop = tmp_path_factory.mktemp("golden") / "bookshop"
    shutil.copytree(BOOKSHOP, shop, ignore=shutil.ignore_patterns(".reactivate", "out"))
    home = shop / ".reactivate"
    home.mkdir(mode=0o700)
    # Lots are drawn under the ledger's key: a golden plan needs one that does not change.
    (home / "ledger.key").write_text("00112233445566778899aabbccddeeff" * 2 + "\n")
    (home / "ledger.key").chmod(0o600)
    out = shop / "plan.json"
    with pytest.raises(SystemExit) as leave:
        main(["plan", str(shop / "campaign.yml"), "--as-of", "2026-11-02T10:00", "--out", str(out)])
    assert leave.value.code == 0
    found = json.loads(out.read_text(encoding="utf-8"))
    return {key: value for key, value in found.items() if key not in CHANGING}


def test_the_bookshop_is_planned_as_agreed(plan):
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(json.dumps(plan, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert [str(change) for change in changes(golden, plan)] == []


def test_every_number_of_the_plan_adds_up(plan):
    left_out = sum(row["people"] for row in plan["left_out"])
    assert plan["audience"]["people"] == plan["entrants"]["people"] + left_out
    assert plan["entrants"]["people"] == plan["entrants"]["treated"] + plan["holdout"]["people"]
    for channel in ("email", "sms", "desk"):
        reach = plan["reach"][channel]
        assert reach["people"] + sum(reach["why"].values()) == plan["people"]["people"]
    assert plan["steps"][0]["at_most"] >= 1500


def test_no_sample_shows_a_whole_address(plan):
    assert len(plan["samples"]) >= 9
    assert all("…" in sample["to"] for sample in plan["samples"])
    assert not [sample for sample in plan["samples"] if "cannot be made" in sample["text"]]
