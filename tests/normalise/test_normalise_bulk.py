"""Bulk roads and careful roads end at the same place, wherever slices end and whatever the order of rows."""

import random
import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reactivate.normalise import cells, full_names, normalised
from reactivate.normalise.address_bulk import tidy_addresses
from reactivate.normalise.addresses import tidy_address
from reactivate.normalise.cells import cells_of, perhaps_frequent, texts
from reactivate.normalise.columns import tidied
from reactivate.normalise.fold import fold, fold_all, fold_surname, fold_surnames, tidy, tidy_all
from reactivate.normalise.letters import CYRILLIC, LATIN, plain_letters, shown, tidied_and_shown
from reactivate.normalise.near_words import index_of, near_pairs, near_words
from reactivate.normalise.skeletons import skeletons, surnames

_LETTERS = st.text(alphabet="ABcehikoxzАБевёикнорсьйюяіїєґЩщ'’-. żłß\n1", max_size=12)


@settings(deadline=None)
@given(st.lists(_LETTERS | st.text(max_size=8), max_size=8))
def test_many_words_fold_as_each_alone(words):
    assert tidy_all(words) == [tidy(word) for word in words]
    folded = fold_all(words)
    assert folded == [fold(word) for word in words]
    assert fold_surnames(folded) == [fold_surname(skeleton) for skeleton in folded]
    column = skeletons(pa.array(tidy_all(words), pa.string()))
    assert column.to_pylist() == folded
    assert surnames(column).to_pylist() == fold_surnames(folded)


# The letters that the rules of spelling speak of, in short words: every rule meets every other one.
_SPELT = st.sampled_from(["schzktpaeiouyjwxqg", "iokse", "schzkiyj", "ьйоёщшжаік'ваивн"]).flatmap(
    lambda letters: st.text(alphabet=letters, max_size=8)
)


@settings(deadline=None)
@given(st.lists(st.none() | _SPELT, max_size=40))
def test_rules_of_spelling_agree_over_columns_and_words(words):
    column = skeletons(pa.array(words, pa.string()))
    folded = [None if word is None else fold(word) for word in words]
    assert column.to_pylist() == folded
    assert surnames(column).to_pylist() == [None if word is None else fold_surname(word) for word in folded]


@settings(deadline=None)
@given(
    st.lists(
        _LETTERS | st.sampled_from(["МакКой", "КОВАЛЬ", "аНна", "McDonald", "ßß", "Ĳs", "ŉ", "ĸ"]) | st.text(max_size=4)
    )
)
def test_words_of_plain_letters_are_put_right_as_any_word(words):
    tidied, shown_words = tidied_and_shown(pa.array(words, pa.string()))
    assert tidied.to_pylist() == [tidy(word) for word in words]
    assert shown_words.to_pylist() == [shown(word, tidy(word)) for word in words]


def test_plain_letters_are_the_same_letter_small_and_large():
    letters = [chr(code) for code in range(0x600) if re.fullmatch(f"[{LATIN}{CYRILLIC}]", chr(code))]
    written = [
        form for letter in letters for form in (letter, letter + "б", "z" + letter, letter.lower() + letter.upper())
    ]
    tidied, shown_words = tidied_and_shown(pa.array(written))
    assert len(letters) > 400
    assert all(plain_letters(pa.array(letters)).to_pylist())
    assert tidied.to_pylist() == [tidy(word) for word in written]
    assert shown_words.to_pylist() == [shown(word, tidy(word)) for word in written]


_WORDS = st.lists(st.text(alphabet="abcde", max_size=7), max_size=8)


@settings(deadline=None)
@given(_WORDS, _WORDS)
def test_near_words_in_bulk_are_those_found_one_by_one(words, forms):
    forms = list(dict.fromkeys(filter(None, forms)))
    found = [set() for _ in words]
    for word, form in zip(*near_pairs(pa.array(words, pa.string()), pa.array(forms, pa.string())), strict=True):
        found[word].add(forms[form])
    index = index_of(tuple(forms))
    assert found == [near_words(word, index) if word else set() for word in words]


_NAME_WORDS = st.sampled_from(
    [
        *("Анна", "КОВАЛЬ", "Олена", "Петрівна", "Петрович", "Иванов", "Ivanova", "мар'яна", "Нечуй-Левицький", "Лев"),
        *(
            "А.",
            "А",
            "и",
            "Ж.",
            "x",
            "ххх",
            "Ян",
            "оглы",
            "Мамед",
            "ИП",
            "г-н",
            "пан",
            "Коваль,",
            "Петр2",
            "-",
            "сестра",
        ),
        *("новый", "клиент", "Новый", "не", "звонить", "имя", "Зелёный", "кот", "ООО", "ооо", "школа", "whatsapp"),
        *("звонок", "от", "telegram", "Ivаnov", "😀", "O'Neil", "McDonald", "李", "фио", "салон-Анна", "Вип", "Test"),
    ]
)
_NAMES = st.lists(_NAME_WORDS, max_size=7).map(" ".join) | st.lists(_NAME_WORDS, max_size=4).map("  ".join) | st.none()


