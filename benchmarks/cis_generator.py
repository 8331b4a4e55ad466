# ruff: noqa: E501, SIM905, C408 - vocabularies read best as lines of words
"""Dirty CIS customer records with known truth: `python benchmarks/cis_generator.py 100000 out.parquet --seed 1`.

People live in households (couples, children, fathers and sons with crossed names); they move, change mailboxes and
marry. Five sources write them down, each with habits of its own: language, order of name parts, which fields it asks
for, how it writes phones, how often its operators mistype. Everything is drawn from one seed; nothing of this file is
read by the matcher.
"""

import argparse
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

MEN = """Александр:Олександр:Саша Алексей:Олексій:Лёша Андрей:Андрій:Андрюша Сергей:Сергій:Серёжа Дмитрий:Дмитро:Дима
Михаил:Михайло:Миша Владимир:Володимир:Вова Иван:Іван:Ваня Николай:Микола:Коля Юрий:Юрій:Юра Игорь:Ігор: Олег:Олег:
Виктор:Віктор:Витя Павел:Павло:Паша Пётр:Петро:Петя Василий:Василь:Вася Евгений:Євген:Женя Максим:Максим:Макс
Роман:Роман:Рома Антон:Антон: Артём:Артем:Тёма Виталий:Віталій:Виталик Анатолий:Анатолій:Толя Валерий:Валерій:Валера
Константин:Костянтин:Костя Вадим:Вадим:Вадик Станислав:Станіслав:Стас Богдан:Богдан: Ярослав:Ярослав:
Руслан:Руслан: Тарас:Тарас: Денис:Денис: Илья:Ілля:Илюша Кирилл:Кирило: Григорий:Григорій:Гриша Леонид:Леонід:Лёня
Георгий:Георгій:Гоша Фёдор:Федір:Федя Степан:Степан: Тимофей:Тимофій:Тима Даниил:Данило:Даня Никита:Микита:
Борис:Борис:Боря Вячеслав:В'ячеслав:Слава Геннадий:Геннадій:Гена Рустам:Рустам: Тимур:Тимур: Марк:Марк:""".split()
WOMEN = """Елена:Олена:Лена Наталья:Наталія:Наташа Ольга:Ольга:Оля Татьяна:Тетяна:Таня Ирина:Ірина:Ира Анна:Ганна:Аня
Светлана:Світлана:Света Екатерина:Катерина:Катя Мария:Марія:Маша Людмила:Людмила:Люда Оксана:Оксана: Юлия:Юлія:Юля
Виктория:Вікторія:Вика Анастасия:Анастасія:Настя Марина:Марина: Галина:Галина:Галя Валентина:Валентина:Валя
Александра:Олександра:Саша Дарья:Дарія:Даша Надежда:Надія:Надя Любовь:Любов:Люба Вера:Віра: Лариса:Лариса:
Алина:Аліна: Кристина:Христина: Евгения:Євгенія:Женя Елизавета:Єлизавета:Лиза Ксения:Ксенія:Ксюша Полина:Поліна:
Лидия:Лідія:Лида Нина:Ніна: Тамара:Тамара: Алла:Алла: Инна:Інна: Яна:Яна: Маргарита:Маргарита:Рита София:Софія:Соня
Вероника:Вероніка: Диана:Діана: Валерия:Валерія:Лера""".split()
STEMS = """Иван Петр Сидор Смирн Кузнец Попов Сокол Лебед Козл Новик Мороз Волк Соловь Васил Зайц Павл Семен Голуб Виноград
Богдан Воробь Федор Михайл Беля Тарас Бел Комар Орл Кисел Макар Андре Ковал Ильин Гус Тит Кузьм Кудряв Баран Кулик Алексе
Степан Яковл Сорок Серге Роман Захар Борис Корол Герасим Пономар Григор Лазар Медвед Ерш Никит Соболь Ряб Поляк Цветк
Данил Жук Фрол Журавл Никола Крыл Максим Сидор Осип Белоус Федот Дорофе Егор Матве Бобр Дмитри Калин Анисим Петух Антон
Тимофе Никифор Веселов Филипп Марк Больш Сухан Мир Шир Александр Коновал Шест Казак Ефим Денис Громов Фом Давыд Мельник
Щерб Блин Колесник Карп Афанас Власо Масл Исак Тихон Аксен Гаврил Родион Кот Горбун Кудряш Быков Зуев Трет Савел Панов
Рыбак Суворо Абрам Воронов Мухин Архип Трофим Март Емельян Горшк Чернов Овчинник Селезн Панфил Копыл Мих Галкин Назар
Лобан Лук Бел Потап Некрас Хохл Жданов Наум Шил Воронц Ермак Дрозд Игнат Сав Логин Сафон Капуст Кирил Моисе Елисе
Кошел Костин Горбач Орех Ефрем Исай Евдоким Калаш Кабан Носк Юдин Кулаг Лапин Прохор Нестер Харитон Агафон Муравь Ларион
Федос Зимин Пахом Шубин Игнать Фил Крюк Рог Кулак Терент Молчан Владимир Артем Гур Зинов Гриш Кононо Дем Сит Симон Мишин
Фад Комисс Мамонт Нос Гул Шар Устин Вишняк Евсе Лавр Брагин Констант Корнил Авде Зыкин Бирюк Шарап Никон Щук Дьяч Один""".split()
STREETS = """Ленина Мира Садовая Лесная Школьная Центральная Набережная Зелёная Молодёжная Новая Советская Полевая Пушкина
Гагарина Комсомольская Первомайская Победы Кирова Октябрьская Солнечная Пасечная Шевченко Франко Киевская Московская
Соборная Вишнёвая Грушевского Хмельницкого Крещатик Горького Чехова Заводская Южная Северная Парковая Тургенева Леси_Украинки
Степная Космонавтов Строителей Речная Луговая Восточная Западная Гоголя Толстого Некрасова Юбилейная Железнодорожная""".split()
STREETS_UK = dict(
    Садовая="Садова", Лесная="Лісова", Школьная="Шкільна", Центральная="Центральна", Набережная="Набережна",
    Зелёная="Зелена", Новая="Нова", Полевая="Польова", Пушкина="Пушкіна", Гагарина="Гагаріна", Победы="Перемоги",
    Солнечная="Сонячна", Пасечная="Пасічна", Шевченко="Шевченка", Франко="Франка", Киевская="Київська", Мира="Миру",
    Соборная="Соборна", Вишнёвая="Вишнева", Грушевского="Грушевського", Хмельницкого="Хмельницького", Парковая="Паркова",
    Крещатик="Хрещатик", Леси_Украинки="Лесі Українки", Степная="Степова", Строителей="Будівельників", Речная="Річкова",
)  # fmt: skip
CITIES = [("Киев", "Київ"), ("Харьков", "Харків"), ("Одесса", "Одеса"), ("Днепр", "Дніпро"), ("Львов", "Львів"),
          ("Запорожье", "Запоріжжя"), ("Полтава", "Полтава"), ("Винница", "Вінниця"), ("Чернигов", "Чернігів"),
          ("Сумы", "Суми"), ("Житомир", "Житомир"), ("Николаев", "Миколаїв")]  # fmt: skip
