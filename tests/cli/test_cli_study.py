"""`reactivate study`: the four studies of a plain file and of a business, their files, pages and bad input."""

import csv
import json
import random
import re
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from reactivate.cli.main import cli, main

TODAY = date(2026, 6, 30)
FILE = ["--customer", "who", "--at", "day", "--amount", "sum", "--order", "no", "--category", "kind"]
LINES = [
    "--customer",
    "who",
    "--at",
    "day",
    "--order",
    "no",
    "--item",
    "title",
    "--quantity",
    "n",
    "--category",
    "kind",
]
BUSINESS = """brand: "Чай и точка"
currency: EUR
timezone: Europe/Berlin
policy: eu
sources:
  shop:
    use: csv
    path: orders.csv
    rows: orders
    dates: YYYY-MM-DD
    map: {id: who, order_id: no, ordered_on: day, item: title, category: kind, quantity: n, unit_price: sum}
match: {use: exact, by: [tax_id]}
columns:
  stage: {use: stage, after: 45d}
"""


def rows(people=60, seed=4):
    """People with a rhythm of their own who buy tea with cups, then bread; a few returns."""
    draw, number = random.Random(seed), 0
    for who in range(people):
        day, gap = TODAY - timedelta(days=draw.randrange(300, 700)), draw.choice([15, 30, 60])
        for at in range(100):
            if day > TODAY or (at and draw.random() < 0.05):
                break
            number += 1
            for title in draw.choice([["tea", "cup"], ["tea", "cup", "pot"], ["bread"], ["coffee"]]):
                kind = "bakery" if title == "bread" else "drinks"
                pieces = -1 if draw.random() < 0.02 else 1
                yield [f"c{who:03}", day.isoformat(), number, title, kind, pieces, 5 * pieces]
            day += timedelta(days=max(1, round(draw.gauss(gap, gap / 5))))


@pytest.fixture
def shop(tmp_path):
    path = tmp_path / "orders.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["who", "day", "no", "title", "kind", "n", "sum"])
        writer.writerows(rows())
    (tmp_path / "business.yml").write_text(BUSINESS, encoding="utf-8")
    return tmp_path


