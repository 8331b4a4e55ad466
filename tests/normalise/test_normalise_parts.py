from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reactivate.normalise.address_bulk import read_addresses
from reactivate.normalise.addresses import city_key, parse_address
from reactivate.normalise.dates import birth_dates
from reactivate.normalise.email_bulk import fast_emails
from reactivate.normalise.emails import emails_in
from reactivate.normalise.fold import fold, fold_surname
from reactivate.normalise.known_names import known_names
from reactivate.normalise.patronymics import father_of
from reactivate.normalise.tables import rows, words

FAMILIES = [
    "Терехина Терёхина Терьохіна Terekhina Teryokhina",
    "Наталья Наталья Наталія Natalia Nataliia Natalya",
    "Юлия Юлія Iuliia Yulia Yuliya Julia Julija",
    "Щербаков Shcherbakov Scherbakov Sherbakov",
    "Чайковский Чайковський Chaikovskii Chaykovskiy Tchaikovsky",
    "Хрущёв Хрущов Khrushchev Khrushchyov",
    "Евгений Євгеній Evgenii Yevhenii Evgeny Yevgeniy",
    "Сергиенко Сергієнко Serhiienko Sergienko",
    "Васильев Васильєв Vasilyev Vasiliev Vasilev",
    "Соловьёв Соловйов Soloviov Solovyov Soloviev",
    "Лукьяненко Лук'яненко Lukianenko Lukyanenko",
    "Цой Tsoi Tsoy Tcoi",
    "Айгуль Айгүл Aigul",
    "Згурський Zghurskyi",
]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.split()[0])
def test_spellings_of_one_name_fold_alike(family):
    assert len({fold(word) for word in family.split()}) == 1


@pytest.mark.parametrize("pair", ["Терехина Терехин", "Чайковская Чайковский", "Kowalska Kowalski", "Белая Белый"])
def test_men_and_women_of_one_family_meet(pair):
    assert len({fold_surname(fold(word)) for word in pair.split()}) == 1


@settings(deadline=None)
@given(st.text(max_size=30))
def test_folding_gives_plain_letters_and_never_fails(text):
    folded = fold(text)
    assert folded.isascii()
    assert folded == "" or folded.isalnum()


def test_different_names_of_the_table_keep_different_skeletons():
    skeletons = [fold(row["ru"]) for row in rows("first_names.tsv")]
    assert len(skeletons) == len(set(skeletons)) >= 190


@pytest.mark.parametrize(
    ("patronymic", "father"),
    [("Алексеевна", "Алексей"), ("Олексіївна", "Алексей"), ("Ильинична", "Илья"), ("Іллівна", "Илья"), ("Миколайович", "Николай"),
     ("Яковлевич", "Яков"), ("Якович", "Яков"), ("Григорівна", "Григорий"), ("Петрівна", "Пётр"), ("Dmytrivna", "Дмитрий"),
     ("Львович", "Лев"), ("Никитична", "Никита"), ("Федорівна", "Фёдор"), ("Мамед-оглы", "Мамед")],
)  # fmt: skip
def test_patronymics_lead_to_the_father(patronymic, father):
    assert father_of(patronymic) == known_names().canonical(fold(father))


@pytest.mark.parametrize(
    ("form", "name"), [("Наташа", "Наталья"), ("Олена", "Елена"), ("Вова", "Владимир"), ("Кацярына", "Екатерина")]
)
def test_certain_short_forms_stand_for_their_name(form, name):
    assert known_names().canonical(fold(form)) == fold(name)


@pytest.mark.parametrize("form", ["Саша", "Женя", "Слава", "Лена"])
def test_ambiguous_short_forms_stand_for_several(form):
    assert known_names().canonical(fold(form)) == fold(form)
    assert len(known_names().names[fold(form)]) > 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anna-k@ya.ru", "anna.k@yandex.ua"),
        ("a.n.n.a+x@googlemail.com", "Anna@gmail.com"),
        ("anna@gmial.com", "anna@gmail.com"),
        ("аnnа@mail.ru", "anna@mail.ru"),
        ("mailto:petr@mail.ru.", "petr@mail.ru"),
    ],
)
def test_two_writings_of_one_mailbox_meet(one, other):
    assert emails_in(one)[0].value == emails_in(other)[0].value