DOMAINS = ["gmail.com", "ukr.net", "i.ua", "mail.ru", "yandex.ru", "meta.ua", "bk.ru", "outlook.com"]
_ICAO = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch ie y _ e iu ia".split(),
        strict=True,
    )
)
_BGN = dict(_ICAO, й="y", ё="yo", ю="yu", я="ya", ы="y", ъ="_")
_KMU = dict(_ICAO, г="h", ґ="g", є="ie", и="y", і="i", ї="i", й="i") | {"'": "_"}
_TRANSLIT = (_ICAO, _BGN)
SOURCES = {
    # share, language (ru, uk, latin), order (fio, io, fi, parts), field rates: phone email birth address; typing errors
    "shop": (0.38, (0.62, 0.28, 0.10), ("if", "fi", "fio"), dict(phone=0.95, email=0.85, birth=0.10, address=0.60), 0.04),
    "crm": (0.26, (0.55, 0.42, 0.03), ("fio", "iof"), dict(phone=0.98, email=0.45, birth=0.60, address=0.45), 0.035),
    "calls": (0.16, (0.55, 0.45, 0.0), ("iof", "if", "iof", "if", "if", "i"), dict(phone=1.0, email=0.05, birth=0.0, address=0.75), 0.06),
    "loyalty": (0.14, (0.60, 0.30, 0.10), ("parts",), dict(phone=0.95, email=0.55, birth=0.90, address=0.15), 0.03),
    "chat": (0.06, (0.55, 0.30, 0.15), ("i", "if", "if"), dict(phone=0.60, email=0.45, birth=0.0, address=0.05), 0.07),
}  # fmt: skip
JUNK_NAMES = [
    "Клиент",
    "Гость 123",
    "Новый клиент",
    "Зелёный Кот",
    "тест",
    "Покупець",
    "Сделка #4412",
    "-",
    "Имя не указано",
]
JUNK_PHONES = ["0000000000", "+380999999999", "0501234567", "1111111", "123"]
JUNK_EMAILS = ["1@mail.ru", "no@mail.ru", "test@test.ru", "net", "info@shop.ua"]


