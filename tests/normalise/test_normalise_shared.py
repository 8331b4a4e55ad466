"""What is nobody's own is not compared, with names or without."""

import pyarrow as pa
import pytest

from reactivate import normalise
from reactivate.normalise.records import normalised
from reactivate.normalise.shared import MOST_RECORDS


def phones_left(count, names=None, **options):
    table = pa.table({"phone": ["0671239561"] * count, "name": pa.array(names or [None] * count, pa.string())})
    return normalised(table, region="UA", **options)[0]["n_phone"].drop_null()


@pytest.mark.parametrize(("count", "left"), [(MOST_RECORDS, MOST_RECORDS), (MOST_RECORDS + 1, 0)])
def test_a_phone_on_too_many_cards_is_nobodys(count, left):
    assert len(phones_left(count)) == left


def test_a_phone_of_too_many_names_is_nobodys():
    names = ["Анна Коваль", "Олег Мороз", "Ирина Волк", "Пётр Гусь", "Вера Жук", "Иван Кот"]
    assert len(phones_left(6, names)) == 0
    assert len(phones_left(5, names[:5])) == 5


def test_phones_of_another_country_stay_digits_only_when_asked():
    table = pa.table({"phone": ["(212) 555-0143", "212 555 0188", "12"]})
    assert normalise.normal_records(table, region="UA")["n_phone"].null_count == 3
    found = normalised(table, region="UA", any_country=True)[0]["n_phone"].to_pylist()
    assert found == ["2125550143", "2125550188", None]


def test_a_phone_of_one_person_spelt_in_many_ways_is_hers():
    names = ["Трукуліна Тетяна", "Трукулина Татьяна", "Трукуліна", "Trukulina T.", "Тетяна", "Трукулена Таня"]
    names += ["Трукуліна Тетяна Яківна", "Tatiana Trukulina", "Тртяна Трукуліна"]
    assert len(phones_left(9, names)) == 9


def test_thirty_records_with_slips_of_the_pen_are_not_many_people():
    slips = ["Коваль Анна", "Кваль Анна", "Коаль Анна", "Ковль Нана", "Оваль Анна", "Каваль Аня", "Копаль Анна"]
    assert len(phones_left(37, ["Коваль Анна"] * 30 + slips)) == 37