@settings(deadline=None)
@given(st.lists(_NAMES, min_size=1, max_size=6))
def test_names_told_by_their_words_end_where_a_close_look_ends(names):
    records = pa.table({"name": pa.array(names, pa.string())})
    quick = normalised(records, region="UA")[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(full_names, "told", lambda words: pa.nulls(len(words), pa.string()))
        close = normalised(records, region="UA")[0]
    assert quick.to_pylist() == close.to_pylist()


def test_plain_names_are_told_by_their_words():
    names = pa.array(["Анна Коваль", "Иванов И. П.", "Нечуй-Левицький Іван Семенович"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(full_names, "_closely", lambda odd: pytest.fail(odd[0]) if len(odd) else (odd, odd, odd))
        assert full_names.read_full_names(names, names[:0]).matrix[:, 1].min() >= 0


@settings(deadline=None)
@given(st.lists(st.sampled_from([None, "", "a", "aa", "b", "ab", "ba"]), max_size=60), st.integers(0, 5))
def test_no_frequent_value_is_overlooked(values, more_than):
    marked = perhaps_frequent(pa.array(values, pa.string()), more_than)
    often = [values.count(value) > more_than for value in values]
    assert not any(frequent and not mark for frequent, mark in zip(often, marked.tolist(), strict=True))


@settings(deadline=None)
@given(st.lists(st.none() | st.text(max_size=5), max_size=12), st.integers(0, 3), st.integers(0, 12))
def test_bytes_and_texts_are_two_views_of_one_column(values, start, length):
    column = pa.array(values, pa.string()).slice(start, length)
    seen = cells_of(column)
    assert texts(seen.data, seen.offsets).to_pylist() == [value or "" for value in column.to_pylist()]
    assert seen.count(seen.data < 128).tolist() == [
        sum(char.isascii() for char in value or "") for value in column.to_pylist()
    ]


def test_cells_are_tidied_and_left_alone_when_tidy():
    tidy_column = pa.array(["a", None, "b c"])
    assert tidied(tidy_column) is tidy_column
    assert tidied(pa.chunked_array([[" a\u00a0", ""], ["ж" * 500]]), 4).to_pylist() == ["a", None, "жжжж"]


@settings(deadline=None)
@given(st.text(alphabet="аб4 ,;\t\n\u00a0", min_size=1, max_size=12))
def test_an_address_becomes_one_line_in_bulk_as_alone(text):
    if "\u00a0" not in text:
        assert tidy_addresses(pa.array([text])).to_pylist() == [tidy_address(text)]


def _base(count):
    draw = random.Random(4)
    people = [
        ("Анна Коваль", "0671112233"),
        ("Коваль Олена Петрівна", "+380 50 111-22-33, 0631112233"),
        ("x", "нет"),
        (None, None),
    ]
    rows = [draw.choice(people) for _ in range(count)]
    return pa.table(
        {
            "record_id": [str(place) for place in range(count)],
            "name": pa.array([name for name, _ in rows], pa.string()),
            "phone": pa.array([phone for _, phone in rows], pa.string()),
            "email": [draw.choice(["a.n@gmail.com", "A.N+x@Gmail.com", "1@mail.ru", " b@ya.ru", None]) for _ in rows],
            "address": [
                draw.choice(["Київ, вул. Мира 4, кв. 08", "Мира, 4/8", "ул. 8 Марта 12", "", None]) for _ in rows
            ],
            "city": [draw.choice(["Львів", "Одесса", None]) for _ in rows],
        }
    )


def test_neither_slices_nor_the_order_of_rows_matter(monkeypatch):
    table = _base(90)
    whole, contacts = normalised(table, region="UA")
    monkeypatch.setattr(cells, "SLICE", 7)
    chunked = pa.concat_tables([table.slice(0, 13), table.slice(13)])
    parts, other = normalised(chunked, region="UA")
    assert parts.to_pylist() == whole.to_pylist()
    assert other.to_pylist() == contacts.to_pylist()
    order = np.random.default_rng(1).permutation(table.num_rows)
    turned = normalised(table.take(pa.array(order)), region="UA")[0]
    assert turned.to_pylist() == whole.take(pa.array(order)).to_pylist()


def test_the_first_number_of_a_cell_is_the_phone_of_its_record():
    table = pa.table({"phone": ["+380671112233, 0501112233; 067 111 22 33"] * 3})
    found = normalised(table, region="UA")[0]
    assert found["n_phone"].to_pylist() == ["+380671112233"] * 3
    assert found["n_phones"].to_pylist() == [["+380671112233", "+380501112233"]] * 3


_AWKWARD = [
    "a" * 1_000_000, "я" * 500_000, "1" * 1_000_000, "@" * 100_000, "Анна " * 100_000, "\x00", "😀", "\x01\x02\x1f", "\ufeff", "   ",
    "Киев, \x02 ул. Мира \x01 5", "+" * 500, "a@b" * 1000, "👨‍👩‍👧 Анна", "Ivаnоvа Оленa",
]  # fmt: skip


@pytest.mark.parametrize(
    "column", ["name", "first_name", "last_name", "patronymic", "phone", "email", "address", "comment", "city"]
)
def test_awkward_cells_pass_and_stay_short(column):
    table = pa.table({column: pa.array([*_AWKWARD, None], pa.string())})
    normal, contacts = normalised(table, region="RU")
    kept = normal.drop_columns([column])
    assert max(len(str(value)) for value in kept.to_pylist()) < 12_000
    assert all(len(value) <= 4000 for value in contacts["value"].to_pylist())


def test_control_signs_in_an_address_are_no_numbers():
    table = pa.table({"address": ["Киев, \x02ул. Мира\x01, 5", "Киев, ул. Мира, 5"]})
    found = normalised(table, region="UA")[0].select(["n_street", "n_house", "n_flat"]).to_pylist()
    assert found[0] == found[1]


@pytest.mark.parametrize("phone", ["0671239561", "067 123 95 61 доб. 5, 0501112233", "нет"])
def test_a_column_of_one_value_is_read_once(phone):
    normal, contacts = normalised(pa.table({"phone": pa.repeat(phone, 30_000)}), region="UA")
    assert normal["n_phone"].null_count == 30_000
    assert contacts["flaw"].null_count == 0