@pytest.mark.parametrize(
    ("address", "flaw"),
    [("1@mail.ru", "placeholder"), ("info@shop.ru", "role"), ("a@mailinator.com", "disposable"), ("a b", "invalid"), ("anna@почта.рф", None),
     ("bk.anna@bk.ru", None), ("ivan..p@mail.ru", None)],
)  # fmt: skip
def test_what_speaks_against_an_address(address, flaw):
    assert emails_in(address)[0].flaw == flaw


def test_mail_ru_mailboxes_stay_separate():
    assert emails_in("anna@mail.ru")[0].value != emails_in("anna@bk.ru")[0].value


@settings(deadline=None)
@given(st.from_regex(r"[A-Za-z0-9._+\-]{1,20}@[a-z0-9\-]{1,12}\.(ru|com|ua|con|xn)", fullmatch=True))
def test_the_fast_and_the_slow_reading_of_an_email_meet(cell):
    fast = fast_emails(pa.array([cell]))
    if len(fast.rows):
        (slow,) = emails_in(cell)
        assert (fast.value[0].as_py(), fast.display[0].as_py(), None) == (slow.value, slow.display, slow.flaw)


@pytest.mark.parametrize(
    ("text", "region", "wanted"),
    [
        ("Киев, Пасечная, 4, кв. 8", "UA", ("pasechn", "4", "8", "Київ")),
        ("г. Москва, ул. Ленина, д.5 корп. 2, кв.10", "RU", ("lenin", "5k2", "10", "Москва")),
        ("Москва Ленина 5к2-10", "RU", ("lenin", "5k2", "10", "Москва")),
        ("101000, Москва г, Ленина ул, дом 12 А, подъезд 3", "RU", ("lenin", "12a", None, "Москва")),
        ("ul. Długa 5/12, 00-238 Warszawa", "PL", ("dlug", "5", "12", "Варшава")),
        ("Московская обл., г. Химки, пр-т Мира, 12-а", "RU", ("mir", "12a", None, "Химки")),
        ("ул. 8 Марта 12, кв 3", "RU", ("8 mart", "12", "3", None)),
        ("Киев, Набережная, 18", "UA", ("naberezhn", "18", None, "Київ")),
    ],
)
def test_addresses_are_read(text, region, wanted):
    street, house, flat, city = wanted
    found = parse_address(text, region)
    assert (found.street, found.house, found.flat, found.city) == (
        street,
        house,
        flat,
        city_key(city) if city else None,
    )


_TYPES = st.sampled_from(["ул. ", "вул. ", "", "пр-т ", "д. ", "кв. ", "г. ", "корп. "])
_WORDS = ["Мира", "Київ", "Лесі Українки", "Nova Długa", "Green", "Забытьево", "Нью-Йорк", "Ясная 5", "пом", "Яр"]
_PIECES = st.lists(
    st.tuples(
        _TYPES,
        st.sampled_from(
            [*_WORDS, "12", "5к2", "007", "8 Марта", "12-а", "01001", "3/4", "7001", "2-5", "12 А", "9 May"]
        ),
    ),
    max_size=6,
)


@settings(deadline=None)
@given(_PIECES, st.sampled_from(["RU", "UA", "PL"]))
def test_reading_shapes_in_bulk_gives_what_reading_one_gives(pieces, region):
    text = ", ".join(kind + word for kind, word in pieces)
    keys = read_addresses(pa.array([text]), pa.nulls(1, pa.string()), region)
    one = parse_address(text, region)
    assert [column[0].as_py() for column in (keys.street, keys.house, keys.flat, keys.city)] == [
        one.street,
        one.house,
        one.flat,
        one.city,
    ]


def test_placeholder_birthdays_are_null_and_historical_people_are_people():
    days = [date(1900, 1, 1), date(1970, 1, 1), date(812, 3, 4), date(1985, 9, 4), None]
    assert birth_dates(pa.array(days)).to_pylist() == [None, None, date(812, 3, 4), date(1985, 9, 4), None]


def test_a_day_far_too_frequent_is_no_birthday():
    days = [date(1990, 5, 5)] * 200 + [date(1950, 1, 2 + i) for i in range(25)]
    assert birth_dates(pa.array(days)).null_count == 200


@pytest.mark.parametrize("name", ["name_placeholders.txt", "note_words.txt", "company_words.txt", "email_roles.txt"])
def test_word_lists_are_lower_case_and_not_empty(name):
    assert words(name)
    assert all(word == word.lower() for word in words(name))
