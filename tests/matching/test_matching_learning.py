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
