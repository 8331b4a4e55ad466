# ruff: noqa: E501 - tables of figures read best as lines
"""Dirty CIS customer records with known truth: `python benchmarks/cis_generator.py 100000 out.parquet --seed 1`.

People live in households (couples, children, fathers and sons with crossed names) and change in the course of time:
they move, change phones and mailboxes, marry. Five sources write them down at some moment, each with habits of its own:
language, order of the name, which fields it asks for, how it writes phones and addresses, how often its operators
mistype, what it puts where nothing is known. Everything is drawn from one seed, whole columns at a time (a million rows
take some twenty seconds); nothing of this file is read by the matcher.
"""

import argparse
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from attrs import frozen
from cis_words import (
    CITIES,
    DOMAINS,
    JUNK_EMAILS,
    JUNK_NAMES,
    JUNK_PHONES,
    MEN,
    SPELLINGS,
    STREETS,
    STREETS_UK,
    WOMEN,
    feminine,
    patronymic,
    spelt,
    surnames,
)

Array = np.ndarray[Any, Any]
LANGUAGES = tuple(SPELLINGS)


@frozen
class Source:
    """Who writes: its share of all records, languages, orders of the name, how often each field is asked for."""

    name: str
    share: float
    ru_uk_latin: tuple[float, float, float]
    orders: dict[str, float]
    phone: float
    email: float
    birth: float
    address: float
    mistyped: float
    shouts: float = 0.0
    no_yo: bool = False


@frozen
class Dirt:
    """How dirty the whole is. The other profiles show that nothing hangs on the numbers of one."""

    sources: tuple[Source, ...]
    repeated: float = 0.19
    """Share of people with more than one record."""
    households: tuple[float, float, float, float] = (0.84, 0.09, 0.05, 0.02)
    """Single, couple, family, father and son."""
    shared_phone: float = 0.25
    moved: float = 0.09
    new_phone: float = 0.08
    new_email: float = 0.08
    married: float = 0.05
    short_name: float = 0.05
    junk: float = 0.015


SHOP = {"if": 0.50, "fi": 0.28, "fio": 0.22}
USUAL = Dirt(
    sources=(
        Source("shop", 0.40, (0.62, 0.28, 0.10), SHOP, 0.96, 0.86, 0.15, 0.62, 0.035),
        Source("crm", 0.26, (0.55, 0.43, 0.02), {"fio": 0.7, "iof": 0.3}, 0.98, 0.50, 0.62, 0.50, 0.03, 0.10, True),
        Source("calls", 0.13, (0.55, 0.45, 0.0), {"iof": 0.35, "if": 0.55, "i": 0.10}, 1.0, 0.08, 0.05, 0.78, 0.055),
        Source("loyalty", 0.16, (0.60, 0.30, 0.10), {"parts": 1.0}, 0.96, 0.60, 0.92, 0.20, 0.025),
        Source("chat", 0.05, (0.50, 0.30, 0.20), {"i": 0.40, "if": 0.60}, 0.75, 0.50, 0.0, 0.05, 0.06),
    )
)
HARSH = Dirt(
    sources=(
        Source("shop", 0.38, (0.52, 0.30, 0.18), SHOP, 0.92, 0.80, 0.08, 0.55, 0.05),
        Source("crm", 0.24, (0.50, 0.45, 0.05), {"fio": 0.6, "iof": 0.4}, 0.96, 0.40, 0.50, 0.45, 0.05, 0.3, True),
        Source("calls", 0.18, (0.55, 0.45, 0.0), {"iof": 0.3, "if": 0.5, "i": 0.2}, 1.0, 0.05, 0.0, 0.70, 0.08),
        Source("loyalty", 0.12, (0.55, 0.30, 0.15), {"parts": 1.0}, 0.92, 0.50, 0.85, 0.15, 0.04),
        Source("chat", 0.08, (0.45, 0.25, 0.30), {"i": 0.7, "if": 0.3}, 0.60, 0.45, 0.0, 0.05, 0.08),
    ),
    repeated=0.19, households=(0.80, 0.11, 0.06, 0.03), shared_phone=0.30, moved=0.15, new_phone=0.16, new_email=0.18, married=0.06, junk=0.03,
)  # fmt: skip
PROFILES = {"usual": USUAL, "harsh": HARSH}


@frozen(eq=False)
class People:
    """One entry per person; `x2` arrays hold the value before and after the change at `turn` (0 to 1)."""

    man: Array
    first: Array
    father: Array
    last2: Array
    born: Array
    phone2: Array
    email2: Array
    home2: Array
    turn: Array


