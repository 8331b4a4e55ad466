import csv
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from channels.channel_kit import NOW, context, letter
from openpyxl import Workbook, load_workbook
from reactivate_plugins.call_list import CallListSettings, create
from reactivate_plugins.call_list.results import read_results

from reactivate.errors import EnvironmentFault
from reactivate.rendering import safe_cell

KYIV = ZoneInfo("Europe/Kyiv")
FIELDS = {"name": "Анна", "segment": "vip", "offer": "none", "attempts": "3", "ask_topics": "проза / історія"}


def desk(tmp_path):
    return create(CallListSettings("calls"), context(tmp_path, "desk"))


def call(number=1, **changes):
    base = {
        "channel": "desk",
        "to": "+380671234567",
        "text": "Добрий день!",
        "html": None,
        "subject": None,
        "fields": FIELDS,
    }
    return letter(number, **(base | changes))


def path(tmp_path, day="2026-03-02", kind="csv"):
    return tmp_path / "calls" / f"calls-{day}.{kind}"


def rows(file):
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";"))


def fill(file, *results, delimiter=";", encoding="utf-8-sig"):
    """What an operator does: write results and save."""
    table = rows(file)
    for row, told in zip(table, results, strict=False):
        row.update(told)
    with file.open("w", encoding=encoding, newline="") as lines:
        writer = csv.DictWriter(lines, table[0], delimiter=delimiter)
        writer.writeheader()
        writer.writerows(table)


def results(file, words=None, now=NOW + timedelta(days=1)):
    return read_results(file, words or {}, source="desk", timezone=KYIV, now=now)


def test_the_list_of_a_day_as_csv_and_xlsx(tmp_path):
    receipts = list(desk(tmp_path).send([call(1), call(2)]))
    assert [(r.state, r.provider_id) for r in receipts] == [("accepted", "calls-2026-03-02.csv")] * 2
    found = rows(path(tmp_path))
    head = "key phone name segment offer attempts script questions ask_topics result comment called_at"
    assert list(found[0]) == head.split()
    assert (found[0]["phone"], found[0]["script"], found[0]["result"]) == ("380671234567", "Добрий день!", "")
    assert (found[0]["questions"], found[0]["ask_topics"], found[0]["attempts"]) == ("topics: проза / історія", "", "3")
    sheet = load_workbook(path(tmp_path, kind="xlsx")).active
    assert [cell.value for cell in sheet[1]] == list(found[0])
    assert [cell.value for cell in sheet[2]][:4] == [call(1).key, "380671234567", "Анна", "vip"]
    assert {cell.data_type for line in sheet.iter_rows(min_row=2) for cell in line if cell.value} == {"s"}


def test_the_day_is_that_of_the_business(tmp_path):
    list(desk(tmp_path).send([call(1, at=datetime(2026, 3, 2, 22, 30, tzinfo=UTC))]))
    assert path(tmp_path, "2026-03-03").exists()


def test_later_calls_of_the_day_join_the_list_and_keep_what_operators_wrote(tmp_path):
    list(desk(tmp_path).send([call(1)]))
    fill(path(tmp_path), {"result": "interested", "comment": "бере", "own": "x"})
    list(desk(tmp_path).send([call(2), call(1)]))
    found = rows(path(tmp_path))
    assert [row["key"] for row in found] == [call(1).key, call(2).key]
    assert (found[0]["result"], found[0]["comment"]) == ("interested", "бере")


def test_results_written_into_the_xlsx_are_not_lost_either(tmp_path):
    list(desk(tmp_path).send([call(1)]))
    file = path(tmp_path, kind="xlsx")
    book = load_workbook(file)
    book.active.cell(2, 10).value = "order"
    book.save(file)
    list(desk(tmp_path).send([call(2)]))
    assert [row["result"] for row in rows(path(tmp_path))] == ["order", ""]


def test_what_stands_in_a_list_was_handed_over(tmp_path):
    channel = desk(tmp_path)
    assert channel.lookup(call(1).key).state == "not_sent"
    list(channel.send([call(1)]))
    assert channel.lookup(call(1).key).state == "accepted"
    assert channel.lookup(call(2).key).state == "not_sent"


def test_no_phone_is_a_dead_address_and_costs_the_others_nothing(tmp_path):
    receipts = list(desk(tmp_path).send([call(1, to="x"), call(2)]))
    assert [(r.state, r.dead_address) for r in receipts] == [("rejected", True), ("accepted", False)]


def test_a_disk_in_the_way_is_proof_that_nothing_was_handed_over(tmp_path):
    (tmp_path / "calls").write_text("x")
    assert [r.state for r in desk(tmp_path).send([call(1)])] == ["not_sent"]


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(";", "utf-8-sig"), (",", "utf-8"), ("\t", "cp1251"), (";", "cp1251")]
)
def test_results_come_back_whoever_saved_the_file(tmp_path, delimiter, encoding):
    list(desk(tmp_path).send([call(1), call(2), call(3)]))
    fill(
        path(tmp_path),
        {"result": "Готов заказать", "ask_topics": "романи", "called_at": "02.03.2026 14:30"},
        {"result": "busy", "called_at": "2026-03-02 15:00"},
        delimiter=delimiter,
        encoding=encoding,
    )
    found = results(path(tmp_path), {"готов заказать": "order"})
    told = {(e["event"], e["value"], e["x_key"], e["x_question"]): e for e in found.events.to_pylist()}
    assert set(told) == {
        ("result", "order", call(1).key, None),
        ("answered", "романи", call(1).key, "topics"),
        ("result", "busy", call(2).key, None),
    }
    first = told["result", "order", call(1).key, None]
    assert (first["at"], first["phone"], first["source"]) == (
        datetime(2026, 3, 2, 12, 30, tzinfo=UTC),
        "+380671234567",
        "desk",
    )
    assert found.unread == ()
    assert results(path(tmp_path), {"готов заказать": "order"}).events == found.events


