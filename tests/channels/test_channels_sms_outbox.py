import csv

from channels.channel_kit import context, letter
from reactivate_plugins.sms_outbox import SmsOutboxSettings, create


def outbox(tmp_path):
    return create(SmsOutboxSettings("out/sms.csv", "SOVA"), context(tmp_path, "sms"))


def text(number=1, **changes):
    return letter(
        number,
        **({"channel": "sms", "to": "+380671234567", "text": "Вітаємо", "html": None, "subject": None} | changes),
    )


def rows(tmp_path):
    with (tmp_path / "out" / "sms.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_messages_become_rows_with_their_parts(tmp_path):
    receipts = list(outbox(tmp_path).send([text(1), text(2, text="ї" * 71), text(3, text='a; "b"\nc')]))
    assert [r.state for r in receipts] == ["accepted"] * 3
    found = rows(tmp_path)
    assert [row["parts"] for row in found] == ["1", "2", "1"]
    assert [row["encoding"] for row in found] == ["UCS-2", "UCS-2", "GSM"]
    assert found[0]["phone"] == "380671234567"
    assert found[0]["sender"] == "SOVA"
    assert found[0]["at"] == "2026-03-02T09:30:00+00:00"
    assert found[2]["text"] == 'a; "b"\nc'
    assert (tmp_path / "out" / "sms.csv").stat().st_mode & 0o777 == 0o600


def test_a_second_run_appends_without_a_second_header(tmp_path):
    list(outbox(tmp_path).send([text(1)]))
    list(outbox(tmp_path).send([text(2)]))
    assert [row["key"] for row in rows(tmp_path)] == [text(1).key, text(2).key]


def test_a_row_cut_short_by_a_crash_does_not_count_and_does_not_spoil_the_next(tmp_path):
    box = outbox(tmp_path)
    list(box.send([text(1), text(2, text='довгий "текст"\r\n' * 3)]))
    path = tmp_path / "out" / "sms.csv"
    whole = path.read_bytes()
    for cut in range(len(whole) - 60, len(whole)):
        path.write_bytes(whole[:cut])
        assert box.lookup(text(2).key).state == "not_sent", whole[:cut]
        list(box.send([text(3)]))
        assert box.lookup(text(1).key).state == "accepted"
        assert box.lookup(text(3).key).state == "accepted", whole[:cut]
        assert [row["key"] for row in rows(tmp_path)] == [text(1).key, text(3).key]


def test_what_stands_there_was_handed_over(tmp_path):
    box = outbox(tmp_path)
    assert box.lookup(text(1).key).state == "not_sent"
    list(box.send([text(1)]))
    assert box.lookup(text(1).key).state == "accepted"
    assert box.lookup("380671234567").state == "not_sent"


def test_empty_texts_and_no_phones_are_refused(tmp_path):
    receipts = list(outbox(tmp_path).send([text(1, text=""), text(2, to="anna@example.com"), text(3, to="")]))
    assert [(r.state, r.dead_address) for r in receipts] == [
        ("rejected", False),
        ("rejected", True),
        ("rejected", True),
    ]


def test_a_path_in_the_way_leaves_us_in_doubt_never_in_error(tmp_path):
    (tmp_path / "out").write_text("x")
    receipts = list(outbox(tmp_path).send([text(1)]))
    assert receipts[0].state == "unknown"


def test_formulas_are_disarmed(tmp_path):
    list(outbox(tmp_path).send([text(1, text="=HYPERLINK(1)")]))
    assert rows(tmp_path)[0]["text"] == "'=HYPERLINK(1)"