class Maker:
    """Draws people, then their records."""

    def __init__(self, rows: int, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.rows = rows
        self.surnames = self._surnames()
        self.men, self.women = ([tuple(item.split(":")) for item in names] for names in (MEN, WOMEN))
        self.weights = {len(names): _zipf(len(names), 0.75) for names in (self.men, self.women)}
        self.surname_weights = _zipf(len(self.surnames), 0.55)

    def _surnames(self) -> list[tuple[str, str]]:
        """(Russian, Ukrainian) masculine forms, some thousands, skewed by the caller."""
        endings = [("ов", "ов"), ("енко", "енко"), ("ский", "ський"), ("чук", "чук"), ("ин", "ін"), ("юк", "юк"), ("ев", "єв"),
                   ("ич", "ич"), ("ец", "ець"), ("ак", "ак"), ("ык", "ик"), ("ко", "ко"), ("аренко", "аренко"), ("инский", "инський")]  # fmt: skip
        stems = sorted(set(STEMS))
        pairs = [(stem + ru, _ukrainian(stem) + uk) for stem in stems for ru, uk in endings]
        self.rng.shuffle(pairs)
        return [tuple(pair) for pair in pairs]

    def make(self) -> pa.Table:
        people = self._people(int(self.rows * 0.80))
        copies = self._copies(len(people))
        out: list[dict[str, Any]] = []
        for person, count in zip(people, copies, strict=True):
            for _ in range(count):
                out.append(self._record(person))
        order = self.rng.permutation(len(out))[: self.rows]
        rows = [dict(out[i], record_id=f"r{place}") for place, i in enumerate(order.tolist())]
        names = [
            "source",
            "record_id",
            "person",
            "name",
            "first_name",
            "last_name",
            "patronymic",
            "phone",
            "email",
            "address",
            "birth_date",
        ]
        types = {"birth_date": pa.date32(), "person": pa.int64()}
        return pa.table(
            {name: pa.array([row.get(name) for row in rows], types.get(name, pa.string())) for name in names}
        )

    def _copies(self, people: int) -> list[int]:
        extra = self.rng.random(people) < 0.16
        more = np.minimum(1 + self.rng.pareto(2.2, people).astype(int), 35)
        counts = 1 + np.where(extra, more, 0)
        short = self.rows - int(counts.sum())
        if short > 0:
            counts[self.rng.integers(0, people, short)] += 1
        return counts.tolist()

    def _people(self, count: int) -> list[dict[str, Any]]:
        people: list[dict[str, Any]] = []
        while len(people) < count:
            people += self._household()
        return people[:count]

    def _household(self) -> list[dict[str, Any]]:
        kind = self.rng.choice(["single", "couple", "family", "father_son"], p=[0.80, 0.11, 0.06, 0.03])
        home, surname, phone = self._home(), self._pick(self.surnames, self.surname_weights), self._phone()
        size = {"single": 1, "couple": 2, "family": int(self.rng.integers(3, 5)), "father_son": 2}[kind]
        father = self._pick(self.men, self.weights[len(self.men)])
        members = []
        for place in range(size):
            person = self._person(surname, home)
            if kind == "father_son" and place == 0:
                person.update(sex="m", first=father)
            if place >= (1 if kind == "father_son" else 2):
                # Half of the sons are named after their grandfather: Иван Петрович and Пётр Иванович.
                person.update(father=members[0]["first"] if members[0]["sex"] == "m" else father)
                person.update(born=self._born(1985, 2006))
                if kind == "father_son" and self.rng.random() < 0.5:
                    person.update(sex="m", first=members[0]["father"])
            if size > 1 and self.rng.random() < 0.30:
                person["phones"][0] = phone
            members.append(person)
        if size > 1 and self.rng.random() < 0.06:
            for person in members:
                person["emails"][0] = members[0]["emails"][0]
        return members

    def _person(self, surname: tuple[str, str], home: dict[str, Any]) -> dict[str, Any]:
        sex = "m" if self.rng.random() < 0.42 else "f"
        names = self.men if sex == "m" else self.women
        first = self._pick(names, self.weights[len(names)])
        person = {
            "id": int(self.rng.integers(1 << 60)), "sex": sex, "first": first, "last": [surname],
            "father": self._pick(self.men, self.weights[len(self.men)]), "born": self._born(1945, 2004),
            "phones": [self._phone()], "homes": [home],
        }  # fmt: skip
        person["emails"] = [self._email(person)]
        if self.rng.random() < 0.18:
            person["phones"].append(self._phone())
        if self.rng.random() < 0.20:
            person["emails"].append(self._email(person))
        if self.rng.random() < 0.15:
            person["homes"].append(self._home())
        if sex == "f" and self.rng.random() < 0.06:
            person["last"].append(self._pick(self.surnames, self.surname_weights))
        return person

    def _born(self, first: int, last: int) -> np.datetime64:
        days = int((np.datetime64(f"{last}-01-01") - np.datetime64(f"{first}-01-01")).astype(int))
        return np.datetime64(f"{first}-01-01") + int(self.rng.integers(days))

    def _pick(self, items: list[Any], weights: np.ndarray) -> Any:
        return items[int(np.searchsorted(weights, self.rng.random(), side="right"))]

    def _phone(self) -> str:
        prefix = self.rng.choice(["67", "50", "63", "66", "68", "93", "95", "96", "97", "98", "99", "73"])
        return f"380{prefix}{self.rng.integers(10**7):07d}"

    def _home(self) -> dict[str, Any]:
        city = CITIES[int(min(self.rng.pareto(1.1), len(CITIES) - 1))]
        street = STREETS[int(self.rng.integers(len(STREETS)))]
        return {
            "city": city,
            "street": street,
            "house": int(self.rng.integers(1, 140)),
            "flat": int(self.rng.integers(1, 200)) if self.rng.random() < 0.8 else None,
        }

    def _email(self, person: dict[str, Any]) -> str:
        first, last = _latin(person["first"][0], _BGN), _latin(person["last"][0][0], _BGN)
        year = str(person["born"])[2:4]
        number = str(self.rng.integers(1, 999))
        forms = [
            f"{first}.{last}",
            f"{last}{first[:1]}",
            f"{first}{year}",
            f"{last}{year}",
            f"{first}_{last}{number}",
            f"{last}.{number}",
            f"{first[:3]}{last[:4]}{number}",
        ]
        return f"{forms[int(self.rng.integers(len(forms)))].lower()}@{DOMAINS[int(min(self.rng.pareto(0.9), len(DOMAINS) - 1))]}"

    def _record(self, person: dict[str, Any]) -> dict[str, Any]:
        rng = self.rng
        source = rng.choice(list(SOURCES), p=[spec[0] for spec in SOURCES.values()])
        _, languages, orders, rates, error = SOURCES[source]
        language = rng.choice(["ru", "uk", "latin"], p=languages)
        row: dict[str, Any] = {"source": str(source), "person": person["id"]}
        self._write_name(row, person, language, str(orders[int(rng.integers(len(orders)))]), error)
        if rng.random() < rates["phone"]:
            row["phone"] = self._write_phone(person, error)
        # Almost nobody gets onto a list without any way to be reached.
        if rng.random() < rates["email"] or ("phone" not in row and rng.random() < 0.9):
            row["email"] = self._write_email(person, error)
        if rng.random() < rates["address"]:
            row["address"] = self._write_address(person, language, error)
        if rng.random() < rates["birth"]:
            row["birth_date"] = self._write_birth(person, error)
        return row

    def _write_name(self, row: dict[str, Any], person: dict[str, Any], language: str, order: str, error: float) -> None:
        rng = self.rng
        if rng.random() < 0.025:
            row["name"] = JUNK_NAMES[int(rng.integers(len(JUNK_NAMES)))]
            return
        place = 1 if language == "uk" else 0
        first = person["first"][place]
        if person["first"][2] and rng.random() < (0.30 if order == "i" else 0.07):
            first = person["first"][2]
        last_pair = person["last"][int(rng.integers(len(person["last"])))]
        last = _feminine(last_pair[place], place) if person["sex"] == "f" else last_pair[place]
        patronymic = _patronymic(person["father"][place], person["sex"], place)
        if language == "latin":
            table = _KMU if rng.random() < 0.5 else _TRANSLIT[int(rng.integers(2))]
            if table is _KMU:
                first, last = person["first"][1], _feminine(last_pair[1], 1) if person["sex"] == "f" else last_pair[1]
                patronymic = _patronymic(person["father"][1], person["sex"], 1)
            first, last, patronymic = (_latin(word, table) for word in (first, last, patronymic))
        first, last, patronymic = (self._mistyped(word, error) for word in (first, last, patronymic))
        if order in ("fio", "iof") and rng.random() < 0.06:
            first, patronymic = first[:1] + ".", patronymic[:1] + "."
        if order == "parts":
            row.update(first_name=first, last_name=last, patronymic=patronymic if rng.random() < 0.7 else None)
            if rng.random() < 0.03:
                row.update(first_name=last, last_name=first)
            return
        words = {"i": first, "f": last, "o": patronymic}
        text = " ".join(words[letter] for letter in order)
        row["name"] = text.upper() if rng.random() < 0.05 else text.lower() if rng.random() < 0.05 else text

    def _write_phone(self, person: dict[str, Any], error: float) -> str:
        rng = self.rng
        if rng.random() < 0.015:
            return JUNK_PHONES[int(rng.integers(len(JUNK_PHONES)))]
        phones = person["phones"]
        digits = phones[int(rng.integers(len(phones)))]
        if rng.random() < error * 0.5:
            digits = _wrong_digit(digits, rng)
        national = digits[2:]
        form = int(rng.integers(5))
        text = [
            "+" + digits,
            national,
            f"+38 ({national[:3]}) {national[3:6]}-{national[6:8]}-{national[8:]}",
            f"{national[:3]} {national[3:6]} {national[6:]}",
            digits,
        ][form]
        if len(phones) > 1 and rng.random() < 0.1:
            other = phones[0] if digits != phones[0] else phones[1]
            text += f", +{other}"
        return text

    def _write_email(self, person: dict[str, Any], error: float) -> str:
        rng = self.rng
        if rng.random() < 0.02:
            return JUNK_EMAILS[int(rng.integers(len(JUNK_EMAILS)))]
        address = person["emails"][int(rng.integers(len(person["emails"])))]
        if rng.random() < error * 0.5:
            local, _, domain = address.partition("@")
            address = f"{self._mistyped(local, 1.0)}@{domain}"
        return address.upper() if rng.random() < 0.02 else address

    def _write_address(self, person: dict[str, Any], language: str, error: float) -> str:
        rng = self.rng
        home = person["homes"][int(rng.integers(len(person["homes"])))]
        uk = language == "uk"
        street = (STREETS_UK.get(home["street"], home["street"]) if uk else home["street"]).replace("_", " ")
        street = self._mistyped(street, error * 0.7)
        city = home["city"][1 if uk else 0]
        flat = home["flat"]
        forms = [
            f"{'м.' if uk else 'г.'} {city}, {'вул.' if uk else 'ул.'} {street}, {'буд.' if uk else 'д.'} {home['house']}"
            + (f", кв. {flat}" if flat else ""),
            f"{city}, {street} {home['house']}" + (f"/{flat}" if flat else ""),
            f"{street} {'вул.' if uk else 'ул.'}, {home['house']}" + (f", кв {flat}" if flat else "") + f", {city}",
            f"{city}, {street}, {home['house']}",
        ]
        return forms[int(rng.integers(len(forms)))]

    def _write_birth(self, person: dict[str, Any], error: float) -> Any:
        rng = self.rng
        if rng.random() < 0.03:
            return np.datetime64("1900-01-01").item()
        born = person["born"]
        if rng.random() < error * 0.5:
            born = born + int(rng.choice([1, 10, 365, -1]))
        return born.item()

    def _mistyped(self, word: str, chance: float) -> str:
        rng = self.rng
        if len(word) < 4 or rng.random() >= chance:
            return word
        place = int(rng.integers(1, len(word) - 1))
        kind = int(rng.integers(4))
        letters = "абвгдеиклмнопрстуя" if not word.isascii() else "abcdefghiklmnoprstuy"
        new = letters[int(rng.integers(len(letters)))]
        if kind == 0:
            return word[:place] + word[place + 1 :]
        if kind == 1:
            return word[:place] + new + word[place + 1 :]
        if kind == 2:
            return word[:place] + new + word[place:]
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _zipf(count: int, power: float) -> np.ndarray:
    weights = 1 / np.arange(1, count + 1) ** power
    return np.cumsum(weights / weights.sum())


def _wrong_digit(digits: str, rng: np.random.Generator) -> str:
    place = int(rng.integers(5, len(digits) - 1))
    if rng.random() < 0.4:
        return digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    return digits[:place] + str(rng.integers(10)) + digits[place + 1 :]


def _ukrainian(stem: str) -> str:
    return stem.replace("и", "і").replace("ы", "и").replace("э", "е").replace("ё", "ьо")


def _feminine(last: str, place: int) -> str:
    for ending, other in (("ский", "ская"), ("цкий", "цкая"), ("ський", "ська"), ("цький", "цька")):
        if last.endswith(ending):
            return last[: -len(ending)] + other
    return last + "а" if last.endswith(("ов", "ев", "єв", "ин", "ін", "їн")) else last


def _patronymic(father: str, sex: str, place: int) -> str:
    man, woman = ("ович", "івна") if place else ("ович", "овна")
    stem = father
    if father.endswith("й"):
        stem, man, woman = (father[:-1], "йович", "ївна") if place else (father[:-1], "евич", "евна")
        if not place and father.endswith("ий"):
            stem, man, woman = father[:-2], "ьевич", "ьевна"
    elif father.endswith(("о", "а", "я", "ь")):
        stem = father[:-1]
        if not place and father.endswith("ь"):
            man, woman = "евич", "евна"
    special = {
        "Пётр": "Петр",
        "Павел": "Павл",
        "Михаил": "Михайл",
        "Фёдор": "Фёдор",
        "Федір": "Федор",
        "Микола": "Микола",
    }
    stem = special.get(father, stem)
    if father == "Микола":
        man, woman = "йович", "ївна"
    if father in ("Илья", "Никита"):
        return {"Илья": ("Ильич", "Ильинична"), "Никита": ("Никитич", "Никитична")}[father][sex == "f"]
    return stem + (man if sex == "m" else woman)


def _latin(word: str, table: dict[str, str]) -> str:
    out = "".join(table.get(char, char) for char in word.lower()).replace("_", "")
    return out.capitalize()


def generate(rows: int, seed: int = 1) -> pa.Table:
    """`rows` records with the column `person` as truth."""
    return Maker(rows, seed).make()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", type=int)
    parser.add_argument("out")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    pq.write_table(generate(given.rows, given.seed), given.out)