class _Words:
    """Every name in every spelling, looked up by (spelling, number)."""

    def __init__(self, rng: np.random.Generator) -> None:
        men, women = ([tuple(item.split(":")) for item in names] for names in (MEN, WOMEN))
        pairs = surnames()
        rng.shuffle(pairs)
        self.count = {"men": len(men), "women": len(women), "last": len(pairs)}
        forms = [SPELLINGS[name] for name in LANGUAGES]
        self.men, self.women = (
            np.array([[spelt(n[place], t) for n in names] for place, t in forms], object) for names in (men, women)
        )
        self.short_men, self.short_women = (
            np.array([[spelt(n[2] or n[place], t) for n in names] for place, t in forms], object)
            for names in (men, women)
        )
        self.last = np.array(
            [
                [[spelt(feminine(p[place], place) if woman else p[place], t) for p in pairs] for woman in (0, 1)]
                for place, t in forms
            ],
            object,
        )
        self.patronymic = np.array(
            [[[spelt(patronymic(n[place], sex, place), t) for n in men] for sex in "fm"] for place, t in forms], object
        )


def generate(rows: int, seed: int = 1, dirt: Dirt = USUAL) -> pa.Table:
    """`rows` records with the column `person` as truth, in no particular order."""
    rng = np.random.default_rng(seed)
    words = _Words(rng)
    counts = _copies(rng, rows, dirt)
    people = _people(rng, len(counts), words, dirt)
    person = np.repeat(np.arange(len(counts)), counts)
    rng.shuffle(person)
    parts = [_written(rng, person[s : s + _PART], people, words, dirt) for s in range(0, rows, _PART)]
    table = pa.concat_tables(parts).combine_chunks()
    ids = pc.binary_join_element_wise("r", pa.array(np.arange(rows)).cast(pa.string()), "")
    return table.add_column(1, "record_id", ids)


_PART = 1_000_000


def _copies(rng: np.random.Generator, rows: int, dirt: Dirt) -> Array:
    """Records per person, `rows` in all."""
    guess = int(rows * 0.9) + 10
    extra = np.minimum(1 + rng.pareto(2.3, guess).astype(np.int64), 36)
    counts = 1 + np.where(rng.random(guess) < dirt.repeated, extra, 0)
    upto = int(np.searchsorted(np.cumsum(counts), rows))
    counts = counts[: upto + 1]
    counts[-1] -= int(counts.sum()) - rows
    return counts


def _skewed(rng: np.random.Generator, size: int, count: int, power: float) -> Array:
    weights = 1 / np.arange(1, count + 1) ** power
    return np.searchsorted(np.cumsum(weights / weights.sum()), rng.random(size), side="right").clip(0, count - 1)


def _people(rng: np.random.Generator, count: int, words: _Words, dirt: Dirt) -> People:
    kind = rng.choice(4, count, p=dirt.households)
    size = np.array([1, 2, 0, 2])[kind] + np.where(kind == 2, rng.integers(3, 5, count), 0)
    house = np.repeat(np.arange(count), size)[:count]
    kind = kind[house]
    head = np.searchsorted(house, house)
    place = np.arange(count) - head
    child = ((kind == 2) & (place >= 2)) | ((kind == 3) & (place == 1))
    man = np.where((kind == 1) & (place < 2), place == 0, rng.random(count) < 0.42)
    man |= kind == 3
    father = _skewed(rng, count, words.count["men"], 0.75)
    men, women = (_skewed(rng, count, words.count[sex], 0.75) for sex in ("men", "women"))
    first = np.where(man, men, women)
    # A father's patronymic is his own father's name; half of the sons bear their grandfather's name.
    father = np.where(child & man[head], first[head], father)
    grandson = child & man & (kind == 3) & (rng.random(count) < 0.5)
    first = np.where(grandson, father[head], first)
    last = _skewed(rng, count, words.count["last"], 0.55)
    last = np.where(kind > 0, last[head], last)
    born = rng.integers(-9100, 12400, count)
    born = np.where(child, np.minimum(born[head] + rng.integers(6600, 14600, count), 13300), born)
    home = np.stack([np.arange(count)] * 2, axis=1)
    home[kind > 0, 0] = head[kind > 0]
    home[:, 1] = np.where(rng.random(count) < dirt.moved, count + np.arange(count), home[:, 0])
    phone = _phones(rng, 2 * count).reshape(count, 2)
    shared = (kind > 0) & (rng.random(count) < dirt.shared_phone)
    phone[shared, 0] = phone[head[shared], 0]
    phone[:, 1] = np.where(rng.random(count) < dirt.new_phone, phone[:, 1], phone[:, 0])
    email = np.stack([np.arange(count)] * 2, axis=1)
    same = (kind > 0) & (rng.random(count) < 0.06)
    email[same, 0] = head[same]
    email[:, 1] = np.where(rng.random(count) < dirt.new_email, count + np.arange(count), email[:, 0])
    maiden = ~man & (rng.random(count) < dirt.married)
    last2 = np.stack([np.where(maiden, _skewed(rng, count, words.count["last"], 0.55), last), last], axis=1)
    return People(man, first, father, last2, born, phone, email, home, rng.random(count))


