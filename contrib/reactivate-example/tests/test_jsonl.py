"""The kit's suite, and what is special about this channel."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import reactivate_example
from reactivate_example.lines import Lines

from reactivate.api import Context, Message
from reactivate.testing import Subject, conformance

(JSONL,) = reactivate_example.reactivate_channels()


@pytest.mark.parametrize("check", conformance(Subject(JSONL)), ids=str)
def test_the_kit_finds_no_fault(check):
    check()


def letter(number):
    return Message(
        f"KEY{number:023d}", "spring", "hello", f"p{number}", "lines", f"anna{number}@shop.example", "Привіт"
    )


def test_a_line_holds_the_message(tmp_path):
    context = Context("lines", tmp_path, ZoneInfo("UTC"), "EUR", lambda: datetime(2026, 11, 2, tzinfo=UTC))
    channel = JSONL.create(JSONL.settings(path="out/a.jsonl"), context)
    list(channel.send([letter(1), letter(2)]))
    rows = [json.loads(line) for line in (tmp_path / "out/a.jsonl").read_text(encoding="utf-8").split("\n")]
    assert [(row["to"], row["text"]) for row in rows] == [(f"anna{n}@shop.example", "Привіт") for n in (1, 2)]


def test_half_a_line_is_no_line(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"key": "KEY00000000000000000000001", "to": "anna', encoding="utf-8")
    channel = Lines(path)
    assert channel.lookup(letter(1).key).state == "not_sent"
    assert [receipt.state for receipt in channel.send([letter(1)])] == ["accepted"]
    assert channel.lookup(letter(1).key).state == "accepted"


def test_a_disk_that_refuses_leaves_the_message_in_doubt(tmp_path):
    (tmp_path / "file").write_text("")
    (receipt,) = Lines(tmp_path / "file" / "a.jsonl").send([letter(1)])
    assert receipt.state == "unknown"
