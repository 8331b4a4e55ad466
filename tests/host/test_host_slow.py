"""A plug-in that hangs is named: on stderr while it hangs, and in the word of farewell when a person stops it."""

from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import pytest

from reactivate.api import Context, NoSettings, SourceType
from reactivate.cli import main as program
from reactivate.errors import INTERRUPTED
from reactivate.host import guarded as module
from reactivate.host.guarded import guarded


def source(read):
    """A source `crm` of a stranger whose `read` is this function."""
    made = type("Crm", (), {"read": lambda self: read()})()
    descriptor = SourceType(name="crm", summary="Read a CRM", settings=NoSettings, create=lambda *_: made)
    context = Context("shop", Path(), ZoneInfo("Europe/Kyiv"), "UAH", lambda: None)
    return guarded(descriptor, "reactivate-crm 0.3").create(NoSettings(), context)


def test_who_is_at_work_is_told_when_it_takes_long(monkeypatch):
    told, go_on = [], Event()

    def hear(line):
        told.append(line)
        go_on.set()

    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(module, "_WATCH", module._Watch())
    monkeypatch.setattr(module, "_tell", hear)

    def hangs():
        assert go_on.wait(60)
        return iter(())

    list(source(hangs).read())
    assert any(line.startswith("source 'crm' (reactivate-crm 0.3) is reading, for") for line in told)
    assert all(line.endswith("Ctrl-C stops it") for line in told)


def test_quick_work_is_not_spoken_of(capsys):
    list(source(lambda: iter(())).read())
    assert capsys.readouterr().err == ""


def test_a_person_who_stops_it_is_told_who_was_at_work(monkeypatch, capsys):
    def stopped():
        raise KeyboardInterrupt

    monkeypatch.setattr(program.cli, "main", lambda **_: list(source(stopped).read()))
    with pytest.raises(SystemExit) as leave:
        program.main([])
    assert leave.value.code == INTERRUPTED
    assert capsys.readouterr().err == (
        "stopped while source 'crm' (reactivate-crm 0.3) was reading; nothing is half done: run it again to go on\n"
    )