def _phones(rng: np.random.Generator, count: int) -> Array:
    """Whole numbers: mostly Ukrainian, some Russian and Belarusian."""
    ua = 380 * 10**9 + rng.choice([67, 50, 63, 66, 68, 93, 95, 96, 97, 98, 99, 73], count) * 10**7
    ru = 7 * 10**10 + rng.choice([903, 905, 910, 916, 921, 926, 950, 961, 985, 999], count) * 10**7
    by = 375 * 10**9 + rng.choice([25, 29, 33, 44], count) * 10**7
    return np.choose(rng.choice(3, count, p=(0.86, 0.11, 0.03)), [ua, ru, by]) + rng.integers(0, 10**7, count)


def _written(rng: np.random.Generator, person: Array, people: People, words: _Words, dirt: Dirt) -> pa.Table:
    """The records of these people, one each, every one by some source at some moment."""
    count = len(person)
    source = rng.choice(len(dirt.sources), count, p=[s.share for s in dirt.sources])
    tongue = np.zeros(count, np.int64)
    for number, s in enumerate(dirt.sources):
        of = np.flatnonzero(source == number)
        tongue[of] = rng.choice(3, len(of), p=s.ru_uk_latin)
    spelling = np.where(tongue == 2, rng.choice([2, 3, 4, 5], count, p=(0.35, 0.2, 0.15, 0.3)), tongue)
    late = (rng.random(count) > people.turn[person]).astype(np.int64)
    chance = np.array([s.mistyped for s in dirt.sources])[source]
    columns = _names(rng, person, people, words, dirt, source, spelling, late, chance)
    columns["phone"] = _phone_cells(rng, person, people, dirt, source, late, chance)
    columns["email"] = _email_cells(rng, person, people, words, dirt, source, late, chance, columns["phone"] == None)  # noqa: E711
    columns["address"] = _address_cells(rng, person, people, dirt, source, late, chance, spelling)
    births = _births(rng, person, people, dirt, source, chance)
    text = {name: pa.array(cells, pa.string()) for name, cells in columns.items()}
    names = pa.array([s.name for s in dirt.sources]).take(pa.array(source))
    return pa.table({"source": names, "person": pa.array(person), **text, "birth_date": births})


def _names(
    rng: np.random.Generator, person: Array, people: People, words: _Words, dirt: Dirt,
    source: Array, spelling: Array, late: Array, chance: Array,
) -> dict[str, Array]:  # fmt: skip
    count = len(person)
    man, first = people.man[person], people.first[person]
    men, women = first.clip(0, words.count["men"] - 1), first.clip(0, words.count["women"] - 1)
    order = np.empty(count, object)
    for number, s in enumerate(dirt.sources):
        of = np.flatnonzero(source == number)
        order[of] = rng.choice(list(s.orders), len(of), p=list(s.orders.values()))
    short = rng.random(count) < np.where(order == "i", 0.28, dirt.short_name)
    full_form = np.where(man, words.men[spelling, men], words.women[spelling, women])
    short_form = np.where(man, words.short_men[spelling, men], words.short_women[spelling, women])
    given = np.where(short, short_form, full_form)
    last = words.last[spelling, 1 - man.astype(int), people.last2[person, late]]
    middle = words.patronymic[spelling, man.astype(int), people.father[person]]
    for cells in (given, last, middle):
        _mistype(rng, cells, chance)
    yo = np.array([s.no_yo for s in dirt.sources])[source]
    bare = (order == "fio") & (rng.random(count) < 0.08)
    for place in np.flatnonzero(bare):
        given[place], middle[place] = given[place][:1] + ".", middle[place][:1] + "."
    parts = order == "parts"
    swapped = parts & (rng.random(count) < 0.03)
    out = {name: np.full(count, None, object) for name in ("name", "first_name", "last_name", "patronymic")}
    out["first_name"][parts] = np.where(swapped, last, given)[parts]
    out["last_name"][parts] = np.where(swapped, given, last)[parts]
    with_middle = parts & (rng.random(count) < 0.7)
    out["patronymic"][with_middle] = middle[with_middle]
    for shape in {s for one in dirt.sources for s in one.orders} - {"parts"}:
        of = np.flatnonzero(order == shape)
        pieces = [{"i": given, "f": last, "o": middle}[letter][of] for letter in shape]
        out["name"][of] = [" ".join(cells) for cells in zip(*pieces, strict=True)]
    _habits(rng, out["name"], np.array([s.shouts for s in dirt.sources])[source], yo)
    junk = np.flatnonzero(rng.random(count) < dirt.junk)
    for cells in out.values():
        cells[junk] = None
    out["name"][junk] = rng.choice(np.array(JUNK_NAMES, object), len(junk))
    return out


