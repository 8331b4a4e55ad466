from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reactivate.contracts.values import Hours
from reactivate.errors import SpecError
from reactivate.policies import Windows, first_at, load, needs_confirmation, next_allowed, words, zones_of
from reactivate.policies.pack import read

MOSCOW = ZoneInfo("Europe/Moscow")
NINE_TO_NINE = Windows(Hours(time(9), time(21)), Hours(time(10), time(20)))


@pytest.mark.parametrize("word", ["ru", "ua", "kz", "by", "eu", "pl", "us"])
def test_every_pack_can_be_read_and_answers_every_question(word):
    pack = load(word)
    assert word in words()
    assert pack.country == word.upper()
    for kind in ("email", "sms", "call", "messenger", "push", "ads"):
        for purpose in ("marketing", "permission", "service"):
            assert pack.need(kind, purpose).evidence == "dated_source"
    assert zones_of(pack.country, MOSCOW)


def test_packs_say_what_the_law_says():
    assert load("ru").need("email", "marketing").basis == "consent"
    assert load("pl").need("email", "permission").basis == "consent"
    assert load("us").need("email", "marketing").basis == "none"
    assert load("us").need("sms", "marketing").basis == "consent"
    soft = load("eu").need("email", "marketing")
    assert (soft.basis, soft.months) == ("soft_opt_in", 24)
    assert load("kz").windows.weekend is None
    assert load("us").windows.weekdays == Hours(time(8), time(20))


def test_meta_audiences_are_forbidden_in_russia_only():
    assert [word for word in words() if load(word).forbids("meta_audience")] == ["ru"]


def test_staff_needs_nothing_and_the_unknown_needs_consent():
    assert load("ru").need("staff", "marketing").basis == "none"
    assert load("eu").need("pigeon", "marketing").basis == "consent"
    assert load("eu").need("pigeon", "marketing").months == 0


def test_an_unknown_pack_is_named_with_a_suggestion():
    with pytest.raises(SpecError) as fault:
        load("uaa")
    assert fault.value.diagnostics[0].code == "R340"
    assert "'ua'" in fault.value.diagnostics[0].hint


def test_an_own_pack_beside_the_business_file_goes_first(tmp_path):
    from importlib.resources import files

    shipped = files("reactivate.policies").joinpath("packs/ua.yml").read_text(encoding="utf-8")
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "ua.yml").write_text(shipped.replace("2026-11-21", "2027-01-05"), encoding="utf-8")
    assert load("ua", tmp_path).date == date(2027, 1, 5)
    assert load("kz", tmp_path).date == date(2026, 11, 21)


def test_all_faults_of_a_pack_are_told_at_once():
    text = 'date: soon\nhours: {weekdays: "21:00-09:00", sunday: x}\nneeds: {email: {marketing: maybe}}\nblocked: x\nfoo: 1\n'
    with pytest.raises(SpecError) as fault:
        read("xx", text, "xx.yml")
    said = "\n".join(item.message for item in fault.value.diagnostics)
    for part in (
        "unknown key 'foo'",
        "missing key 'country'",
        "date is a day",
        "hours are written",
        "needs.email.marketing",
        "blocked is a list",
    ):
        assert part in said


@pytest.mark.parametrize("text", ["[", "a: &x [*x]", "- 1", "", "!!python/object:os.system {}", "\x00"])
def test_what_is_no_pack_is_refused_without_a_traceback(text):
    with pytest.raises(SpecError, match="R341"):
        read("xx", text, "xx.yml")


def test_a_pack_older_than_a_year_wants_to_be_confirmed():
    pack = load("ua")
    assert needs_confirmation(pack, pack.date + timedelta(days=365)) is None
    old = needs_confirmation(pack, pack.date + timedelta(days=366))
    assert old.code == "R740"
    assert "policies/ua.yml" in old.hint


def at(text, zone=UTC):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-02 08:59", "2026-03-02 09:00"),
        ("2026-03-02 09:00", "2026-03-02 09:00"),
        ("2026-03-02 20:59:59", "2026-03-02 20:59:59"),
        ("2026-03-02 21:00", "2026-03-03 09:00"),
        ("2026-03-06 22:00", "2026-03-07 10:00"),
        ("2026-03-08 20:00", "2026-03-09 09:00"),
    ],
)
def test_the_next_moment_by_the_clock_of_the_person(now, expected):
    assert next_allowed(at(now, MOSCOW), NINE_TO_NINE, [MOSCOW]) == at(expected, MOSCOW)


def test_who_may_live_anywhere_in_russia_is_written_to_at_noon_of_moscow():
    # Kaliningrad is an hour behind Moscow, Kamchatka nine ahead: what is left is 10:00 to 12:00.
    zones = zones_of("RU", MOSCOW)
    assert next_allowed(at("2026-03-03 00:00", MOSCOW), NINE_TO_NINE, zones) == at("2026-03-03 10:00", MOSCOW)
    assert next_allowed(at("2026-03-03 11:59", MOSCOW), NINE_TO_NINE, zones) == at("2026-03-03 11:59", MOSCOW)
    assert next_allowed(at("2026-03-03 12:00", MOSCOW), NINE_TO_NINE, zones) == at("2026-03-04 10:00", MOSCOW)


def test_kazakhstan_has_no_weekend():
    zone = ZoneInfo("Asia/Almaty")
    assert next_allowed(at("2026-03-07 12:00", zone), load("kz").windows, [zone]) == at("2026-03-09 09:00", zone)


def test_business_and_pack_meet_in_the_stricter_hours():
    business = Windows(Hours(time(10), time(17)), None)
    assert load("ua").windows.meet(business) == Windows(Hours(time(10), time(17)), None)
    assert load("us").windows.meet(Windows(Hours(time(20), time(22)), None)).weekdays is None


def test_never_is_told_as_none():
    assert next_allowed(at("2026-03-02 12:00"), Windows(None, None), [MOSCOW]) is None


def test_an_unknown_country_lives_by_the_clock_of_the_business():
    assert zones_of(None, MOSCOW) == zones_of("XX", MOSCOW) == (MOSCOW,)


def test_a_clock_time_comes_today_or_tomorrow():
    assert first_at(at("2026-03-02 10:30", MOSCOW), time(11), MOSCOW) == at("2026-03-02 11:00", MOSCOW)
    assert first_at(at("2026-03-02 11:00", MOSCOW), time(11), MOSCOW) == at("2026-03-02 11:00", MOSCOW)
    assert first_at(at("2026-03-02 11:01", MOSCOW), time(11), MOSCOW) == at("2026-03-03 11:00", MOSCOW)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.sampled_from(["RU", "US", "EU", "UA"]))
def test_nothing_earlier_was_allowed(start, country):
    zones = zones_of(country, MOSCOW)
    now = start.replace(tzinfo=UTC)
    found = next_allowed(now, NINE_TO_NINE, zones)
    assert next_allowed(found, NINE_TO_NINE, zones) == found
    quarter = now
    while quarter < found:
        assert next_allowed(quarter, NINE_TO_NINE, zones) == found
        quarter += timedelta(hours=5)
