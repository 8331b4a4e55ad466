"""A run killed at random moments and started again: every letter once, every touch in one state, doubt shown."""

import importlib.util
import json
import random
import shutil
import signal
import subprocess
import sys
import time
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

BOOKSHOP = Path(__file__).parents[2] / "configs" / "bookshop"
KILLS = 20
pytestmark = pytest.mark.slow


def program(*words):
    return [sys.executable, "-m", "reactivate", *map(str, words)]


def done(*words):
    found = subprocess.run(program(*words), capture_output=True, text=True, check=False)
    assert found.returncode in (0, 7), found.stderr
    return found.stdout


@pytest.fixture
def shop(tmp_path):
    """The bookshop with 500 people, synced, nobody written to."""
    found = importlib.util.spec_from_file_location("bookshop_generate", BOOKSHOP / "generate.py")
    generate = importlib.util.module_from_spec(found)
    sys.modules[found.name] = generate
    found.loader.exec_module(generate)
    for name in ("business.yml", "campaign.yml"):
        shutil.copy2(BOOKSHOP / name, tmp_path / name)
    shutil.copytree(BOOKSHOP / "templates", tmp_path / "templates")
    generate.generate(tmp_path / "data", people=500, records=540)
    business = tmp_path / "business.yml"
    # The twelve bad rows that the generator always makes are more than 1 % of so few.
    business.write_text(business.read_text().replace("    rows: orders\n", "    rows: orders\n    bad_rows: 5%\n"))
    campaign = tmp_path / "campaign.yml"
    campaign.write_text(campaign.read_text().replace("audience >= 300", "audience >= 10"))
    done("plan", campaign, "--as-of", "2026-11-02T10:00")
    return tmp_path


def test_twenty_kills_lose_nothing_and_send_nothing_twice(shop):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    lot = random.Random(seed)
    campaign = shop / "campaign.yml"

    def run(moment):
        return ("run", campaign, "--as-of", f"2026-11-02T{moment}", "--no-sync", "--confirm", "--format", "json")

    for _ in range(KILLS):
        process = subprocess.Popen(program(*run("10:00")), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(lot.uniform(1.5, 6.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
    # Claims of the dead end with their lease; what was being handed over is looked up in the outbox, and what never
    # left is tried again after a pause, by the clock of the run.
    for attempt in range(40):
        last = json.loads(done(*run(f"{11 + attempt // 12}:{attempt % 12 * 5:02}")))
        if not last["held"]:
            break
        time.sleep(3)
    assert last["held"] == {}
    letters = sorted((shop / "out" / "letters").glob("*.eml"))
    names = [BytesParser(policy=policy.default).parsebytes(path.read_bytes())["Message-ID"] for path in letters]
    assert len(set(names)) == len(names)
    report = json.loads(done("report", campaign, "--as-of", "2099-01-01T10:00", "--no-sync", "--format", "json"))
    step = report["steps"][0]
    states = ("accepted", "rejected", "unknown", "skipped", "expired", "suppressed", "cancelled", "dead")
    assert step["open"] == 0
    assert step["planned"] == sum(step[state] for state in states)
    assert step["accepted"] <= len(names) <= step["accepted"] + step["unknown"]
    broken = json.loads(done("ledger", "check", campaign, "--format", "json"))
    assert {value for name, value in broken.items() if name != "format"} == {0}