def study(*arguments):
    found = CliRunner().invoke(cli, ["study", *map(str, arguments)], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.stdout


def of(shop, name, *more):
    """A study of the plain file."""
    return study(name, shop / "orders.csv", *(LINES if name == "next" else FILE), *more)


@pytest.mark.parametrize("name", ["rfm", "lapse", "cohorts", "next"])
def test_a_study_as_text_json_and_page(shop, name):
    assert of(shop, name).startswith("orders.csv: 60 customers on 2026-06-")
    told = json.loads(of(shop, name, "--format", "json"))
    assert told["format"] == f"study-{name}/1"
    assert told["people"] == 60
    of(shop, name, "--report", shop / "page.html")
    page = (shop / "page.html").read_text(encoding="utf-8")
    assert "<svg role=" in page
    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="http', page)
    for value, path in re.findall(r'<data value="([^"]+)" data-at="([^"]+)"', page):
        at = told
        for key in path.split("."):
            at = at[int(key)] if isinstance(at, list) else at[key]
        assert repr(at) == value


def test_every_customer_is_in_one_group_one_stage_and_one_class(shop):
    groups = json.loads(of(shop, "rfm", "--format", "json"))
    assert sum(row["people"] for row in groups["groups"]) == groups["with_orders"]
    assert sum(groups["moved_by"].values()) <= 60
    assert sum(row["people"] for row in groups["movement"]) == 60
    stages = json.loads(of(shop, "lapse", "--format", "json"))
    assert sum(stages["stages"].values()) == sum(stages["classes"].values()) == 60


@pytest.mark.parametrize(
    ("name", "option", "columns"),
    [
        ("rfm", "--out", ["customer_id", "r", "f", "m", "rfm", "was", "moved_by"]),
        ("rfm", "--moves", ["was", "now", "people", "ordered", "returned", "silent", "others"]),
        ("lapse", "--out", ["customer_id", "stage", "stage_class", "lapse_line_days", "lost_line_days", "lapse_by",
                            "since_last_order_days"]),
        ("lapse", "--curve", ["group", "silent_days", "watched", "still_silent", "returns_within"]),
        ("cohorts", "--out", ["cohort", "month", "people", "ordered", "returned", "ordered_share", "returned_share",
                              "low", "high"]),
        ("next", "--out", ["customer_id", "recommended", "reason", "because", "novelties"]),
        ("next", "--pairs", ["kind", "item", "other", "count", "share", "lift"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_tables_in_three_formats_say_the_same(shop, name, option, columns):
    import pyarrow.parquet as pq

    for end in ("csv", "json", "parquet"):
        of(shop, name, option, shop / f"table.{end}")
    written = pq.read_table(shop / "table.parquet")
    assert written.column_names == columns
    found = json.loads((shop / "table.json").read_text(encoding="utf-8"))
    assert len(found) == written.num_rows > 0
    with (shop / "table.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    assert [row[columns[0]] for row in table] == [str(row[columns[0]] or "") for row in found]


def test_a_business_is_studied_with_its_own_segmenters(shop):
    told = json.loads(study("lapse", shop / "business.yml", "--as-of", "2026-06-30", "--format", "json",
                            "--out", shop / "out.json"))  # fmt: skip
    assert told["name"] == "Чай и точка"
    drawn = {row["lapse_by"] for row in json.loads((shop / "out.json").read_text(encoding="utf-8"))}
    assert drawn == {"told", "grace"}
    pairs = json.loads(study("next", shop / "business.yml", "--as-of", "2026-06-30", "--format", "json"))
    of_file = json.loads(of(shop, "next", "--as-of", "2026-06-30", "--format", "json"))
    assert pairs["pairs"] == of_file["pairs"]
    assert pairs["together"] == of_file["together"]
    cohorts = json.loads(study("cohorts", shop / "business.yml", "--by", "source", "--format", "json", "--as-of",
                               "2026-06-30"))  # fmt: skip
    assert {row["cohort"] for row in cohorts["cohorts"]} == {"shop"}


def test_titles_are_never_what_was_bought_or_given_back(shop):
    of(shop, "next", "--out", shop / "next.json", "--least", "2", "--most", "9")
    touched = {}
    with (shop / "orders.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            touched.setdefault(row["who"], set()).add(row["title"])
    for row in json.loads((shop / "next.json").read_text(encoding="utf-8")):
        assert not touched.get(row["customer_id"], set()) & {*row["recommended"], *row["novelties"]}


def test_the_grid_can_be_printed_and_used(shop):
    from reactivate.analytics.rfmgrid import checked

    checked(json.loads(study("rfm", "--print-grid")))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rfm", "orders.csv"], "say --customer, --at, --amount"),
        (["next", "orders.csv", "--customer", "who"], "say --at, --item"),
        (["rfm", "business.yml", "--customer", "who"], "names its sources itself"),
        (["rfm", "orders.csv", *FILE, "--from", "2030-01-01"], "is not before"),
        (["rfm", "orders.csv", *FILE, "--out", "people.xlsx"], "must end in .parquet, .csv, .json"),
        (["lapse", "orders.csv", *FILE, "--lapse", "shoes"], "or one of rhythm, learned"),
        (["lapse", "orders.csv", *FILE, "--below", "150%"], "between 0% and 100%"),
        (["lapse", "orders.csv", *FILE, "--within", "soon"], "expected days such as 90d"),
        (["cohorts", "business.yml", "--by", "colour"], "orders have no 'colour'"),
        (["cohorts", "orders.csv", *FILE, "--by", "colour"], "no column 'colour'"),
        (["next", "orders.csv", *LINES[:-2], "--category", "kin"], "no column 'kin'"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_bad_input_is_told_without_a_traceback(shop, capsys, monkeypatch, arguments, said):
    monkeypatch.chdir(shop)
    with pytest.raises(SystemExit) as left:
        main(["study", *arguments])
    told = " ".join(capsys.readouterr().err.split())
    assert said in told
    assert left.value.code not in (0, 1)


@pytest.mark.parametrize("lines", [[], [["a", "2026-01-05", 1, "tea", "", 1, 5]], [["a", "2026-01-05", 1, "tea", "", -1, -5]]],
                         ids=["nobody", "one order", "one return"])  # fmt: skip
@pytest.mark.parametrize("name", ["rfm", "lapse", "cohorts", "next"])
def test_small_bases(tmp_path, capsys, name, lines):
    with (tmp_path / "orders.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["who", "day", "no", "title", "kind", "n", "sum"], *lines])
    page = tmp_path / "page.html"
    options = LINES if name == "next" else FILE
    with pytest.raises(SystemExit) as left:
        main(["study", name, str(tmp_path / "orders.csv"), *options, "--report", str(page)])
    told = capsys.readouterr()
    assert left.value.code == (5 if not lines else 0), told.err
    assert page.exists() == bool(lines)
    assert "Traceback" not in told.err


def test_people_who_are_all_alike_are_one_group(tmp_path):
    """Ties: a hundred people with the same order on the same day have the same word."""
    with (tmp_path / "orders.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["who", "day", "no", "title", "kind", "n", "sum"],
                                    *([f"c{i}", "2026-06-01", i, "tea", "x", 1, 5] for i in range(100))])  # fmt: skip
    found = json.loads(of(tmp_path, "rfm", "--as-of", "2026-06-30", "--format", "json"))
    assert [row["people"] for row in found["groups"] if row["people"]] == [100]
    assert found["moved_by"]["order"] == 100
