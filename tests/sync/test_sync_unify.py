"""Persons out of records: nothing thrown away, the best name, households, ranks."""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reactivate.contracts.schemas import CONTACTS, LINKS, PEOPLE, RECORDS
from reactivate.errors import PluginError
from reactivate.stages import unify
from reactivate.stages.clean import clean, region_of, with_normal_points
from reactivate.stages.match import match, named
from reactivate.stages.same_ids import same_ids


def records(*rows):
    """Records of source `s`, one dictionary each; ids are given by place."""
    whole = [{"source": "s", "record_id": f"r{place}", **row} for place, row in enumerate(rows)]
    names = {name for row in whole for name in row}
    return RECORDS.table(**{name: [row.get(name) for row in whole] for name in names})


def united(persons, *rows):
    """People and contacts when row i belongs to persons[i]."""
    cleaned = clean(records(*rows), "UA")
    held = cleaned.records.append_column("person_id", pa.array(persons))
    contacts = unify.contacts(held, cleaned.contacts)
    people = unify.people(held, contacts)
    return {row["person_id"]: row for row in people.to_pylist()}, contacts.to_pylist()


def test_every_phone_mailbox_and_address_is_kept():
    people, contacts = united(
        ["p", "p"],
        {
            "name": "Келецкий Владимир",
            "phone": "097 939 11 55",
            "email": "k1@gmail.com",
            "address": "Киев, Пасечная, 4, кв. 8",
        },
        {
            "name": "Келецкий Владимир",
            "phone": "0979391155",
            "email": "k1@i.ua",
            "address": "Киев, Леси Украинки, 22, кв. 12",
        },
    )
    assert people["p"]["records"] == 2
    assert sorted(row["kind"] for row in contacts) == ["address", "address", "email", "email", "phone"]


def test_latest_good_contact_ranks_first():
    _, contacts = united(
        ["p", "p", "p"],
        {"phone": "0671112233", "last_seen_on": date(2024, 1, 1)},
        {"phone": "0501112233", "last_seen_on": date(2025, 1, 1)},
        {"phone": "11111", "last_seen_on": date(2026, 1, 1)},
    )
    ranks = {row["value"]: (row["rank"], row["good"]) for row in contacts}
    assert ranks["+380501112233"] == (1, True)
    assert ranks["+380671112233"] == (2, True)
    assert [rank for rank, good in ranks.values() if not good] == [3]


def test_fullest_name_of_one_language_wins():
    people, _ = united(
        ["p", "p", "p"],
        {"name": "Клиент", "last_seen_on": date(2026, 1, 1)},
        {"name": "Терехина Наталья", "last_seen_on": date(2025, 1, 1)},
        {"name": "Терьохіна Наталія Олексіївна", "last_seen_on": date(2024, 1, 1)},
    )
    assert people["p"]["name"] == "Наталія Олексіївна Терьохіна"
    assert people["p"]["first_name"] == "Наталія"


def test_junk_name_alone_is_no_name():
    people, _ = united(["p"], {"name": "Имя не указано", "phone": "0671112233"})
    assert people["p"]["name"] is None
    assert people["p"]["country"] == "UA"


def test_own_columns_and_tags_follow_the_latest_order():
    cards = records(
        {"tags": ["a", "b"], "last_seen_on": date(2024, 1, 1)}, {"tags": ["b", "c"], "last_seen_on": date(2025, 1, 1)}
    )
    cards = cards.append_column("x_bonus", pa.array([5, None], pa.int64())).append_column(
        "x_size", pa.array(["M", "L"])
    )
    cleaned = clean(cards, "UA")
    held = cleaned.records.append_column("person_id", pa.array(["p", "p"]))
    (person,) = unify.people(held, unify.contacts(held, cleaned.contacts)).to_pylist()
    assert (person["x_bonus"], person["x_size"]) == (5, "L")
    assert sorted(person["tags"]) == ["a", "b", "c"]


