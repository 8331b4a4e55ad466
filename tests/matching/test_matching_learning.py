from datetime import date, timedelta

import pyarrow as pa

from reactivate import matching


def base(pairs, alone=()):
    """Records of `pairs` of first names: each pair shares a phone and a birth date; `alone` names share nothing."""
    firsts, phones, births = [], [], []
    for number, pair in enumerate(pairs):
        for name in pair:
            firsts.append(name)
            phones.append([f"+38067{number:07d}"])
            births.append(date(1970, 1, 1) + timedelta(days=number))
    for number, name in enumerate(alone):
        firsts.append(name)
        phones.append([f"+38050{number:07d}"])
        births.append(date(1990, 1, 1) + timedelta(days=number))
    return pa.table({"n_first": firsts, "n_phones": phones, "n_birth": pa.array(births, pa.date32())})


def learned(table):
    return {frozenset(row[:2]) for row in matching.link(table, by=["phone", "name"]).stats["learned_synonyms"]}


def test_names_that_keep_meeting_become_one():
    assert frozenset(("vigdis", "dagmar")) in learned(base([("vigdis", "dagmar")] * 8, ["anton", "boris"] * 40))


def test_one_or_two_meetings_teach_nothing():
    assert learned(base([("vigdis", "dagmar")] * 2, ["anton", "boris"] * 40)) == set()


def test_frequent_names_that_meet_by_chance_teach_nothing():
    """Twins: every pair of these two names meets as often as chance has it."""
    mixed = [("kustav", "oiva"), ("kustav", "kustav"), ("oiva", "oiva"), ("oiva", "kustav")]
    assert learned(base(mixed * 10)) == set()


def test_one_person_with_many_records_teaches_nothing():
    table = base([("vigdis", "vigidsa")], ["anton", "boris"] * 40)
    many = pa.concat_tables([table.slice(0, 2)] * 8 + [table.slice(2)])
    assert learned(many) == set()


def persons(pairs, alone=(), **columns):
    """As `base`, without phones: each pair shares family name, birth date and street with house."""
    table = base(pairs, alone).drop_columns(["n_phones"])
    lasts = [f"family{number}" for number in range(len(pairs)) for _ in "ab"] + [f"own{n}" for n in range(len(alone))]
    table = table.append_column("n_last", pa.array(lasts))
    for name, of_all in columns.items():
        table = table.append_column(name, pa.array([f"{of_all}{last}" for last in lasts]))
    return table


def learned_of(table):
    found = matching.link(table, by=["name", "address"]).stats["learned_synonyms"]
    return {frozenset(row[:2]) for row in found}


def test_without_contacts_one_family_name_at_one_place_teaches():
    others = ["anton", "boris"] * 40
    pairs = [("vigdis", "dagmar")] * 8
    assert frozenset(("vigdis", "dagmar")) in learned_of(persons(pairs, others, postcode="x"))
    assert frozenset(("vigdis", "dagmar")) in learned_of(persons(pairs, others, n_street="s", n_house="1"))
    assert learned_of(persons(pairs, others)) == set()


def test_without_contacts_frequent_names_teach_no_junk():
    """james and jacob, both everybody's name, meet in twins as often as chance has it."""
    mixed = [("kustav", "oiva"), ("kustav", "kustav"), ("oiva", "oiva"), ("oiva", "kustav")]
    assert learned_of(persons(mixed * 10, postcode="x")) == set()
