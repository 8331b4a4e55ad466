"""A foreign matcher beside the product: thin, through the door, and as good as the kit asks wherever Splink is."""

import ast
import shutil
import tomllib

import pytest
from wheels import PIP, ROOT, Installed, call

SPLINK = ROOT / "contrib" / "reactivate-splink"
CODE = sorted((SPLINK / "reactivate_splink").glob("*.py"))


def test_it_is_thin():
    lines = [line.strip() for file in CODE for line in file.read_text(encoding="utf-8").splitlines()]
    assert 50 < len([line for line in lines if line and not line.startswith("#")]) < 160


@pytest.mark.parametrize("file", CODE, ids=lambda file: file.name)
def test_it_comes_through_the_door_only(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    asked = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name for name in asked if name.split(".")[0] == "reactivate"} <= {"reactivate.api"}


def test_telling_what_it_is_needs_no_splink(monkeypatch):
    monkeypatch.syspath_prepend(SPLINK)
    import reactivate_splink

    (matcher,) = reactivate_splink.reactivate_matchers()
    assert (matcher.kind, matcher.name) == ("matcher", "splink")


def test_splink_stays_out_of_the_product():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"], *(name for extra in project["optional-dependencies"].values() for name in extra)]
    assert not [name for name in named if name.startswith("splink")]
    mine = tomllib.loads((SPLINK / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert any(name.startswith("splink") for name in mine["dependencies"])


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The product, Splink, the matcher and pytest in an environment of their own; skipped where there is no Splink."""
    here = Installed.empty(tmp_path_factory.mktemp("splink"))
    words = (*PIP, "--retries", "1", "--timeout", "10", "splink>=5,<6", "pytest>=9")
    done = call(here.place / "venv/bin/python", *words, cwd=here.place)
    if done.returncode:
        pytest.skip(f"Splink 5 cannot be installed here: {done.stderr.strip().splitlines()[-1]}")
    here.install(here.build(ROOT))
    here.install("--no-deps", here.build(SPLINK))
    return here


@pytest.mark.slow
class TestBesideTheProduct:
    def test_it_is_listed_and_its_own_tests_find_no_fault(self, installed):
        assert "matcher.splink" in installed.run("reactivate", "plugins").stdout
        shutil.copytree(SPLINK / "tests", installed.place / "splink_tests")
        tested = installed.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "splink_tests")
        assert tested.returncode == 0, tested.stdout[-2000:]

    def test_a_shop_is_synced_through_it(self, installed):
        made = installed.run("reactivate", "init", "shop", "--example", "bookshop")
        assert made.returncode == 0, made.stderr
        business = installed.place / "shop" / "business.yml"
        text = business.read_text(encoding="utf-8")
        assert "use: probabilistic" in text
        business.write_text(text.replace("use: probabilistic", "use: splink"), encoding="utf-8")
        synced = installed.run("reactivate", "sync", "shop/business.yml")
        assert synced.returncode == 0, synced.stdout + synced.stderr
        assert "this matcher always compares all records" in synced.stdout