class TestHouseholds:
    def test_a_shared_phone_or_flat_makes_one(self):
        people, _ = united(
            ["a", "b", "c", "d"],
            {"phone": "0671112233"},
            {"phone": "0671112233", "address": "Киев, ул. Набережная, 4, кв. 8"},
            {"phone": "0501112244", "address": "Київ, Набережна, 4, кв. 8"},
            {"phone": "0501112255"},
        )
        assert [people[who]["household"] for who in "abcd"] == ["a", "a", "a", None]

    def test_a_house_without_flat_makes_none(self):
        people, _ = united(["a", "b"], *[{"address": "Київ, Пасічна, 4"}] * 2)
        assert people["a"]["household"] is None

    @pytest.mark.parametrize(("holders", "together"), [(8, True), (9, False)])
    def test_more_than_eight_are_an_office(self, holders, together):
        ids = [f"p{i}" for i in range(holders)]
        people, contacts = united(ids, *[{"phone": "0671112233"}] * holders)
        assert {row["household"] for row in people.values()} == ({"p0"} if together else {None})
        assert {(row["persons"], row["good"]) for row in contacts} == {(holders, together)}

    def test_placeholders_join_nobody(self):
        people, _ = united(["a", "b"], *[{"phone": "0000000000", "email": "1@mail.ru"}] * 2)
        assert people["a"]["household"] is None


def test_names_of_companies_are_kept_whole_and_are_no_junk():
    cards = records({"name": "Петренко Груп", "phone": "0671112233"}, {"name": "ООО Ромашка"})
    cleaned = clean(cards, "UA", companies=["s"])
    assert cleaned.records["n_last"].null_count == 2
    held = cleaned.records.append_column("person_id", pa.array(["a", "b"]))
    people = unify.people(held, unify.contacts(held, cleaned.contacts))
    assert people["name"].to_pylist() == ["Петренко Груп", "ООО Ромашка"]
    assert cleaned.findings.num_rows == 0


def test_no_records():
    cleaned = clean(RECORDS.empty(), "UA")
    held = cleaned.records.append_column("person_id", pa.array([], pa.string()))
    contacts = unify.contacts(held, cleaned.contacts)
    assert contacts.schema.equals(CONTACTS.schema)
    assert unify.people(held, contacts).schema.names[: len(PEOPLE.schema)] == PEOPLE.schema.names


def test_several_addresses_of_one_card_are_all_found():
    cleaned = clean(records({"address": "Київ, Пасічна, 4, кв. 8\nЛьвів, Садова, 1, кв. 2"}, {"address": None}), "UA")
    assert cleaned.contacts.filter(cleaned.contacts["good"])["row"].to_pylist() == [0, 0]


def test_findings_name_records_and_no_personal_values():
    found = clean(records({"name": "Клиент", "phone": "11111", "email": "1@mail.ru"}), "UA").findings.to_pylist()
    assert {row["code"] for row in found} == {"junk_name_placeholder", "phone_invalid", "email_placeholder"}
    assert not any("1@mail" in str(row) or "11111" in str(row) for row in found)
    assert all(row["record_id"] == "r0" and not row["bad"] for row in found)


def test_points_of_notices_take_the_normal_form():
    table = pa.table(
        {"email": ["Ann.A@GMAIL.com ", None, None], "phone": [None, "8 067 111 22 33", "пусто"], "k": [1, 2, 3]}
    )
    done = with_normal_points(table, "UA")
    assert done["phone"].to_pylist() == [None, "+380671112233", "пусто"]
    assert done["email"][0].as_py().endswith("@gmail.com")
    assert done["k"].to_pylist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("zone", "policy", "region"),
    [("Europe/Kyiv", "ua", "UA"), ("Europe/London", "eu", "GB"), ("Asia/Almaty", "kz", "KZ"), ("UTC", "pl", "PL")],
)
def test_region(zone, policy, region):
    assert region_of(zone, policy) == region


class Told:
    """A matcher that says what it was told."""

    def __init__(self, *links):
        self.links = links

    def link(self, records):
        columns = list(zip(*self.links, strict=True)) or [[], [], [], []]
        return LINKS.table(left=columns[0], right=columns[1], probability=columns[2], band=columns[3])


def test_merge_links_unite_and_review_links_do_not():
    found = match(records({}, {}, {}, {}), Told((0, 2, 0.99, "merge"), (2, 3, 0.95, "merge"), (1, 3, 0.6, "review")))
    labels = found.clusters["cluster"].to_pylist()
    assert labels[0] == labels[2] == labels[3] != labels[1]
    assert found.clusters["probability"].to_pylist() == [0.99, 1.0, 0.99, 0.95]
    assert named(found.links, records({}, {}, {}, {})).to_pylist()[2]["right_record_id"] == "r3"


