"""Which plug-ins may be loaded, whose they are, and what is said of those that leave."""

import sys
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest
from attrs import frozen
from spec_tools import codes, loaded, stubs

from reactivate.api import ChannelType, hookimpl, setting
from reactivate.errors import PluginError
from reactivate.host import registry as registries
from reactivate.host.guarded import guarded
from reactivate.host.registry import Registry
from reactivate.spec.jsonschema import schema
from reactivate.spec.load import load


@frozen
class Distribution:
    name: str
    version: str = "0.3"


@frozen
class Settings:
    """Settings."""

    folder: str = setting("where", example="out")
    directory: str = setting("where, as it was called", default="", deprecated="write `folder`; gone in 2.0")


def machine(monkeypatch, *installed):
    """Entry points `name = module` of distributions."""
    found = [EntryPoint(name, module, registries.GROUP)._for(Distribution(owner)) for name, module, owner in installed]
    monkeypatch.setattr(registries, "entry_points", lambda group: found)


@pytest.fixture
def pigeon(monkeypatch):
    """A module that offers the channel `pigeon`; whether it was imported is seen in sys.modules."""
    module = ModuleType("pigeons")

    @hookimpl
    def reactivate_channels():
        return [ChannelType(name="pigeon", summary="Pigeons", settings=Settings, reaches="email")]

    module.reactivate_channels = reactivate_channels
    monkeypatch.setitem(sys.modules, "pigeons", module)


def refused(work) -> str:
    with pytest.raises(PluginError) as caught:
        work()
    (item,) = caught.value.diagnostics
    return f"{item.code}: {item.message}"


class TestWhatMayBeLoaded:
    """Allow and block speak of words and of distributions, and hold before anything is imported."""

    @pytest.mark.parametrize("named", ["channel.pigeon", "reactivate-birds"])
    def test_blocked(self, monkeypatch, named):
        machine(monkeypatch, ("channel.pigeon", "never_imported", "reactivate-birds"))
        monkeypatch.setenv("REACTIVATE_BLOCK", f"source.csv, {named}")
        said = refused(lambda: Registry().get("channel", "pigeon"))
        assert said == "R504: channel 'pigeon' (reactivate-birds 0.3) is blocked on this machine"

    def test_not_among_the_allowed(self, monkeypatch):
        machine(monkeypatch, ("channel.pigeon", "never_imported", "reactivate-birds"))
        monkeypatch.setenv("REACTIVATE_ALLOW", "reactivate")
        said = refused(lambda: Registry().get("channel", "pigeon"))
        assert said.endswith("is not among the plug-ins allowed on this machine")

    @pytest.mark.parametrize("named", ["channel.pigeon", "reactivate reactivate-birds"])
    def test_allowed(self, monkeypatch, pigeon, named):
        machine(monkeypatch, ("channel.pigeon", "pigeons", "reactivate-birds"))
        monkeypatch.setenv("REACTIVATE_ALLOW", named)
        assert Registry().get("channel", "pigeon").owner == "reactivate-birds 0.3"

    def test_block_wins(self, monkeypatch):
        machine(monkeypatch, ("channel.pigeon", "never_imported", "reactivate-birds"))
        both = frozenset({"reactivate-birds"})
        assert refused(lambda: Registry(allow=both, block=both).get("channel", "pigeon")).startswith("R504")


class TestOneWordTwoDistributions:
    """Both are named, and only who uses the word is stopped."""

    def test_both_are_named(self, monkeypatch, pigeon):
        machine(
            monkeypatch,
            ("channel.pigeon", "pigeons", "reactivate-birds"),
            ("channel.pigeon", "other_pigeons", "reactivate-doves"),
            ("channel.raven", "pigeons", "reactivate-birds"),
        )
        registry = Registry()
        said = refused(lambda: registry.get("channel", "pigeon"))
        assert said.startswith("R503: channel 'pigeon' is claimed by ")
        assert "reactivate-birds 0.3" in said
        assert "reactivate-doves 0.3" in said
        assert registry.words("channel") == ["pigeon", "raven"]

    def test_the_same_one_seen_twice_is_one(self, monkeypatch, pigeon):
        machine(monkeypatch, *[("channel.pigeon", "pigeons", "reactivate-birds")] * 2)
        assert Registry().get("channel", "pigeon").name == "pigeon"


