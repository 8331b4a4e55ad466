import pyarrow as pa
import pytest

from reactivate import matching, normalise
from reactivate.contracts.schemas import RECORDS

BY = ["phone", "email", "name", "address", "birth_date", "city", "postcode", "tax_id", "vehicle"]


def linked(count, **columns):
    table = RECORDS.table(source=["crm"] * count, record_id=[str(i) for i in range(count)], **columns)
    return matching.link(normalise.normal_records(table, region="UA"), by=BY)


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"name": [None] * 50},
        {"name": ["Анна Коваль"] * 50},
        {"phone": ["0671112299"] * 50},
        {"email": ["anna@i.ua"] * 50},
        {"address": ["Киев, Мира 1, кв 1"] * 50},
        {"city": ["Киев"] * 50},
        {"name": ["x" * 1_000_000] + ["Анна Коваль"] * 49},
        {"name": ["\x00\x00", "😀 Анна", "Аnnа Koвaль", "\u202eанна", "Ἀννα Κ"] * 10},
        {"phone": ["+" * 300, "1" * 5000, "٠٦٧١١١٢٢٩٩", "", "тел"] * 10},
        {"email": ["@", "a@", "@b", "a@@b.c", "а" * 5000 + "@i.ua"] * 10},
        {"address": [",,,", "д", "кв. кв. кв.", "1" * 3000, "ул"] * 10},
    ],
    ids=lambda columns: next(iter(columns), "nothing"),
)
def test_odd_columns_do_no_harm(columns):
    assert linked(50, **columns).stats["records"] == 50


def test_ids_that_repeat_do_no_harm():
    table = pa.table(
        {"source": ["a"] * 3, "record_id": ["1"] * 3, "name": ["Анна Коваль"] * 3, "phone": ["0671112299"] * 3}
    )
    normal = normalise.normal_records(table, region="UA")
    assert matching.link(normal).stats["people"] == 1


def test_a_crowd_on_one_phone_is_cut_and_counted():
    count = 3000
    table = pa.table(
        {
            "n_phones": pa.array([["+380671112299"]] * count),
            "n_first": pa.array([f"name{i}" for i in range(count)]),
            "n_last": pa.array([f"last{i}" for i in range(count)]),
        }
    )
    stats = matching.link(table).stats
    assert stats["candidate_pairs"] < 20 * count
    assert sum(skew["given_up"] for skew in stats["given_up"]) > 0


def test_words_that_are_no_fields_are_passed_over():
    table = RECORDS.table(source=["a"], record_id=["1"])
    assert matching.link(normalise.normal_records(table, region="UA"), by=["colour"]).links.num_rows == 0
