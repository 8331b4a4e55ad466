"""Whole files: what is read, what is said of broken ones, what stays the same wherever we stand."""

from decimal import Decimal
from pathlib import Path

import pytest
from spec_tools import BUSINESS, CAMPAIGN, DESIGN, codes, designs, loaded, stubs, write

from reactivate.contracts.nodes import NodeTable
from reactivate.contracts.values import Duration, Price
from reactivate.errors import EnvironmentFault, PluginError, SpecError
from reactivate.host.registry import Registry
from reactivate.spec.compile import compile_campaign
from reactivate.spec.load import load
from reactivate.spec.steps import Call, Send


def test_a_bookshop_is_read_as_written(tmp_path: Path) -> None:
    spec = load(DESIGN / "1-bookshop-permission.yml", stubs())
    campaign, business = spec.campaign, spec.business
    assert campaign is not None
    assert business.brand == "Книгарня «Сова»"
    assert business.sources["orders"].settings.path.parts[-2:] == ("data", "orders.csv")
    assert business.channels["sms"].cost == Price(Decimal("0.90"), "UAH", per_part=True)
    assert business.margin_of("x") == pytest.approx(0.32)
    assert [rule.text for rule in campaign.audience] == ["orders >= 1", "since_last_order > 180d", "topics is missing"]
    assert campaign.goal.event == ("answered_topics",)
    assert campaign.purpose == "permission"
    first, call = campaign.journey[0], campaign.journey[4]
    assert isinstance(first, Send)
    assert isinstance(call, Call)
    assert (first.name, first.by, first.ask) == ("thanks_for_books", ("email",), ("topics",))
    assert (call.attempts, call.within) == (3, Duration(21, "d"))


def test_nodes_keep_the_order_and_survive_json() -> None:
    spec = load(DESIGN / "1-bookshop-permission.yml", stubs())
    assert spec.campaign is not None
    table = compile_campaign(spec.campaign)[""]
    assert [node.verb for node in table.nodes] == ["send", "wait", "send", "wait", "call", "stop", "tag", "stop"]
    assert table.nodes[2].rule == "thanks_for_books.delivered"
    assert table.nodes[0].purpose == "permission"
    assert NodeTable.from_json(table.to_json()) == table


def test_arms_without_a_share_divide_what_is_left() -> None:
    spec = load(DESIGN / "6-fashion-pl.yml", stubs())
    assert spec.campaign is not None
    arms = compile_campaign(spec.campaign)[""].nodes[0].split
    assert [arm.share for arm in arms] == pytest.approx([1 / 3] * 3)
    assert arms[2].offer == "kupon"


def test_each_segment_has_its_own_table() -> None:
    spec = load(DESIGN / "8-rfm-monthly.yml", stubs())
    assert spec.campaign is not None
    assert list(compile_campaign(spec.campaign)) == ["champions", "at_risk", "one_time", "asleep"]


def test_the_hash_does_not_depend_on_the_place_but_on_every_text(tmp_path: Path) -> None:
    here, there = loaded(tmp_path / "a"), loaded(tmp_path / "deeper" / "b")
    assert here.hash == there.hash
    assert loaded(tmp_path / "c", business=BUSINESS.replace("32%", "33%")).hash != here.hash
    assert loaded(tmp_path / "d", CAMPAIGN.replace("7d", "8d")).hash != here.hash


def test_another_business_file_can_be_given(tmp_path: Path) -> None:
    path = write(tmp_path)
    other = tmp_path / "trial.yml"
    other.write_text(BUSINESS.replace("Сова", "Trial"), encoding="utf-8")
    assert load(path, stubs(), other).business.brand == "Trial"


def test_a_missing_spec_is_the_fault_of_the_world() -> None:
    with pytest.raises(EnvironmentFault, match="R901"):
        load("nowhere.yml", stubs())


def test_a_missing_business_file_is_a_fault_of_the_spec(tmp_path: Path) -> None:
    path = write(tmp_path, "business: shop.yml\n" + CAMPAIGN)
    spec = load(path, stubs())
    assert codes(spec)[0] == "R302@1:11"
    with pytest.raises(SpecError):
        spec.raise_if_failed()


def test_faults_of_many_keys_are_all_found(tmp_path: Path) -> None:
    broken = CAMPAIGN.replace("within: 45d", "within: 45").replace("by: email", "by: [email]").replace("7d", "7 days")
    spec = loaded(tmp_path, broken + "holdout: 0.2\nfollow_up: 3d\n")
    assert [code.split("@")[0] for code in codes(spec)] == ["R204", "R202", "R204", "R205", "R203"]


def test_a_misspelt_key_is_not_called_missing_as_well(tmp_path: Path) -> None:
    spec = loaded(tmp_path, CAMPAIGN.replace("audience:", "audiense:"))
    assert codes(spec) == ["R203@2:1"]
    assert spec.diagnostics[0].hint == "did you mean 'audience'?"


def test_faults_of_plugins_alone_are_plugin_errors(tmp_path: Path) -> None:
    known = stubs()
    path = write(tmp_path)

    class Broken:
        words = known.words

        def get(self, kind: str, word: str) -> object:
            if word == "smtp":
                raise PluginError.because("R501", "channel 'smtp' cannot be loaded")
            return known.get(kind, word)

    with pytest.raises(PluginError):
        load(path, Broken()).raise_if_failed()


def test_every_design_spec_passes_with_minimal_templates(tmp_path: Path) -> None:
    for path in designs(tmp_path / "specs"):
        spec = load(path, stubs())
        assert [item for item in spec.diagnostics if item.is_error] == []
        if spec.campaign is not None:
            assert all(table.nodes for table in compile_campaign(spec.campaign).values())


def test_every_design_spec_passes_with_the_plugins_installed(tmp_path: Path) -> None:
    for path in (*designs(tmp_path / "specs"), *sorted((tmp_path / "specs" / "business").glob("*.yml"))):
        assert [item for item in load(path, Registry()).diagnostics if item.is_error] == []


@pytest.mark.shared
def test_the_specs_of_the_design_are_those_of_the_team() -> None:
    shared = Path(__file__).parents[2].parent / "shared" / "design" / "specs"
    if not shared.is_dir():
        pytest.skip("the team's ../shared folder is absent")
    for path in shared.rglob("*.yml"):
        assert (DESIGN / path.relative_to(shared)).read_bytes() == path.read_bytes()


def test_what_is_read_and_not_built_yet_is_said(tmp_path: Path) -> None:
    path = next(path for path in designs(tmp_path / "specs") if "fashion" in path.name)
    notes = load(path, stubs()).unbuilt
    assert [(item.code, item.severity) for item in notes] == [("R599", "note")]
    assert [item.message.split(" is read")[0] for item in notes] == ["ads: nowa_kolekcja"]