def test_results_come_back_from_xlsx_with_real_dates(tmp_path):
    list(desk(tmp_path).send([call(1)]))
    file = path(tmp_path, kind="xlsx")
    book = load_workbook(file)
    book.active.cell(2, 10).value = "interested"
    book.active.cell(2, 12).value = datetime(2026, 3, 2, 14, 30)
    book.save(file)
    (event,) = results(file).events.to_pylist()
    assert (event["value"], event["at"]) == ("interested", datetime(2026, 3, 2, 12, 30, tzinfo=UTC))


def test_rows_that_cannot_be_used_are_told_with_their_number(tmp_path):
    list(desk(tmp_path).send([call(n) for n in range(1, 6)]))
    fill(
        path(tmp_path),
        {"result": "maybe"},
        {"result": "order", "called_at": "soon"},
        {"result": "order", "key": ""},
        {"result": "order", "called_at": "2027-01-01"},
        {"result": "order"},
    )
    found = results(path(tmp_path))
    assert [row for row, _ in found.unread] == [2, 3, 4, 5]
    assert "unknown result 'maybe'" in found.unread[0][1]
    assert [e["x_key"] for e in found.events.to_pylist()] == [call(5).key]


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x00\x01", b"a;b\n1;2\n", b'key;"unclosed\n', b"PK\x03\x04rubbish", b"\n\n\n", b"key\n" + b";" * 1000],
)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_files_that_are_no_lists_end_in_a_diagnostic_or_in_nothing(tmp_path, raw, kind):
    file = tmp_path / f"x.{kind}"
    file.write_bytes(raw)
    with suppress(EnvironmentFault):
        assert results(file).events.num_rows == 0


def test_the_channel_reads_its_own_lists_back(tmp_path):
    channel = desk(tmp_path)
    list(channel.send([call(1)]))
    fill(path(tmp_path), {"result": "бере"})
    (event,) = channel.read_back(path(tmp_path), {"Бере": "order"}).events.to_pylist()
    assert (event["source"], event["value"], event["at"]) == ("desk", "order", NOW)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(EnvironmentFault, match="R812"):
        results(tmp_path / "none.csv")


def test_an_empty_workbook_gives_nothing(tmp_path):
    Workbook().save(tmp_path / "x.xlsx")
    assert results(tmp_path / "x.xlsx").events.num_rows == 0


FORMULAS = [
    "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "  +x", "\u00a0=1", "\u3000=1",
    "a\n=1", "a\r\n=1", "a\r@x", "a\n\t+1", "a\n -1", "＝1+1", "＋1", "－1", "＠x", " ＝1", "a\n＝1", "=HYPERLINK(\"x\")",
    "=IMPORTXML(1)", "=WEBSERVICE(1)", "=DDE(1)", "-2+3+cmd|' /C calc'!A0", "@x", "=", "+", "-", "@", "=A1", "==1", "+ 1", "- 1",
    "\u200b=1", "\ufeff=1", "\u202e=1", "\u2060=1", "\u00ad=1", "\x00=1", "\x01=1", "\x1b=1", "\x0b=1", "\x0c=1", "\x85=1",
    "a\x85=1", "\u2028=1", "a\u2028=1", "a\u2029+1", "\u0301=1", "﹦1", "﹢1", "﹫x", "⁼1", "₌1", "⁺1", "⁻1", "|calc", "%0A=1",
    "+7 (916) 123", "-", "=\"a\"", "\t\t@x", "\r\n=1", "+-@=",
]  # fmt: skip


@pytest.mark.parametrize("payload", FORMULAS)
def test_no_payload_stays_a_formula(payload):
    assert len(FORMULAS) >= 60
    assert safe_cell(payload).startswith("'")
    assert safe_cell(safe_cell(payload)) == safe_cell(payload)


@pytest.mark.parametrize(
    "value", ["", "Анна", "+79161234567", "79161234567", "a=b", "a - b", "5-6", "'=1", "x@y.example", "1) -"]
)
def test_innocent_cells_stay(value):
    assert safe_cell(value) == value


def test_every_cell_of_both_lists_is_disarmed(tmp_path):
    calls = [
        call(n, text=payload, fields={"name": payload, "segment": payload, "offer": payload, "ask_x": ""})
        for n, payload in enumerate(FORMULAS)
    ]
    list(desk(tmp_path).send(calls))
    for row in rows(path(tmp_path)):
        for name in ("script", "name", "segment", "offer"):
            assert row[name].startswith("'"), row
    for line in load_workbook(path(tmp_path, kind="xlsx")).active.iter_rows(min_row=2):
        assert {cell.data_type for cell in line if cell.value} == {"s"}
        assert all(line[at].value.startswith("'") for at in (2, 3, 4, 6))


def test_a_payload_as_name_of_a_question_cannot_become_a_header_formula(tmp_path):
    list(desk(tmp_path).send([call(1, fields={"ask_x": "", "=1": "y"})]))
    assert not any(name.startswith("=") for name in rows(path(tmp_path))[0])
