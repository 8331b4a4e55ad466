"""The wheel works for a stranger: built, installed in a clean environment outside the repository, and used."""

import pytest
from wheels import ROOT, Installed

# What the module shares costs much to set up: one worker runs all of it.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    here = Installed.empty(tmp_path_factory.mktemp("wheel"))
    here.install(here.build(ROOT))
    return here


def test_the_wheel_lists_its_plugins(installed):
    done = installed.run("reactivate", "plugins")
    assert done.returncode == 0, done.stderr
    assert "source.csv" in done.stdout
    assert "channel.smtp" in done.stdout


def test_the_wheel_checks_and_plans_the_bookshop(installed):
    made = installed.run("reactivate", "init", "--example", "bookshop", "shop")
    assert made.returncode == 0, made.stderr
    checked = installed.run("reactivate", "check", "shop/campaign.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    planned = installed.run("reactivate", "plan", "shop/campaign.yml", "--as-of", "2026-11-02")
    assert planned.returncode == 0, planned.stderr
    assert "Who comes back by himself" in planned.stdout


def test_the_wheel_holds_no_tests_and_no_place_of_this_machine(installed):
    import zipfile

    with zipfile.ZipFile(installed.wheels[0]) as wheel:
        names = wheel.namelist()
        assert not [name for name in names if name.startswith(("tests/", "benchmarks/"))]
        text = b"".join(wheel.read(name) for name in names if name.endswith((".py", "METADATA", ".md")))
    assert str(ROOT).encode() not in text
