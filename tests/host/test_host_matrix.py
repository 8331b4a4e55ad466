"""Six kinds of plug-in times the ways in which one can fail: always one diagnostic with plug-in, version and stage.

The plug-ins are real: a distribution with entry points is written to a folder that Python searches.
"""

import textwrap
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from attrs import frozen

from reactivate.api import Context, Message, Secret, setting
from reactivate.contracts.schemas import LINKS
from reactivate.diagnostics import Diagnostic
from reactivate.errors import ReactivateError
from reactivate.host.registry import Registry

SECRET = "hunter2-never-print-this"
OWNER = "(reactivate-bad 0.3)"
HERE = Context("x", Path("."), ZoneInfo("UTC"), "EUR", lambda: datetime(2026, 11, 2, tzinfo=UTC))
PEOPLE = pa.table({"person_id": ["a", "b"]})
SENT = Message("K1", "c", "s", "p", "bad", "anna@example.com", "Hello")


@frozen
class Kind:
    """How one kind is offered, put to work, and what its stage is called."""

    word: str
    cls: str
    method: str
    given: str
    stage: str
    extra: str = ""

    def work(self, made):
        given = {
            "link": (LINKS.empty(),),
            "assign": (PEOPLE, PEOPLE, date(2026, 11, 2)),
            "cost": (pa.array([1.0, 2.0]),),
            "judge": (PEOPLE,),
            "send": ([SENT],),
        }.get(self.method, ())
        answer = getattr(made, self.method)(*given)
        return list(answer) if self.method in ("read", "send") else answer


KINDS = [
    Kind("source", "SourceType", "read", "self", "reading"),
    Kind("matcher", "MatcherType", "link", "self, records", "linking records"),
    Kind("segmenter", "SegmenterType", "assign", "self, profiles, orders, as_of", "computing its columns",
         ", adds=(Added('score', 'count', 'a score'),)"),
    Kind("offer", "OfferType", "cost", "self, order_value", "computing what the offer costs"),
    Kind("guard", "GuardType", "judge", "self, candidates", "judging offers"),
    Kind("channel", "ChannelType", "send", "self, messages", "sending", ", reaches='email'"),
]  # fmt: skip
FAULTS = {
    "an exception": "raise ZeroDivisionError('division by zero')",
    "sys.exit": "import sys; sys.exit(3)",
    "a base exception": "raise Odd('strange')",
    "a huge text": "raise ValueError('x' * 1_000_000)",
    "many lines": "raise ValueError('one\\ntwo\\r\\nthree\\x1b[31m')",
    "no text at all": "raise Mute()",
    "endless recursion": "def down(): down()\n    down()",
    "a missing module": "import reactivate_is_not_there",
    "its secret": "raise ValueError('login failed for hunter2-never-print-this')",
}
MODULE = """
from attrs import frozen
import pyarrow as pa
from reactivate.api import *
from reactivate.api import hookimpl

class Odd(BaseException): pass

class Mute(Exception):
    def __str__(self): raise RuntimeError("no words")

{at_import}

@frozen
class Settings:
    '''Settings.'''
    token: Secret | str = setting("token", example="env:BAD_TOKEN")

class Made:
    def {method}({given}):
        {at_work}

def create(settings, context):
    {at_create}
    return Made()

@hookimpl
def reactivate_{kind}s():
    {at_hook}
    return [{cls}(name={name!r}, summary="Breaks", settings=Settings, create=create{extra})]
"""


