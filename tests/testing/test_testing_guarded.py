"""A plug-in that breaks is one diagnostic: which one, which version, at what."""

import re
import sys
from datetime import UTC, date, datetime
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType, SimpleNamespace
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from attrs import frozen

from reactivate.api import (
    Added,
    Batch,
    ChannelType,
    Context,
    GuardStop,
    GuardType,
    MatcherType,
    NoSettings,
    OfferType,
    SegmenterType,
    SourceType,
    Terms,
    hookimpl,
    setting,
)
from reactivate.contracts.schemas import LINKS
from reactivate.errors import ReactivateError
from reactivate.host import registry as registries
from reactivate.host.guarded import guarded
from reactivate.host.registry import Registry

HERE = Context("x", Path("."), ZoneInfo("UTC"), "EUR", lambda: datetime(2026, 11, 2, tzinfo=UTC))
OWNER = "reactivate-bad 0.3"


def raising(fault):
    def work(*_given):
        raise fault

    return work


def made(kind, **methods):
    """What the host gets of a plug-in whose object has these methods."""
    descriptor = kind(name="bad", summary="Breaks", create=lambda settings, context: SimpleNamespace(**methods))
    return guarded(descriptor, OWNER).create(NoSettings(), HERE)


def told(work):
    with pytest.raises(ReactivateError) as caught:
        work()
    (found,) = caught.value.diagnostics
    return found


def batches_then_fault():
    yield Batch("orders", pa.record_batch({"a": ["1"]}), 1)
    raise ZeroDivisionError("division by zero")


@pytest.mark.parametrize(
    ("kind", "method", "work", "stage"),
    [
        (SourceType, "read", lambda one: list(one.read()), "reading"),
        (MatcherType, "link", lambda one: one.link(None), "linking records"),
        (SegmenterType, "assign", lambda one: one.assign(None, None, date(2026, 11, 2)), "computing its columns"),
        (OfferType, "cost", lambda one: one.cost(pa.array([1.0])), "computing what the offer costs"),
        (OfferType, "codes", lambda one: one.codes(), "handing out codes"),
        (GuardType, "judge", lambda one: one.judge(None), "judging offers"),
    ],
)
class TestEachStage:
    def test_a_fault_names_the_plugin_its_version_and_the_stage(self, kind, method, work, stage):
        found = told(lambda: work(made(kind, **{method: raising(KeyError("сумма"))})))
        assert found.code == "R510"
        assert found.message == f"{kind.kind} 'bad' ({OWNER}) broke while {stage}: KeyError: 'сумма'"

    def test_what_the_plugin_says_in_our_words_passes_untouched(self, kind, method, work, stage):
        said = GuardStop.because("R701", "too much")
        with pytest.raises(GuardStop) as caught:
            work(made(kind, **{method: raising(said)}))
        assert caught.value is said

    def test_a_full_disk_is_the_machine_s_fault(self, kind, method, work, stage):
        found = told(lambda: work(made(kind, **{method: raising(OSError(28, "No space left on device"))})))
        assert (found.code, "no space left" in found.message, stage in found.message) == ("R901", True, True)


def test_a_source_that_breaks_in_the_middle_gave_its_batches_before():
    items = made(SourceType, read=batches_then_fault).read()
    assert next(items).table.num_rows == 1
    assert told(lambda: next(items)).code == "R510"


def test_a_fault_in_create():
    descriptor = SourceType(name="bad", summary="Breaks", create=raising(RuntimeError("no")))
    found = told(lambda: guarded(descriptor, OWNER).create(NoSettings(), HERE))
    assert found.message == "source 'bad' (reactivate-bad 0.3) broke while being made ready: RuntimeError: no"


SCORES = (Added("score", "count", "a score"),)


