"""`init --from FILE.csv`: which column is what, how sure, and a business file that passes `check`."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reactivate.cli.main import main
from reactivate.diagnostics import Collector
from reactivate.errors import DataError
from reactivate.host.registry import Registry
from reactivate.spec.load import load
from reactivate.starter import Shop, write_starter
from reactivate.starter.look import layout, look
from reactivate.starter.propose import propose
from reactivate.starter.told import as_text

ROWS = {
    "en": ("Order No,Order Date,Customer Name,E-mail,Mobile Phone,Order Total,City", "1,2026-03-01,Ann Lee,ann@post.example,+1 212 555 0147,40.00,York"),
    "ru": ("Номер заказа;Дата заказа;ФИО;Эл.почта;Телефон;Сумма;Город", "1;01.03.2026;Анна Ли;anna@post.example;+7 916 555-01-47;1 040,50;Пермь"),
    "uk": ("Номер замовлення;Дата замовлення;ПІБ;Електронна пошта;Номер телефону;Сума;Місто", "1;01.03.2026;Ганна Лі;anna@post.example;067 555 01 47;740,00;Львів"),
    "pl": ("Nr zamówienia;Data zamówienia;Imię i nazwisko;E-mail;Telefon;Kwota;Miasto", "1;01.03.2026;Anna Li;anna@post.example;601 555 014;40,00 zł;Łódź"),
}  # fmt: skip
FIELDS = {"order_id", "ordered_on", "name", "email", "phone", "amount", "city"}


@pytest.fixture
def file(tmp_path):
    def write(*lines, encoding="utf-8"):
        path = tmp_path / "own.csv"
        path.write_bytes("\n".join(lines).encode(encoding))
        return path

    return write


def mapping(path):
    return {item.ours: (item.theirs, item.sure) for item in propose(look(path)).mapping}


@pytest.mark.parametrize("language", ROWS)
def test_headers_of_four_languages_are_known_for_sure(file, language):
    found = mapping(file(*ROWS[language]))
    assert set(found) == FIELDS
    assert {sure for _, sure in found.values()} == {"sure"}


@pytest.mark.parametrize(
    ("language", "encoding"),
    [("ru", "cp1251"), ("uk", "cp1251"), ("pl", "cp1250"), ("pl", "utf-16"), ("ru", "utf-8-sig")],
)
def test_encodings_are_found(file, language, encoding):
    sample = look(file(*ROWS[language], *[ROWS[language][1]] * 20, encoding=encoding))
    assert sample.encoding == {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    assert {item.ours for item in propose(sample).mapping} == FIELDS


def test_cells_that_speak_against_the_header_make_it_a_guess_or_nothing(file):
    path = file(
        "Email,Phone,Order date", "ask him,hello,2026-01-01", "b@post.example,none,2026-01-02", "x,y,2026-01-03"
    )
    assert mapping(path) == {"email": ("Email", "guess"), "ordered_on": ("Order date", "sure")}


def test_cells_alone_are_a_guess(file):
    path = file(
        "A,B,Date", "anna@post.example,+380 67 555 01 47,2026-01-01", "ben@post.example,067 555 01 48,2026-01-02"
    )
    assert mapping(path) == {"email": ("A", "guess"), "phone": ("B", "guess"), "ordered_on": ("Date", "sure")}


def test_a_header_that_holds_a_known_word_is_likely(file):
    assert mapping(file("Телефон мобильный жены", "+7 916 555-01-47"))["phone"][1] == "likely"
    assert mapping(file("primary email of hers,Date", "a@post.example,2026-01-01"))["email"][1] == "likely"


@pytest.mark.parametrize(
    ("cells", "expected", "other"),
    [
        (["2026-03-14", "2026-03-15 10:00"], "YYYY-MM-DD", None),
        (["14.03.2026", "01.02.2026"], "DD.MM.YYYY", None),
        (["03/14/2026", "01/02/2026"], "MM/DD/YYYY", None),
        (["01/02/2026", "03/04/2026"], "DD/MM/YYYY", "MM/DD/YYYY"),
        (["02/02/2026"], "DD/MM/YYYY", None),
        (["14.03.26"], "DD.MM.YY", None),
    ],
)
def test_the_writing_of_dates_is_found_and_doubt_is_told(cells, expected, other):
    found = layout(cells)
    assert (found.layout, found.share, found.other) == (expected, 1.0, other)


def test_what_is_no_date_has_no_layout():
    assert layout(["soon", "later"]) is None
    assert layout([]) is None


def test_a_file_of_people_is_no_file_of_orders(file):
    proposal = propose(look(file("Name,Email,Total", "Ann,ann@post.example,40")))
    assert proposal.rows == "people"
    assert {item.ours for item in proposal.mapping} == {"name", "email"}
    assert "people, not orders" in as_text(proposal)


def test_statuses_that_mean_paid_are_known_or_doubted(file):
    known = propose(
        look(file("Date,Status,Email", "2026-01-01,Delivered,a@post.example", "2026-01-01,Lost,a@post.example"))
    )
    assert (known.paid, known.paid_known) == (("Delivered",), True)
    doubted = propose(look(file("Date,Status,Email", "2026-01-01,QX7,a@post.example")))
    assert (doubted.paid, doubted.paid_known) == (("QX7",), False)
    assert "look at it" in as_text(doubted)


@pytest.mark.parametrize("text", ["", "\n\n", "x1;x2\n1;2\n"])
def test_files_without_anything_known_are_refused(file, text):
    with pytest.raises(DataError):
        propose(look(file(text)))


@pytest.mark.parametrize("language", ROWS)
def test_what_init_writes_passes_check_and_can_be_planned(file, tmp_path, capsys, language):
    path = file(*ROWS[language])
    run(capsys, "init", tmp_path / "shop", "--from", path, "--policy", "eu")
    assert "good" in run(capsys, "check", tmp_path / "shop" / "campaign.yml")
    plan = run(capsys, "plan", tmp_path / "shop" / "campaign.yml", "--as-of", "2026-11-02T10:00", "--format", "json")
    assert json.loads(plan)["people"]["people"] == 1


def test_both_files_name_the_schema_that_is_there(tmp_path, capsys):
    run(capsys, "init", tmp_path)
    for name in ("business.yml", "campaign.yml"):
        first = (tmp_path / name).read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith("# yaml-language-server: $schema=")
        schema = json.loads((tmp_path / first.partition("$schema=")[2]).read_text(encoding="utf-8"))
        assert schema["$schema"].startswith("http")


def test_example_and_own_file_do_not_go_together(tmp_path, capsys):
    run(capsys, "init", tmp_path, "--example", "bookshop", "--from", "x.csv", code=2)


def test_a_file_that_is_not_there(tmp_path, capsys):
    run(capsys, "init", tmp_path / "shop", "--from", tmp_path / "gone.csv", code=9)
    assert not (tmp_path / "shop").exists()


HEADERS = st.one_of(
    st.sampled_from([cell for head, _ in ROWS.values() for cell in head.replace(";", ",").split(",")]),
    st.text(max_size=12),
)
CELLS = st.one_of(
    st.sampled_from(["2026-01-02", "01.02.2026", "a@post.example", "1 040,50", "+7 916 555-01-47", '"', "\\"]),
    st.text(max_size=12),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(head=st.lists(HEADERS, min_size=1, max_size=6), cells=st.lists(st.lists(CELLS, max_size=6), max_size=4))
def test_whatever_the_file_holds_the_business_file_passes_check(tmp_path_factory, registry, head, cells):
    folder = tmp_path_factory.mktemp("own")
    path = folder / "own.csv"
    path.write_bytes("\n".join(";".join(row) for row in [head, *cells]).encode("utf-8", "replace"))
    try:
        proposal = propose(look(path))
    except DataError:
        return
    write_starter(folder / "shop", Shop(), proposal.source(folder / "shop"))
    found = Collector(list(load(folder / "shop" / "campaign.yml", registry).diagnostics))
    assert not found.failed, found.items


@pytest.fixture(scope="module")
def registry():
    return Registry()


def run(capsys, *words, code=0):
    with pytest.raises(SystemExit) as leave:
        main([str(word) for word in words])
    told = capsys.readouterr()
    assert leave.value.code == code, told.out + told.err
    return told.out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04zip", "a.csv is an Excel workbook .* not CSV = save it as CSV"),
        (b"\x1f\x8bzip", "a.csv is a gzip archive, not CSV = unpack it"),
        (b"", "a.csv is empty"),
    ],
    ids=["workbook", "archive", "empty"],
)
def test_what_is_no_csv_is_called_by_its_kind(tmp_path, content, said):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(DataError) as caught:
        look(tmp_path / "a.csv")
    found = caught.value.diagnostics[0]
    assert re.match(said, f"{found.message} = {found.hint}")


def test_a_file_is_looked_at_as_it_will_be_read(tmp_path):
    (tmp_path / "a.csv").write_text("sep=;\nName;Mail\nAnn, the first;a@b.example\n;\nBob\n", encoding="utf-16")
    sample = look(tmp_path / "a.csv")
    assert (sample.encoding, sample.columns) == (
        "utf-16",
        {"Name": ["Ann, the first", "Bob"], "Mail": ["a@b.example"]},
    )
