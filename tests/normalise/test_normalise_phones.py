import numpy as np
import phonenumbers as pn
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reactivate.normalise.phone_bulk import fast_phones, placeholders
from reactivate.normalise.phones import is_placeholder, phones_in


@pytest.mark.parametrize(
    ("cell", "region", "wanted"),
    [
        ("89161234568", "RU", ["+79161234568"]),
        ("9161234568", "RU", ["+79161234568"]),
        ("380671234568", "RU", ["+380671234568"]),
        ("375291234568", "RU", ["+375291234568"]),
        ("79261234568", "KZ", ["+79261234568"]),
        ("77011234568", "KZ", ["+77011234568"]),
        ("80671234568", "UA", ["+380671234568"]),
        ("80291234568", "BY", ["+375291234568"]),
        ("810380671234568", "RU", ["+380671234568"]),
        ("8 10 380 67 123 45 68", "RU", ["+380671234568"]),
        ("+89161234568", "RU", ["+79161234568"]),
        ("+79161234568 доб. 12", "RU", ["+79161234568"]),
        ("84951234568", "RU", ["+74951234568"]),
        ("495 123-45-68", "RU", ["+74951234568"]),
        ("512345678", "PL", ["+48512345678"]),
        ("291234568", "BY", ["+375291234568"]),
        ("8916O234568", "RU", ["+79160234568"]),
        ("тел.: 8(916)1234568", "RU", ["+79161234568"]),
        ("916-123-45-68 Анна", "RU", ["+79161234568"]),
        ("0965104420, 067 111 22 34", "UA", ["+380965104420", "+380671112234"]),
        ("0965104420/0671112234", "UA", ["+380965104420", "+380671112234"]),
        ("８９１６１２３４５６８", "RU", ["+79161234568"]),
        ("380671234568.0", "UA", ["+380671234568"]),
        ("671234568.00", "UA", ["+380671234568"]),
        ("3.80671234568E+11", "UA", ["+380671234568"]),
    ],
)
def test_the_first_good_reading_is_taken(cell, region, wanted):
    assert [phone.value for phone in phones_in(cell, region)] == wanted


@pytest.mark.parametrize(
    "cell", ["12-34-56", "7111111", "+7 000 000-00-00", "+71111111111", "1" * 400, "нет", "3.80671E+11"]
)
def test_what_is_no_number_is_not_good(cell):
    assert all(phone.flaw for phone in phones_in(cell, "RU"))


@pytest.mark.parametrize(
    "national", ["9999999999", "1234567890", "9876543210", "9090909090", "9000000000", "9031234567"]
)
def test_fillers_are_placeholders(national):
    assert is_placeholder(national)


@pytest.mark.parametrize("national", ["9161234568", "965104420", "9035550199"])
def test_ordinary_numbers_are_none(national):
    assert not is_placeholder(national)


_MOBILE = st.sampled_from(["916", "903", "999", "701", "747", "067", "050", "096", "029", "044"])
_SHAPE = st.sampled_from(["+7{}{}", "8{}{}", "7{}{}", "8 ({}) {}", "+38{}{}", "{}{}", "38{}{}", "+375{}{}", "{} {}"])


@settings(deadline=None)
@given(_SHAPE, _MOBILE, st.integers(0, 9_999_999), st.sampled_from(["RU", "UA", "KZ", "BY", "PL"]))
def test_the_fast_road_and_the_slow_road_meet(shape, prefix, number, region):
    cell = shape.format(prefix, f"{number:07d}")
    fast = fast_phones(pa.array([None, cell]), region)
    if len(fast.rows):
        (slow,) = phones_in(cell, region)
        assert fast.rows.tolist() == [1]
        assert (fast.e164[0].as_py(), bool(fast.placeholder[0])) == (slow.value, slow.flaw == "placeholder")


@pytest.mark.parametrize(
    "cell",
    ["+7 916 123-45-68", "8(916)1234568", "7.916.123.45.68", "+380\u00a067–123–45–68", "067 123 45 68", "380671234568"],
)
def test_the_usual_shapes_take_the_fast_road(cell):
    assert len(fast_phones(pa.array([cell]), "UA").rows) == 1


@pytest.mark.parametrize(
    "cell",
    ["", "+", "38+0671234568", "++380671234568", "0671234568 Анна", "067123456", "０671234568", "0671234568\x00"],
)
def test_whatever_is_odd_is_left_to_a_closer_look(cell):
    assert len(fast_phones(pa.array([cell]), "UA").rows) == 0


def test_where_cells_begin_and_end_does_not_matter():
    cells = ["067123", "4568", None, "", "+38", "0671234568", "067 123 45 68"]
    whole = pa.array(["before", *cells, "after"])
    assert fast_phones(whole.slice(1, len(cells)), "UA").rows.tolist() == [5, 6]


_FILLERS = st.one_of(
    st.integers(0, 10**10 - 1),
    st.sampled_from(["9999999999", "1234567890", "9876543210", "9090909090", "9000000000", "9031234567"]).map(int),
    st.builds(lambda digit, place: int(str(digit) * 7) * 10**place, st.integers(1, 9), st.integers(0, 3)),
)


@settings(deadline=None)
@given(_FILLERS, st.sampled_from([(7, 10), (380, 9), (375, 9)]))
def test_fillers_are_told_in_bulk_as_one_by_one(number, country):
    code, length = country
    national = number % 10**length
    bulk = placeholders(np.array([code * 10**length + national], np.int64), np.array([length]))
    assert bulk.tolist() == [is_placeholder(f"{national:0{length}d}")]


_REGIONS = ["PL", "DE", "GB", "US", "CZ", "FR", "GE", "AM", "IL", "UZ", "LT", "LV", "MD", "TJ", "KG", "IT", "ES"]


def _example(region: str) -> str:
    number = pn.example_number_for_type(region, pn.PhoneNumberType.MOBILE)
    return pn.national_significant_number(number)


@settings(deadline=None)
@given(
    st.sampled_from(_REGIONS),
    st.sampled_from(["+{code}{national}", "{code}{national}", "{national}", "0{national}", "+{code} (0){national}"]),
    st.lists(st.tuples(st.integers(0, 11), st.sampled_from("0123456789")), max_size=4),
)
def test_in_every_country_the_fast_road_and_the_slow_road_meet(region, shape, changes):
    national = list(_example(region))
    for place, digit in changes:
        national[place % len(national)] = digit
    cell = shape.format(code=pn.country_code_for_region(region), national="".join(national))
    fast = fast_phones(pa.array([cell]), region)
    if len(fast.rows):
        (slow,) = phones_in(cell, region)
        bulk = (fast.e164[0].as_py(), "placeholder" if fast.placeholder[0] else None, fast.mobile[0].as_py())
        assert bulk == (slow.value, slow.flaw, slow.mobile)


@pytest.mark.parametrize("region", _REGIONS)
def test_in_every_country_plain_mobile_numbers_take_the_fast_road(region):
    cells = [f"+{pn.country_code_for_region(region)} {_example(region)}", _example(region)]
    assert fast_phones(pa.array(cells), region).rows.tolist() == [0, 1]