@frozen
class Bad:
    """The settings as a spec would bind them."""

    token: Secret = setting("token")


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Writes the distribution `reactivate-bad 0.3` with one plug-in; the registry that finds it."""
    monkeypatch.setenv("BAD_TOKEN", SECRET)

    def written(kind, **code):
        module = f"bad_{kind.word}"
        parts = {"at_import": "", "at_work": "pass", "at_create": "pass", "at_hook": "pass", "name": "bad"} | code
        text = MODULE.format(
            kind=kind.word, cls=kind.cls, method=kind.method, given=kind.given, extra=code.pop("extra", kind.extra),
            **{name: value for name, value in parts.items() if name != "extra"},
        )  # fmt: skip
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(text), encoding="utf-8")
        about = tmp_path / "reactivate_bad-0.3.dist-info"
        about.mkdir(exist_ok=True)
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: reactivate-bad\nVersion: 0.3\n")
        (about / "entry_points.txt").write_text(f"[reactivate.v1]\n{kind.word}.bad = {module}\n")
        monkeypatch.delitem(__import__("sys").modules, module, raising=False)
        monkeypatch.syspath_prepend(tmp_path)
        return Registry()

    return written


def told(work) -> Diagnostic:
    with pytest.raises(ReactivateError) as caught:
        work()
    (found,) = caught.value.diagnostics
    assert "\n" not in found.message
    assert "\x1b" not in found.message
    assert len(found.message) < 600
    assert SECRET not in found.message + (found.hint or "")
    return found


def made(registry, kind):
    return registry.get(kind.word, "bad").create(Bad(Secret("env:BAD_TOKEN")), HERE)


each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.word)
each_fault = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.replace(" ", "_"))


@each_kind
@each_fault
def test_on_import(install, kind, fault):
    if fault == "its secret":
        return  # nothing is known of secrets before settings are read
    code = FAULTS[fault].replace("\n    ", "\n")
    found = told(lambda: install(kind, at_import=code).get(kind.word, "bad"))
    assert found.code == "R501"
    assert found.message.startswith(f"{kind.word} 'bad' {OWNER} cannot be loaded: ")
    assert "reinstall or remove reactivate-bad" in (found.hint or "")


@each_kind
@each_fault
def test_in_create(install, kind, fault):
    found = told(lambda: made(install(kind, at_create=FAULTS[fault]), kind))
    assert found.code == "R510"
    assert found.message.startswith(f"{kind.word} 'bad' {OWNER} broke while being made ready: ")


@each_kind
@each_fault
def test_at_work(install, kind, fault):
    code = FAULTS[fault].replace("\n    ", "\n        ")
    found = told(lambda: kind.work(made(install(kind, at_work=code), kind)))
    assert found.code == "R510"
    assert found.message.startswith(f"{kind.word} 'bad' {OWNER} broke while {kind.stage}: ")


@each_kind
def test_the_author_learns_file_and_line(install, kind):
    found = told(lambda: kind.work(made(install(kind, at_work="return 1 / 0"), kind)))
    assert f"bad_{kind.word}.py, line " in (found.hint or "")


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind.method in ("read", "send")], ids=lambda kind: kind.word
)
def test_while_iterating(install, kind):
    good = "yield Batch('orders', pa.record_batch({'a': ['1']}), 1)" if kind.word == "source" else (
        "yield Receipt(messages[0].key, 'accepted')"
    )  # fmt: skip
    one = made(install(kind, at_work=f"{good}\n        raise ZeroDivisionError()"), kind)
    items = iter(getattr(one, kind.method)(*(([SENT],) if kind.word == "channel" else ())))
    assert next(items)
    assert told(lambda: next(items)).message.endswith(f"broke while {kind.stage}: ZeroDivisionError")


@each_kind
@pytest.mark.parametrize("stage", ["at_import", "at_hook", "at_create", "at_work"])
def test_a_person_who_wants_to_stop_is_heeded(install, kind, stage):
    with pytest.raises(KeyboardInterrupt):
        kind.work(made(install(kind, **{stage: "raise KeyboardInterrupt"}), kind))


@each_kind
def test_what_it_prints_is_no_result(install, kind, capsys):
    stages = dict.fromkeys(("at_import", "at_hook", "at_create"), "print('chatter')")
    registry = install(kind, **stages, at_work="print('chatter'); raise ValueError")
    told(lambda: kind.work(made(registry, kind)))
    said = capsys.readouterr()
    assert (said.out, said.err.count("chatter")) == ("", 4)


@each_kind
def test_a_factory_that_makes_nothing(install, kind):
    found = told(lambda: made(install(kind, at_create="return None"), kind))
    assert found.message == (f"{kind.word} 'bad' {OWNER}, while being made ready, gave nothing, expected a {kind.word}")


@each_kind
def test_a_hook_that_returns_nothing(install, kind):
    assert told(lambda: install(kind, at_hook="return None").get(kind.word, "bad")).code in ("R501", "R502")


@each_kind
@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"name": "other"}, "R502", "returned no"),
        ({"extra": ", api=(2, 0)"}, "R506", "needs plug-in interface 2.0, this is 1.0"),
        ({"extra": ", api=(1, 7)"}, "R506", "needs plug-in interface 1.7, this is 1.0"),
        ({"extra": ", api='1.0'"}, "R502", "api is '1.0'"),
        ({"extra": ", stability='great'"}, "R502", "stability 'great' is none of"),
        ({"extra": ", deprecated=2"}, "R502", "summary and deprecated are texts"),
    ],
)
def test_a_wrong_descriptor(install, kind, change, code, said):
    extra = kind.extra + change.get("extra", "")
    found = told(lambda: install(kind, **{**change, "extra": extra}).get(kind.word, "bad"))
    assert (found.code, said in found.message, OWNER in found.message) == (code, True, True), found.message


def test_a_channel_that_reaches_nobody_known(install):
    channel = KINDS[-1]
    found = told(lambda: install(channel, extra=", reaches='pigeons'").get("channel", "bad"))
    assert "reaches 'pigeons' is none of ads, call, email" in found.message


WRONG = [
    ("source", "return None", "TypeError"),
    ("source", "yield {'a': 1}", "gave a dict, expected a Batch or a BadRow"),
    ("source", "yield Batch('people', pa.table({}), 1)", "expected an Arrow RecordBatch"),
    ("source", "yield Batch('cats', pa.record_batch({'a': ['1']}), 1)", "a Batch of 'cats'"),
    ("source", "yield Batch('people', pa.record_batch({'a': ['1']}), 1, pa.array([1, 2]))", "2 row numbers for 1 rows"),
    ("matcher", "return None", "gave nothing, expected an Arrow table"),
    ("matcher", "return pa.table({'left': [0]})", "lacks the column 'right'"),
    ("matcher", "return links(left=[0], right=[9], probability=[0.5], band=['merge'])", "records that are not there"),
    ("matcher", "return links(left=[0], right=[None], probability=[0.5], band=['merge'])", "has 1 empty cells"),
    ("matcher", "return links(left=[0, 0], right=[1, 1], probability=[0.5] * 2, band=['merge'] * 2)", "repeats a key"),
    ("matcher", "return links(left=['x'], right=[1], probability=[0.5], band=['merge'])", "expected int64"),
    ("matcher", "return links(left=[0], right=[1], probability=[7.0], band=['merge'])", "between 0 and 1"),
    ("matcher", "return links(left=[0], right=[1], probability=[0.5], band=['same'])", "not one of"),
    ("segmenter", "return None", "gave nothing"),
    ("segmenter", "return pa.table({'person_id': ['a']})", "a table without 'score'"),
    ("segmenter", "return pa.table({'person_id': ['a', None], 'score': [1, 2]})", "'person_id' has 1 empty cells"),
    ("segmenter", "return pa.table({'person_id': ['a', 'a'], 'score': [1, 2]})", "a person stands twice"),
    ("segmenter", "return pa.table({'person_id': ['a', 'z'], 'score': [1, 2]})", "not among the profiles"),
    ("segmenter", "return pa.table({'person_id': [1], 'score': [1]})", "'person_id' is int64, expected string"),
    ("segmenter", "return pa.table({'person_id': ['a'], 'score': ['much']})", "its descriptor says count"),
    ("offer", "return None", "gave nothing, expected an Arrow array"),
    ("offer", "return pa.array([1.0])", "1 costs for 2 orders"),
    ("offer", "return pa.array([1, 2])", "costs as int64, expected double"),
    ("offer", "return pa.array([1.0, None])", "no cost for an order whose sum is known"),
    ("offer", "return pa.array([1.0, -2.0])", "a cost below zero"),
    ("offer", "return pa.array([1.0, float('nan')])", "a cost below zero, or one that is no number"),
    ("guard", "return None", "gave nothing"),
    ("guard", "return pa.table({'person_id': ['a']})", "a table without 'offer', 'verdict'"),
    ("guard", "return pa.table({'person_id': ['a'], 'offer': ['x'], 'verdict': pa.nulls(1)})", "1 empty cells"),
    ("guard", "return pa.table({'person_id': [1], 'offer': ['x'], 'verdict': ['no']})", "is int64, expected string"),
    ("channel", "return None", "TypeError"),
    ("channel", "yield 'sent'", "gave a str, expected a Receipt"),
    ("channel", "yield Receipt('K1', 'done')", "a receipt whose state is 'done'"),
    ("channel", "yield Receipt('K9', 'accepted')", "a message that it was not given"),
]


@pytest.mark.parametrize(("word", "code", "said"), WRONG)
def test_a_wrong_answer(install, word, code, said):
    kind = next(kind for kind in KINDS if kind.word == word)
    links = "links = lambda **columns: pa.table(columns)"
    one = made(install(kind, at_import=links, at_work=code), kind)
    found = told(lambda: _worked(kind, one))
    assert said in found.message, found.message
    assert found.message.startswith(f"{word} 'bad' {OWNER}")
    assert kind.stage in found.message


def _worked(kind, one):
    if kind.word == "matcher":
        return one.link(pa.table({"record_id": ["r1", "r2"]}))
    return kind.work(one)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.word)
def test_nothing_refused_and_nobody_added_is_fine(install, kind):
    empty = {
        "source": "return iter(())",
        "matcher": "return pa.table({'left': [], 'right': [], 'probability': [], 'band': []})",
        "segmenter": "return pa.table({'person_id': [], 'score': []})",
        "offer": "return pa.array([0.0, 0.0])",
        "guard": "return pa.table({'person_id': [], 'offer': [], 'verdict': []})",
        "channel": "return iter(())",
    }
    kind.work(made(install(kind, at_work=empty[kind.word]), kind))
