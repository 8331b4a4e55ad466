"""The recipes for CI: sound YAML, and their shell steps do on the bookshop what the page promises."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BOOKSHOP = ROOT / "configs" / "bookshop"
CI = ROOT / "contrib" / "ci"


def recipe(name):
    return yaml.safe_load((CI / name).read_text(encoding="utf-8"))


def review_step(name):
    """The one shell line of a recipe that does the work."""
    raw = recipe(name)
    lines = (
        [step.get("run", "") for step in raw["jobs"]["review"]["steps"]]
        if "jobs" in raw
        else raw["campaigns"]["script"]
    )
    (line,) = [line for line in lines if "review.sh" in line]
    return line


@pytest.fixture
def shop(tmp_path):
    """A repository with a smaller bookshop on `main` and a branch checked out."""
    folder = tmp_path / "shop"
    shutil.copytree(BOOKSHOP, folder, ignore=shutil.ignore_patterns(".reactivate", "out", "*.py"))
    for name in ("orders.csv", "call_centre.csv"):
        lines = (folder / "data" / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / "data" / name).write_text("".join(lines[::8]), encoding="utf-8")
    campaign = folder / "campaign.yml"
    campaign.write_text(
        campaign.read_text(encoding="utf-8").replace("expect:\n  - audience >= 300\n", ""), encoding="utf-8"
    )
    (folder / "ci").mkdir()
    shutil.copy(CI / "review.sh", folder / "ci")
    (folder / ".gitignore").write_text(".reactivate/\nreview/\n")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder)
    git(folder, "checkout", "--quiet", "-b", "change")
    return folder


def git(folder, *words):
    subprocess.run(
        ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *words],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def commit(folder):
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "-m", "state")


def change(folder, before, after):
    path = folder / "campaign.yml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    commit(folder)


def review(folder, name, base="main"):
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "CAMPAIGN": "campaign.yml",
        "BASE": base,
        "REACTIVATE_AS_OF": "2026-11-02T10:00",
        "REACTIVATE_DAYS": "30",
    }
    line = review_step(name).replace("FETCH_HEAD", '"$BASE"')
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    told = (folder / "review" / "difference.md").read_text(encoding="utf-8")
    return done, told


def test_recipes_are_sound_and_call_the_script():
    assert recipe("github-actions.yml")["on"] == {"pull_request": None}
    assert review_step("github-actions.yml") == 'bash ci/review.sh "$CAMPAIGN" "$BASE" review'
    assert review_step("gitlab-ci.yml") == 'bash ci/review.sh "$CAMPAIGN" FETCH_HEAD review'
    subprocess.run(["bash", "-n", CI / "review.sh"], check=True)


def test_a_faulty_campaign_is_told_and_fails(shop):
    change(shop, "since_last_order > 180d", "since_last_order > 180")
    done, told = review(shop, "github-actions.yml")
    assert done.returncode == 3
    assert "check found faults" in told
    assert "campaign.yml:8" in told


@pytest.mark.slow
def test_the_difference_is_that_of_the_change(shop):
    change(shop, "since_last_order > 180d", "since_last_order > 250d")
    done, told = review(shop, "gitlab-ci.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "~ audience.people: " in told
    assert re.search(r"simulation, against.*```text\n~ ", told, re.S)
    assert {path.name for path in (shop / "review").iterdir()} == {
        "difference.md",
        "check.xml",
        "tests.xml",
        "plan.json",
    }


@pytest.mark.slow
def test_a_change_that_changes_nothing_says_so(shop):
    (shop / "README").write_text("nothing of ours\n")
    commit(shop)
    done, told = review(shop, "github-actions.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert told.count("```text\nno changes\n```") == 2


@pytest.mark.slow
def test_a_small_test_that_fails_is_shown_and_fails_the_review(shop):
    change(shop, "- wait: 7d", "- wait: 5d")
    done, told = review(shop, "github-actions.yml")
    assert done.returncode == 6
    assert "look_in_your_mailbox sent on day 5" in told


def test_the_hook_checks_specs_and_not_their_tests():
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    names = [str(path.relative_to(ROOT)) for path in sorted(BOOKSHOP.glob("*.yml"))]
    chosen = [name for name in names if re.search(hook["files"], name) and not re.search(hook["exclude"], name)]
    assert [Path(name).name for name in chosen] == ["business.yml", "campaign.yml"]
    done = subprocess.run(
        [Path(sys.executable).parent / "reactivate", *hook["entry"].split()[1:], *chosen], cwd=ROOT, check=False
    )
    assert done.returncode == 0
