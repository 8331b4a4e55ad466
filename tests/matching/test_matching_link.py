import pyarrow as pa
import pytest

from reactivate import matching, normalise
from reactivate.contracts.schemas import RECORDS

BY = ["phone", "email", "name", "address"]


def normal(rows, region="UA"):
    names, phones, emails, addresses = zip(*rows, strict=True) if rows else ([], [], [], [])
    table = RECORDS.table(
        source=["crm"] * len(rows),
        record_id=[str(i) for i in range(len(rows))],
        name=pa.array(names, pa.string()),
        phone=pa.array(phones, pa.string()),
        email=pa.array(emails, pa.string()),
        address=pa.array(addresses, pa.string()),
    )
    return normalise.normal_records(table, region=region)


def merged(linked):
    return {(row["left"], row["right"]) for row in linked.links.to_pylist() if row["band"] == "merge"}


def test_the_case_of_the_bookshop():
    rows = [
        ("Терехина Наталья Алексеевна", "0965104420", "natater@gmail.com", "Киев, Набережная, 18"),
        ("Терьохіна Наталія Олексіївна", "0965104420", "natater@gmail.com", "Киев, Набережна, 18"),
        ("Келецкий Владимир", "0979391155", "keletskiyvd@gmail.com", "Киев, Пасечная, 4, кв. 8"),
        ("Келецкий Владимир", "0979391155", "keletskiyvd@gmail.com", "Киев, Леси Украинки, 22, оф.12"),
        ("Келецкий Владимир", "0979391155", "keletskiyvd@i.ua", "Киев, Пасечная, 4, кв. 8"),
    ]
    assert merged(matching.link(normal(rows), by=BY)) == {(0, 1), (2, 3), (2, 4)}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("Коваль Ирина Петровна", "0671112299"), ("Коваль Олег Петрович", "0671112299")),
        (("Сидоренко Иван Петрович", "0671112299"), ("Сидоренко Пётр Иванович", "0671112299")),
        (("Шевченко Ольга", None), ("Шевченко Ольга", None)),
    ],
    ids=["brother and sister", "father and son", "bare namesakes"],
)
def test_a_household_and_namesakes_stay_apart(one, two):
    rows = [(*one, None, None), (*two, None, None)]
    assert merged(matching.link(normal(rows), by=BY)) == set()


@pytest.mark.parametrize("rows", [[], [("Анна Коваль", "0671112299", None, None)]], ids=["none", "one"])
def test_too_few_records_give_no_links(rows):
    assert matching.link(normal(rows), by=BY).links.num_rows == 0
    assert matching.exact(normal(rows), by=BY).links.num_rows == 0


def test_exact_unites_by_any_key():
    rows = [("A B", "0671112299", None, None), ("C D", "0671112299", "c@i.ua", None), ("E F", None, "c@i.ua", None)]
    assert merged(matching.exact(normal(rows))) == {(0, 1), (1, 2)}
