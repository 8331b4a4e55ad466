"""The wheel works for a stranger: built, installed in a clean environment outside the repository, and used."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def call(*words, cwd):
    return subprocess.run(
        [str(word) for word in words], cwd=cwd, capture_output=True, text=True, timeout=1200, check=False
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    place = tmp_path_factory.mktemp("wheel")
    built = call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", place, ROOT, cwd=place)
    assert built.returncode == 0, built.stderr[-2000:]
    made = call(sys.executable, "-m", "venv", place / "venv", cwd=place)
    assert made.returncode == 0, made.stderr
    wheel = next(place.glob("*.whl"))
    done = call(place / "venv/bin/python", "-m", "pip", "install", "-q", wheel, cwd=place)
    assert done.returncode == 0, done.stderr[-2000:]
    return place


def test_the_wheel_lists_its_plugins(installed):
    done = call(installed / "venv/bin/reactivate", "plugins", cwd=installed)
    assert done.returncode == 0, done.stderr
    assert "source.csv" in done.stdout
    assert "channel.smtp" in done.stdout


def test_the_wheel_checks_and_plans_the_bookshop(installed):
    made = call(installed / "venv/bin/reactivate", "init", "--example", "bookshop", "shop", cwd=installed)
    assert made.returncode == 0, made.stderr
    program = installed / "venv/bin/reactivate"
    checked = call(program, "check", "shop/campaign.yml", cwd=installed)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    planned = call(program, "plan", "shop/campaign.yml", "--as-of", "2026-11-02", cwd=installed)
    assert planned.returncode == 0, planned.stderr
    assert "Who comes back by himself" in planned.stdout


def test_the_wheel_holds_no_tests_and_no_place_of_this_machine(installed):
    import zipfile

    with zipfile.ZipFile(next(installed.glob("*.whl"))) as wheel:
        names = wheel.namelist()
        assert not [name for name in names if name.startswith(("tests/", "benchmarks/"))]
        text = b"".join(wheel.read(name) for name in names if name.endswith((".py", "METADATA", ".md")))
    assert str(ROOT).encode() not in text