def _habits(rng: np.random.Generator, cells: Array, shouts: Array, no_yo: Array) -> None:
    """Capitals, small letters, е for ё, a Latin letter inside a Cyrillic word."""
    draw = rng.random(len(cells))
    for place in np.flatnonzero((draw < 0.05 + shouts) | no_yo):
        text = cells[place]
        if text is None:
            continue
        if no_yo[place]:
            text = text.replace("ё", "е")
        if draw[place] < shouts[place]:
            text = text.upper()
        elif draw[place] < shouts[place] + 0.03:
            text = text.lower()
        elif draw[place] < shouts[place] + 0.05 and not text.isascii():
            text = text.replace("о", "o", 1).replace("а", "a", 1)
        cells[place] = text


def _phone_cells(
    rng: np.random.Generator, person: Array, people: People, dirt: Dirt, source: Array, late: Array, chance: Array
) -> Array:
    count = len(person)
    number = people.phone2[person, late]
    wrong = np.flatnonzero(rng.random(count) < chance * 0.5)
    digits = number.astype(str).astype(object)
    for place in wrong:
        digits[place] = _wrong_digit(digits[place], rng)
    cells = np.full(count, None, object)
    asked = rng.random(count) < np.array([s.phone for s in dirt.sources])[source]
    form = rng.integers(0, 5, count)
    second = np.flatnonzero(asked & (people.phone2[person, 0] != people.phone2[person, 1]) & (rng.random(count) < 0.12))
    for place in np.flatnonzero(asked):
        cells[place] = _phone_text(digits[place], int(form[place]))
    for place in second:
        cells[place] += f", +{people.phone2[person[place], 1 - late[place]]}"
    junk = np.flatnonzero(asked & (rng.random(count) < dirt.junk * 0.7))
    cells[junk] = rng.choice(np.array(JUNK_PHONES, object), len(junk))
    return cells


def _phone_text(digits: str, form: int) -> str:
    if not digits.startswith("380"):
        return (
            "+" + digits
            if form < 3 or digits[0] != "7"
            else f"8 ({digits[1:4]}) {digits[4:7]}-{digits[7:9]}-{digits[9:]}"
        )
    national = digits[2:]
    if form == 0:
        return "+" + digits
    if form == 1:
        return national
    if form == 2:
        return f"+38 ({national[:3]}) {national[3:6]}-{national[6:8]}-{national[8:]}"
    return f"{national[:3]} {national[3:6]} {national[6:]}" if form == 3 else digits


def _wrong_digit(digits: str, rng: np.random.Generator) -> str:
    place = int(rng.integers(5, len(digits) - 1))
    if rng.random() < 0.4:
        return digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    return digits[:place] + str(rng.integers(10)) + digits[place + 1 :]


