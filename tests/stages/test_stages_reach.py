import pyarrow as pa
import pytest

from reactivate.contracts.schemas import CONTACTS
from reactivate.stages.reach import reach


def contacts(*rows):
    names = ("person_id", "kind", "value", "good", "mobile", "rank")
    table = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    return CONTACTS.table(**table, display=table["value"], persons=[1] * len(rows), source=["shop"] * len(rows))


PEOPLE = pa.array(["anna", "boris", "vira", "hlib", "dana"])
TABLE = contacts(
    ("anna", "email", "anna@i.example", True, None, 2),
    ("anna", "email", "anna@a.example", True, None, 1),
    ("boris", "email", "1@mail.ru", False, None, 1),
    ("vira", "email", "vira@a.example", True, None, 1),
    ("hlib", "email", "hlib@a.example", True, None, 1),
    ("hlib", "phone", "+380441234567", True, False, 1),
    ("vira", "phone", "+380671234567", True, True, 1),
)


def nobody(table):
    return pa.array([False] * table.num_rows)


def why(channel_kind, suppressed=nobody, consented=None):
    found = reach(PEOPLE, TABLE, channel_kind=channel_kind, suppressed=suppressed, consented=consented)
    return dict(zip(found["person_id"].to_pylist(), found["why"].to_pylist(), strict=True))


def test_names_the_first_thing_to_be_mended():
    def refused(table):
        return pa.array([value.startswith("vira") for value in table["value"].to_pylist()])

    assert why("email", refused, pa.array(["anna", "vira"])) == {
        "anna": None,
        "boris": "bad_address",
        "vira": "refused",
        "hlib": "no_consent",
        "dana": "no_address",
    }


def test_takes_the_best_address():
    found = reach(PEOPLE, TABLE, channel_kind="email", suppressed=nobody, consented=None)
    assert found["display"].to_pylist()[0] == "anna@a.example"


@pytest.mark.parametrize(("kind", "expected"), [("sms", "bad_address"), ("call", None)])
def test_a_landline_takes_calls_but_no_sms(kind, expected):
    assert why(kind)["hlib"] == expected
    assert why(kind)["vira"] is None


def test_staff_channels_contact_nobody():
    assert set(why("staff").values()) == {None}


def test_no_people_no_rows():
    found = reach(pa.array([], pa.string()), TABLE, channel_kind="email", suppressed=nobody, consented=None)
    assert found.num_rows == 0
