"""Every shipped example unpacks into a folder that passes check; its texts can be made for whom much or nothing is known."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from reactivate import rendering
from reactivate.cli.main import cli
from reactivate.host.registry import Registry
from reactivate.spec.load import load
from reactivate.spec.steps import Call, Send
from reactivate.starter import examples

NAMES = examples.names()
SHELF = Path(examples.__file__).parent / "campaigns" / "templates"
FULL = {
    "first_name": "Anna", "name": "Anna Nowak", "last_name": "Nowak", "last_staff": "Олена", "last_category": "garden",
    "last_items": ["Dune", "Кобзар", "saffron"], "recommended": ["one", "two", "three"], "due_service": "oil",
    "since_last_order": 400, "avg_order": 120, "brand": "Shop", "ask_link": "https://r.example/q/abc",
    "preferences_link": "https://r.example/p/abc", "unsubscribe_link": "https://r.example/u/abc",
    "offer": {"name": "x", "gives": "a tea", "code": "AB12", "valid_until": "2026-12-01"},
}  # fmt: skip
BARE = {name: value if name.endswith("_link") or name == "brand" else None for name, value in FULL.items()}


def unpacked(name, folder):
    done = CliRunner().invoke(cli, ["init", str(folder), "--example", name], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return Path(re.search(r"next: reactivate check (\S+)", done.output)[1])


def test_the_ten_campaigns_and_the_clean_up_are_among_them():
    assert {"bookshop", "spice-shop", "car-service", "appliances", "appliances-fixed", "beauty-salon", "fashion-pl",
            "clean-base", "rfm-monthly", "b2b-wholesale", "bookshop-permission", "bookshop-standing"} <= set(NAMES)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_each_unpacks_and_passes_check(name, tmp_path):
    spec = load(unpacked(name, tmp_path), Registry())
    assert not spec.failed, [item.message for item in spec.diagnostics]
    said = {item.code for item in spec.diagnostics}
    assert said <= {"R505", "R428", "R356", "R350", "R351"}, said


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("bookshop", "online-retail")])
def test_each_tells_the_editor_its_schema_and_brings_what_it_names_only(name, tmp_path):
    spec = load(unpacked(name, tmp_path), Registry())
    for path in tmp_path.rglob("*.yml"):
        first = path.read_text(encoding="utf-8").split("\n")[0]
        schema = first.removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / schema).is_file()
    steps = [step for step in spec.campaign.steps() if isinstance(step, (Send, Call))] if spec.campaign else []
    named = {step.template or step.name for step in steps}
    named |= {arm.template for step in steps for arm in (step.split or {}).values() if arm.template}
    brought = {path.name.split(".")[0] for path in tmp_path.rglob("templates/*.md")}
    assert brought <= named  # that none is missing, check says


@pytest.fixture(scope="module")
def renderer():
    with rendering.Renderer() as one:
        yield one


@pytest.mark.parametrize("path", sorted(SHELF.glob("*.md")), ids=lambda path: path.name)
def test_each_text_can_be_made_for_whom_much_or_nothing_is_known(renderer, path):
    kind = "sms" if ".sms." in path.name else "email"
    template = rendering.load(SHELF, path.name.split(".")[0], kind, "xx")
    brand = rendering.Brand("Shop", "Shop Ltd")
    for made in renderer.render(template, [(FULL, rendering.Links()), (BARE, rendering.Links())], brand, kind):
        assert isinstance(made, rendering.Rendered), made
        text = f"{made.subject or 'x'}\n{made.text}"
        assert "None" not in text
        assert "{" not in text
        assert not re.search(r"[ ,:]$|\s[.,:]", made.subject or "x")
        assert not re.search(r"\w [.,:;](\s|$)", made.text), made.text