def _email_cells(
    rng: np.random.Generator, person: Array, people: People, words: _Words, dirt: Dirt,
    source: Array, late: Array, chance: Array, no_phone: Array,
) -> Array:  # fmt: skip
    count = len(person)
    # Almost nobody gets onto a list without any way to be reached.
    asked = rng.random(count) < np.array([s.email for s in dirt.sources])[source]
    asked |= no_phone.astype(bool) & (rng.random(count) < 0.9)
    cells = np.full(count, None, object)
    whose = people.email2[person, late]
    owner = whose % len(people.man)
    mixed = (whose * 2654435761) % (1 << 31)
    born = people.born[owner]
    for place in np.flatnonzero(asked):
        who, code = owner[place], int(mixed[place])
        first = (words.men if people.man[who] else words.women)[3, people.first[who]]
        last = words.last[3, 0, people.last2[who, 0]]
        year, number = str(1970 + int(born[place]) // 365)[2:], code // 64 % 997 + 1
        local = (
            f"{first}.{last}", f"{last}{first[:1]}", f"{first}{year}{number}", f"{last}{year}", f"{first}_{last}{number}",
            f"{last}.{number}", f"{first[:3]}{last[:4]}{number}", f"{last}_{first[:1]}{year}",
        )[code % 8]  # fmt: skip
        cells[place] = (
            f"{local.lower()}@{DOMAINS[min(int(1 / ((code % 4093 + 1) / 4094) ** 0.9) - 1, len(DOMAINS) - 1)]}"
        )
    for place in np.flatnonzero(asked & (rng.random(count) < chance * 0.5)):
        local, _, domain = cells[place].partition("@")
        cells[place] = f"{_wrong(local, rng)}@{domain}"
    junk = np.flatnonzero(asked & (rng.random(count) < dirt.junk))
    cells[junk] = rng.choice(np.array(JUNK_EMAILS, object), len(junk))
    return cells


def _address_cells(
    rng: np.random.Generator, person: Array, people: People, dirt: Dirt,
    source: Array, late: Array, chance: Array, spelling: Array,
) -> Array:  # fmt: skip
    count = len(person)
    home = people.home2[person, late]
    cells = np.full(count, None, object)
    asked = np.flatnonzero(rng.random(count) < np.array([s.address for s in dirt.sources])[source])
    form = rng.integers(0, 5, count)
    wrong = rng.random(count) < chance * 0.7
    for place in asked:
        number = (int(home[place]) * 0x9E3779B97F4A7C15) % (1 << 64)
        uk = spelling[place] in (1, 5)
        city = CITIES[min(int(1 / ((number >> 40) % 4093 + 1) * 4094**1.0) // 2, len(CITIES) - 1)][1 if uk else 0]
        street = STREETS[int(((number >> 20) % 4093 / 4093) ** 1.6 * len(STREETS))]
        street = (STREETS_UK.get(street, street) if uk else street).replace("_", " ")
        if wrong[place]:
            street = _wrong(street, rng)
        house, flat = number % 139 + 1, (number >> 8) % 199 + 1 if (number >> 52) % 10 < 8 else None
        cells[place] = _address_text(int(form[place]), uk, city, street, house, flat)
    return cells


def _address_text(form: int, uk: bool, city: str, street: str, house: int, flat: int | None) -> str:
    kind, home = ("вул.", "буд.") if uk else ("ул.", "д.")
    if form == 0:
        return f"{'м.' if uk else 'г.'} {city}, {kind} {street}, {home} {house}" + (f", кв. {flat}" if flat else "")
    if form == 1:
        return f"{city}, {street} {house}" + (f"/{flat}" if flat else "")
    if form == 2:
        return f"{street} {kind}, {house}" + (f", кв {flat}" if flat else "") + f", {city}"
    if form == 3:
        return f"{kind} {street} {house}" + (f" кв.{flat}" if flat else "")
    return f"{city}, {street}, {house}"


def _births(
    rng: np.random.Generator, person: Array, people: People, dirt: Dirt, source: Array, chance: Array
) -> pa.Array:
    count = len(person)
    born = people.born[person]
    wrong = rng.random(count) < chance * 0.6
    born = np.where(wrong, born + rng.choice([1, -1, 10, 30, 365, -365, 3653], count), born)
    born = np.where(rng.random(count) < 0.02, -25567, born)
    known = rng.random(count) < np.array([s.birth for s in dirt.sources])[source]
    return pa.array(born.astype(np.int32), pa.int32(), mask=~known).cast(pa.date32())


def _mistype(rng: np.random.Generator, cells: Array, chance: Array) -> None:
    for place in np.flatnonzero(rng.random(len(cells)) < chance):
        cells[place] = _wrong(cells[place], rng)


def _wrong(word: str, rng: np.random.Generator) -> str:
    """One letter lost, changed, added, or two neighbours swapped."""
    if len(word) < 4:
        return word
    place, kind = int(rng.integers(1, len(word) - 1)), int(rng.integers(4))
    letters = "абвгдеиклмнопрстуя" if not word.isascii() else "abcdefghiklmnoprstuy"
    new = letters[int(rng.integers(len(letters)))]
    if kind == 3:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return word[:place] + ("", new, new + word[place])[kind] + word[place + 1 :]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", type=int)
    parser.add_argument("out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile", choices=PROFILES, default="usual")
    given = parser.parse_args()
    pq.write_table(generate(given.rows, given.seed, PROFILES[given.profile]), given.out)