def test_an_entry_point_of_no_kind(monkeypatch):
    machine(monkeypatch, ("pigeon", "pigeons", "reactivate-birds"))
    said = refused(lambda: Registry().get("pigeon", ""))
    assert said == "R502: 'pigeon' of reactivate-birds 0.3 names no kind of plug-in"


class TestOnTheWayOut:
    """What will leave is a warning where it is used."""

    def registry(self, **traits):
        known = stubs()
        channel = ChannelType(name="pigeon", summary="", settings=Settings, reaches="email", **traits)
        known.known["channel", "pigeon"] = guarded(channel, "reactivate-birds 0.3")
        return known

    def business(self, settings):
        from spec_tools import BUSINESS

        return BUSINESS.replace(
            "{use: smtp, host: env:SMTP_HOST, from: hello@sova.example,", f"{{use: pigeon, {settings},"
        )

    def test_a_plugin(self, tmp_path):
        loaded(tmp_path, business=self.business("folder: out"))
        spec = load(tmp_path / "campaign.yml", self.registry(deprecated="use outbox; gone in 2.0"))
        (found,) = spec.diagnostics
        assert (found.code, found.severity, found.hint) == ("R512", "warning", "use outbox; gone in 2.0")
        assert found.message == "channel 'pigeon' (reactivate-birds 0.3) is on its way out"

    def test_a_setting(self, tmp_path):
        loaded(tmp_path, business=self.business("folder: out, directory: out"))
        spec = load(tmp_path / "campaign.yml", self.registry())
        assert [code.partition("@")[0] for code in codes(spec)] == ["R513"]
        assert not spec.failed

    def test_a_setting_that_is_not_used_is_not_spoken_of(self, tmp_path):
        loaded(tmp_path, business=self.business("folder: out"))
        assert load(tmp_path / "campaign.yml", self.registry()).diagnostics == ()

    def test_an_editor_strikes_it_through(self):
        (setting_,) = [one for one in _walk(schema(self.registry())) if one.get("deprecated")]
        assert setting_["description"].startswith("where, as it was called")


def _walk(node):
    found = [node] if isinstance(node, dict) else []
    for below in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        found += _walk(below)
    return found


SETTINGS_FAULTS = {
    "raise ValueError('never')": ("R220", "refuses these settings: never"),
    "import sys; sys.exit(2)": ("R510", "broke while reading its settings: it tried to end the program (exit 2)"),
    "raise Odd('strange')": ("R510", "broke while reading its settings: Odd: strange"),
    "1 / 0": ("R510", "broke while reading its settings: ZeroDivisionError: division by zero"),
}


@pytest.mark.parametrize("fault", SETTINGS_FAULTS)
def test_settings_that_raise(tmp_path, fault):
    class Odd(BaseException):
        pass

    @frozen
    class Picky:
        """Refuses everything."""

        folder: str = setting("where")

        def __attrs_post_init__(self):
            exec(fault, {"Odd": Odd})

    known = stubs()
    known.known["channel", "pigeon"] = guarded(
        ChannelType(name="pigeon", summary="", settings=Picky, reaches="email"), "reactivate-birds 0.3"
    )
    path = loaded(tmp_path, business=TestOnTheWayOut().business("folder: out")).campaign.file
    (found,) = load(path, known).diagnostics
    code, said = SETTINGS_FAULTS[fault]
    assert (found.code, found.message) == (code, f"'pigeon' (reactivate-birds 0.3) {said}")
    assert found.span is not None
