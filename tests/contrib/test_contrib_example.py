"""A foreign channel beside the product: its size, its door, its tests, a campaign that goes through it."""

import ast
import json
import re
import shutil
from pathlib import Path

import pytest
from wheels import ROOT, Installed

EXAMPLE = ROOT / "contrib" / "reactivate-example"
CODE = sorted((EXAMPLE / "reactivate_example").glob("*.py"))


def test_a_channel_is_possible_in_fewer_than_sixty_lines():
    lines = [line.strip() for file in CODE for line in file.read_text(encoding="utf-8").splitlines()]
    assert 20 < len([line for line in lines if line and not line.startswith("#")]) < 60


@pytest.mark.parametrize("file", CODE, ids=lambda file: file.name)
def test_it_comes_through_the_door_only(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    asked = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    asked += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert {name for name in asked if name.split(".")[0] == "reactivate"} <= {"reactivate.api"}


def test_its_own_tests_pass_in_this_clone(monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLE)
    import reactivate_example

    from reactivate.testing import Subject, conformance

    (channel,) = reactivate_example.reactivate_channels()
    checks = conformance(Subject(channel))
    assert len(checks) > 15
    for check in checks:
        check()


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The product, the example without its dependencies, and pytest."""
    here = Installed.empty(tmp_path_factory.mktemp("contrib"))
    here.install(here.build(ROOT), "pytest>=9")
    here.install("--no-deps", here.build(EXAMPLE))
    return here


@pytest.mark.slow
class TestBesideTheProduct:
    def test_it_is_listed_under_its_own_name_and_version(self, installed):
        done = installed.run("reactivate", "plugins", "--format", "json")
        assert done.returncode == 0, done.stderr
        (jsonl,) = [one for one in json.loads(done.stdout)["plugins"] if one["name"] == "channel.jsonl"]
        assert (jsonl["distribution"], jsonl["version"]) == ("reactivate-example", "1.0.0")

    def test_the_kit_and_its_own_tests_find_no_fault(self, installed):
        checked = installed.run("reactivate", "plugins", "check", "jsonl")
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert ", 0 failed" in checked.stdout
        shutil.copytree(EXAMPLE / "tests", installed.place / "example_tests")
        tested = installed.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "example_tests")
        assert tested.returncode == 0, tested.stdout[-2000:]

    def test_a_campaign_goes_through_it_once(self, installed):
        made = installed.run("reactivate", "init", "shop")
        assert made.returncode == 0, made.stderr
        business = installed.place / "shop" / "business.yml"
        text = business.read_text(encoding="utf-8")
        text, swapped = re.subn(r"\{use: outbox.*\}", "{use: jsonl, path: out/letters.jsonl, cost: 0.01 EUR}", text)
        assert swapped == 1
        business.write_text(text, encoding="utf-8")
        run = ("run", "shop/campaign.yml", "--confirm", "--as-of", "2026-11-02T12:00")
        first = installed.run("reactivate", *run, "--new-ledger")
        assert first.returncode == 0, first.stdout + first.stderr
        written = (installed.place / "shop/out/letters.jsonl").read_text(encoding="utf-8")
        rows = [json.loads(line) for line in written.split("\n")]
        assert rows
        assert all("@" in row["to"] and row["subject"] and row["step"] == "hello_again" for row in rows)
        again = installed.run("reactivate", *run)
        assert again.returncode == 0, again.stdout + again.stderr
        assert (installed.place / "shop/out/letters.jsonl").read_text(encoding="utf-8") == written

    @pytest.mark.parametrize("kind", ["source", "matcher", "segmenter", "offer", "guard", "channel"])
    def test_what_plugins_new_writes_is_a_wheel_that_passes(self, installed, kind):
        made = installed.run("reactivate", "plugins", "new", kind, f"my_{kind}", f"fresh-{kind}")
        assert made.returncode == 0, made.stderr
        installed.install("--no-deps", installed.build(installed.place / f"fresh-{kind}"))
        tested = installed.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", f"fresh-{kind}/tests")
        assert tested.returncode == 0, tested.stdout[-2000:]
        listed = installed.run("reactivate", "plugins")
        assert f"{kind}.my_{kind}" in listed.stdout


def test_no_place_of_this_machine_stands_in_it():
    text = "".join(
        file.read_text(encoding="utf-8") for file in EXAMPLE.rglob("*") if file.suffix in (".py", ".md", ".toml")
    )
    assert str(Path.home()) not in text