def test_a_number_known_to_two_sources_leads_nowhere():
    cards = pa.concat_tables(
        RECORDS.table(source=[source], record_id=["7"], phone=[phone])
        for source, phone in (("orders", None), ("crm", "0671112233"), ("shop", "0501112233"))
    )
    assert same_ids(cards).num_rows == 0
    assert same_ids(cards.slice(0, 2)).select(["left", "right"]).to_pylist() == [{"left": 0, "right": 1}]
    assert same_ids(cards.slice(1)).num_rows == 0


def test_links_to_nowhere_blame_the_matcher():
    with pytest.raises(PluginError, match="R509"):
        match(records({}, {}), Told((0, 7, 0.99, "merge")))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1]), unique=True))
def test_clusters_do_not_hang_on_the_order_of_links(pairs):
    links = [(left, right, 0.99, "merge") for left, right in pairs]
    one = match(records(*[{}] * 10), Told(*links)).clusters["cluster"].to_pylist()
    two = match(records(*[{}] * 10), Told(*reversed(links))).clusters["cluster"].to_pylist()
    assert [[a == b for a in one] for b in one] == [[a == b for a in two] for b in two]
    assert all(one[left] == one[right] for left, right in pairs)


def seen(persons, *rows):
    cleaned = clean(records(*rows), "UA")
    held = cleaned.records.append_column("person_id", pa.array(persons))
    return unify.sightings(held, cleaned.contacts).to_pylist()


def test_every_contact_keeps_every_source_and_date():
    early, late = date(2020, 1, 2), date(2025, 6, 7)
    found = seen(
        ["p", "p", "q"],
        {"source": "shop", "phone": "067 123 95 61", "first_seen_on": early, "last_seen_on": early},
        {"source": "calls", "phone": "+380671239561", "email": "a@i.ua", "first_seen_on": early, "last_seen_on": late},
        {"source": "calls", "phone": "0671239561"},
    )
    phones = [
        (row["person_id"], row["source"], row["record_id"], row["first_seen_on"], row["last_seen_on"])
        for row in found
        if row["kind"] == "phone"
    ]
    assert sorted(phones, key=lambda row: row[2]) == [
        ("p", "shop", "r0", early, early),
        ("p", "calls", "r1", early, late),
        ("q", "calls", "r2", None, None),
    ]
    assert [row["value"] for row in found if row["kind"] == "email"] == ["a@i.ua"]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("pqr"),
            st.sampled_from(["067 123 95 61", "0501239561; 0671239561", "11111", None]),
            st.sampled_from(["shop", "calls"]),
        ),
        max_size=8,
    )
)
def test_sightings_and_contacts_tell_the_same(cards):
    """Each contact of a person has a sighting in the source and on the day that the contact names, and none is lost."""
    rows = [{"phone": phone, "source": source, "last_seen_on": date(2024, 1, 1)} for _, phone, source in cards]
    persons = [person for person, _, _ in cards]
    cleaned = clean(records(*rows), "UA")
    held = cleaned.records.append_column("person_id", pa.array(persons, pa.string()))
    contacts = unify.contacts(held, cleaned.contacts).to_pylist()
    found = unify.sightings(held, cleaned.contacts).to_pylist()
    where = ("person_id", "kind", "value")
    assert {tuple(row[name] for name in where) for row in contacts} == {
        tuple(row[name] for name in where) for row in found
    }
    assert {tuple(row[name] for name in (*where, "source", "last_seen_on")) for row in contacts} <= {
        tuple(row[name] for name in (*where, "source", "last_seen_on")) for row in found
    }
    raw = cleaned.contacts.num_rows
    assert len(found) == raw - _twice(held, cleaned.contacts)


def _twice(held, found):
    """How many contacts stand more than once in one record."""
    keys = list(zip(found["row"].to_pylist(), found["kind"].to_pylist(), found["value"].to_pylist(), strict=True))
    return len(keys) - len(set(keys))
