"""One name in several scripts: Russian, Ukrainian, and the Latin spellings of passports and airlines."""

import itertools
import random

import pyarrow as pa
import pytest

from reactivate.normalise import normal_records
from reactivate.normalise.fold import fold
from reactivate.normalise.known_names import known_names
from reactivate.normalise.tables import rows

_SCHEMES = {
    "ICAO 9303": "а a б b в v г g д d е e ё e ж zh з z и i й i к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch ъ ie ы y ь _ э e ю iu я ia",
    "BGN": "а a б b в v г g д d е e ё yo ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch ъ _ ы y ь _ э e ю yu я ya",
    "GOST 7.79": "а a б b в v г g д d е e ё yo ж zh з z и i й j к k л l м m н n о o п p р r с s т t у u ф f х x ц cz ч ch ш sh щ shh ъ _ ы y ь _ э e ю yu я ya",
}  # fmt: skip
# ruff: noqa: SIM905 - a table of words reads best as text
_FAMILY_NAMES = """Агафонов Белоусова Васильева Воробьёв Гончарова Григорьев Гусева Дьяченко Евдокимова Емельянов Ермакова Жданов
Жукова Зайцев Золотарёв Ильина Казаков Калашников Киселёва Ковальчук Кузьмина Лебедев Логинова Лыткин Макарова Матвеев
Мельничук Мещеряков Наумова Орехов Осипова Павленко Панфилова Пономарёв Прохоренко Пугачёва Родионов Рыбакова Савельев
Сергиенко Сидорова Скворцов Соболева Тарасенко Терентьев Третьякова Тимошенко Ушаков Фёдорова Филиппов Фомина Харитонов
Холодова Чернышёв Чижова Шаповал Шевелёв Широкова Шубин Юдина Якимов Яковлева""".split()


def _latin(word, scheme):
    signs = _SCHEMES[scheme].split()
    table = {cyrillic: "" if latin == "_" else latin for cyrillic, latin in zip(signs[::2], signs[1::2], strict=True)}
    return "".join(table[letter] for letter in word.lower()).capitalize()


@pytest.mark.parametrize(
    "spellings",
    [
        ["Иванова Олена Петрівна", "Ivanova Olena Petrivna", "Иванова Елена Петровна", "Іванова Олена Петрівна", "Олена Петрівна Іванова"],
        ["Щербаков Николай Андреевич", "Щербаков Микола Андрійович", "Shcherbakov Mykola Andriiovych", "Nikolay Andreyevich Scherbakov"],
        ["Юлия Сергеевна Хрущёва", "Юлія Сергіївна Хрущова", "Iuliia Serhiivna Khrushchova", "KHRUSHCHEVA YULIYA SERGEEVNA"],
    ],
    ids=lambda spellings: spellings[0],
)  # fmt: skip
def test_a_person_has_one_skeleton_in_every_script(spellings):
    table = pa.table({"name": spellings})
    found = normal_records(table, region="UA").select(["n_first", "n_last", "n_patronymic"]).to_pylist()
    assert [row == found[0] for row in found] == [True] * len(found)


@pytest.mark.parametrize("scheme", _SCHEMES)
def test_words_meet_their_latin_spelling_and_no_other_word(scheme):
    """F1 of equal skeletons over pairs of a Russian word and a Latin spelling; as many pairs are of different words."""
    words = list(dict.fromkeys([*(row["ru"] for row in rows("first_names.tsv")), *_FAMILY_NAMES]))
    draw = random.Random(8)
    others = [word for word, _ in itertools.groupby(words)]
    draw.shuffle(others)
    same = sum(fold(word) == fold(_latin(word, scheme)) for word in words)
    wrong = sum(
        fold(word) == fold(_latin(other, scheme)) for word, other in zip(words, others, strict=True) if word != other
    )
    precision, recall = same / (same + wrong), same / len(words)
    assert 2 * precision * recall / (precision + recall) >= 0.97


def test_first_names_meet_their_ukrainian_twin():
    known = known_names()
    pairs = [
        (row["ru"], twin.strip()) for row in rows("first_names.tsv") for twin in row["uk"].split(",") if twin.strip()
    ]
    met = [known.canonical(fold(one)) == known.canonical(fold(other)) for one, other in pairs]
    assert sum(met) / len(pairs) >= 0.98
