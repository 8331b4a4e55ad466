"""What people did, told by files: refusals must find their person or say that they found nobody."""

import json

import pytest

from reactivate.cli.main import main

MORNING = "2026-11-02T10:00"
ORDERS = (
    "order,date,total,status,name,email,phone\n1001,2025-11-03,40,paid,Anna Example,anna@post.example,+380501000007\n"
)


@pytest.fixture
def shop(tmp_path, capsys):
    """A shop in Kyiv that knows Anna by e-mail and phone."""
    with pytest.raises(SystemExit):
        main(["init", str(tmp_path / "shop")])
    shop = tmp_path / "shop"
    business = (shop / "business.yml").read_text().replace("Europe/Berlin", "Europe/Kyiv")
    paid = "    paid: [paid]\n"
    (shop / "business.yml").write_text(business.replace(paid, f"{paid}    events: {{booked: waiting}}\n"))
    (shop / "data" / "orders.csv").write_text(ORDERS)
    with pytest.raises(SystemExit):
        main(["plan", str(shop / "campaign.yml"), "--as-of", MORNING])
    capsys.readouterr()
    return shop


@pytest.fixture
def events(shop, capsys, tmp_path):
    """Import this CSV text; the JSON told, or with another exit code what was said."""

    def run(text, code=0):
        file = tmp_path / "events.csv"
        file.write_text(text)
        with pytest.raises(SystemExit) as leave:
            main(["events", str(shop / "campaign.yml"), str(file), "--format", "json"])
        told = capsys.readouterr()
        assert leave.value.code == code, told.err
        return json.loads(told.out) if code == 0 else told.err

    return run


@pytest.mark.parametrize(("column", "contact"), [("phone", "050 100 00 07"), ("phone", "+380501000007"),
                                             ("email", " Anna@Post.Example ")])  # fmt: skip
def test_a_refusal_finds_its_person_however_the_contact_is_written(shop, events, capsys, column, contact):
    told = events(f"event_id,kind,at,{column}\ne1,refused,2026-11-02T09:00,{contact}\n")
    assert told == {"format": "events/1", "read": 1, "new": 1, "unknown_people": 0}
    with pytest.raises(SystemExit):
        main(["plan", str(shop / "campaign.yml"), "--as-of", MORNING, "--format", "json"])
    assert json.loads(capsys.readouterr().out)["reach"]["email"]["people"] == 0


def test_events_of_strangers_are_counted_and_fail_nothing(events):
    rows = "e1,refused,2026-11-02T09:00,nobody@post.example,\ne2,clicked,2026-11-02T09:00,,someone-else\n"
    told = events(f"event_id,kind,at,email,person_id\n{rows}")
    assert (told["new"], told["unknown_people"]) == (2, 2)


@pytest.mark.parametrize(("written", "meant"), [("unsubscribe", "unsubscribed"), ("complain", "complained"),
                                            ("boked", "booked")])  # fmt: skip
def test_a_kind_that_nobody_declared_is_refused_with_the_likely_one(events, written, meant):
    said = events(f"event_id,kind,at,email\ne1,{written},2026-11-02T09:00,anna@post.example\n", code=5)
    assert "R644" in said
    assert "events.csv:2:1" in said
    assert repr(meant) in said


def test_an_event_of_a_source_is_known(events):
    assert events("event_id,kind,at,email\ne1,booked,2026-11-02T09:00,anna@post.example\n")["new"] == 1


def test_a_result_must_be_one_of_ours(events):
    row = "event_id,kind,at,email,value\ne1,result,2026-11-02T09:00,anna@post.example,"
    assert "'do_not_call'" in events(f"{row}do_not_cal\n", code=5)
    assert events(f"{row}call_again\n")["new"] == 1


@pytest.mark.parametrize("row", [2, 3])
def test_a_row_with_a_field_too_many_is_named(events, row):
    good = "event_id,kind,at,email,value\n" + "e1,clicked,2026-11-02T09:00,anna@post.example,\n" * (row - 2)
    said = events(f"{good}e2,answered,2026-11-02T09:00,anna@post.example,why=price,far\n", code=5)
    assert "R644" in said
    assert f"events.csv:{row}:1" in said


class TestFilesAsPeopleHaveThem:
    @pytest.fixture
    def from_bytes(self, shop, capsys, tmp_path):
        """Import these bytes; (exit code, what was said)."""

        def run(content):
            file = tmp_path / "exported.csv"
            file.write_bytes(content)
            with pytest.raises(SystemExit) as leave:
                main(["events", str(shop / "campaign.yml"), str(file)])
            told = capsys.readouterr()
            assert "Traceback" not in told.err
            return leave.value.code, told.out + told.err

        return run

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
    @pytest.mark.parametrize("delimiter", [";", ",", "\t"])
    def test_any_encoding_and_delimiter_of_a_spreadsheet(self, from_bytes, encoding, delimiter):
        rows = [["event_id", "kind", "at", "email", "value"],
                ["e1", "answered", "2026-11-02T09:00", "anna@post.example", "why=дорого и далеко"]]  # fmt: skip
        text = "\r\n".join(delimiter.join(row) for row in rows) + "\r\n"
        assert from_bytes(text.encode(encoding)) == (0, "1 event read, 1 new, 0 named nobody known\n")

    def test_blank_rows_and_cells_that_lack_at_the_end_do_not_matter(self, from_bytes):
        text = "event_id,kind,at,email,value\n\n,,,,\ne1,clicked,2026-11-02T09:00,anna@post.example\n"
        assert from_bytes(text.encode())[1].startswith("1 event read, 1 new")

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "R611"),
            (b"PK\x03\x04zip", "R612"),
            (
                b'event_id,kind,at,email\ne1,"refused,2026-11-02T09:00,a@b.example\n',
                ".csv:2:1: error R644: this row opens a",
            ),
            (
                b"event_id,kind,at,email\ne1,refused,2026-11-02T09:00,a\0@b.example\n",
                ".csv:2:1: error R644: this row holds a",
            ),
        ],
        ids=["empty", "workbook", "open quotation mark", "damaged"],
    )
    def test_what_cannot_be_read_is_named_and_nothing_is_taken_in(self, from_bytes, content, said):
        code, told = from_bytes(content)
        assert (code, said in told) == (5, True), told