@pytest.mark.parametrize(
    ("kind", "extra", "method", "answer", "gave"),
    [
        (SourceType, {}, "read", [{"a": 1}], "a dict, expected a Batch or a BadRow"),
        (SourceType, {}, "read", [Batch("orders", pa.table({}), 1)], "a Batch with a Table"),
        (SourceType, {}, "read", None, "broke while reading: TypeError"),
        (MatcherType, {}, "link", None, "nothing, expected an Arrow table"),
        (MatcherType, {}, "link", pa.table({"left": [1]}), "a wrong table: table 'links' lacks the column"),
        (SegmenterType, {"adds": SCORES}, "assign", pa.table({"person_id": ["a"]}), "a table without 'score'"),
        (SegmenterType, {"adds": SCORES}, "assign",
         pa.table({"person_id": ["a", "a"], "score": [1, 2]}), "a person stands twice"),
        (SegmenterType, {"adds": SCORES}, "assign",
         pa.table({"person_id": ["a"], "score": ["much"]}), "column 'score' is string, its descriptor says count"),
        (GuardType, {}, "judge", pa.table({"person_id": ["a"]}), "a table without 'offer', 'verdict'"),
        (OfferType, {}, "cost", pa.array([1.0, 2.0]), "2 costs for 1 orders"),
        (OfferType, {}, "cost", [1.0], "a list, expected an Arrow array"),
        (OfferType, {}, "codes", [" "], "a code that is no text"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_named(kind, extra, method, answer, gave):
    descriptor = kind(
        name="bad",
        summary="Lies",
        create=lambda settings, context: SimpleNamespace(**{method: lambda *given: answer}),
        **extra,
    )
    one = guarded(descriptor, OWNER).create(NoSettings(), HERE)
    given = {"read": (), "codes": (), "cost": (pa.array([1.0]),), "assign": (None, None, None)}.get(method, (None,))
    found = told(lambda: list(getattr(one, method)(*given)))
    assert gave in found.message
    assert OWNER in found.message


def test_what_may_be_left_out_is_not_there():
    assert getattr(made(SegmenterType), "why", None) is None
    with pytest.raises(ReactivateError, match="R510"):
        made(SegmenterType).assign(None, None, None)


def test_right_answers_pass_as_they_are():
    links = LINKS.table(left=[0], right=[1], probability=[0.9], band=["merge"])
    assert made(MatcherType, link=lambda records: links).link(None).equals(links)
    assert made(OfferType, codes=lambda: None).codes() is None
    assert list(made(OfferType, codes=lambda: iter(["A1", "A2"])).codes()) == ["A1", "A2"]
    assert made(OfferType, terms=Terms(gives="a tea")).terms == Terms(gives="a tea")


@frozen
class Distribution:
    name: str = "reactivate-bad"
    version: str = "0.3"


def installed(monkeypatch, module, *entries):
    """A registry of a machine where a foreign distribution brings `module`."""
    if module is not None:
        monkeypatch.setitem(sys.modules, "bad_plugin", module)
    found = [EntryPoint(name, "bad_plugin", registries.GROUP)._for(Distribution()) for name in entries]
    monkeypatch.setattr(registries, "entry_points", lambda group: found)
    return Registry()


def test_a_fault_on_import(monkeypatch, tmp_path):
    (tmp_path / "bad_plugin.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "bad_plugin", raising=False)
    found = told(lambda: installed(monkeypatch, None, "source.bad").get("source", "bad"))
    assert found.code == "R501"
    assert "reactivate-bad 0.3" in found.message
    assert "ZeroDivisionError" in found.message


@frozen
class Picky:
    """Refuses everything."""

    days: int = setting("days", example="3")

    def __attrs_post_init__(self):
        raise ValueError("never")


@frozen
class Unreadable:
    """A type that is not there."""

    days: "Dat" = setting("days", example="3")  # noqa: F821


@pytest.mark.parametrize(
    ("cls", "code", "message"),
    [
        (Picky, "R220", "'bad' (reactivate-bad 0.3) refuses these settings: never"),
        (Unreadable, "R507", "the settings of channel 'bad' (reactivate-bad 0.3) cannot be read: NameError"),
    ],
)
def test_a_fault_in_the_settings(monkeypatch, tmp_path, cls, code, message):
    from reactivate.spec.load import load
    from reactivate.starter import Shop, write_starter

    write_starter(tmp_path, Shop())
    business = tmp_path / "business.yml"
    text = business.read_text(encoding="utf-8")
    business.write_text(re.sub(r"use: outbox.*\}", "use: bad, days: 3}", text), encoding="utf-8")
    registry = Registry()
    channel = ChannelType(name="bad", summary="Breaks", settings=cls, reaches="email")
    registry.put(guarded(channel, OWNER))
    found = {item.code: item.message for item in load(tmp_path / "campaign.yml", registry).diagnostics}
    assert found[code].startswith(message)


def test_a_plugin_found_by_entry_point_is_watched(monkeypatch):
    module = ModuleType("bad_plugin")
    offered = [SourceType(name="bad", summary="Breaks", create=raising(RuntimeError("no")))]
    module.reactivate_sources = hookimpl(lambda: offered)
    module.reactivate_sources.__name__ = "reactivate_sources"
    descriptor = installed(monkeypatch, module, "source.bad").get("source", "bad")
    assert told(lambda: descriptor.create(NoSettings(), HERE)).code == "R510"
