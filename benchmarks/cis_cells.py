"""How the sources of the CIS base write a person down: names, phones, e-mails, addresses, with habits and slips."""

from typing import Any

import numpy as np
import pyarrow as pa
from cis_people import Dirt, People
from cis_vocabulary import Words
from cis_words import DOMAINS, JUNK_EMAILS, JUNK_NAMES, JUNK_PHONES, NICKS

Array = np.ndarray[Any, Any]


def name_cells(
    rng: np.random.Generator, person: Array, people: People, words: Words, dirt: Dirt,
    source: Array, spelling: Array, late: Array, chance: Array,
) -> dict[str, Array]:  # fmt: skip
    count = len(person)
    man, first = people.man[person], people.first[person]
    men, women = first.clip(0, words.count("men") - 1), first.clip(0, words.count("women") - 1)
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


def phone_cells(
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


def email_cells(
    rng: np.random.Generator, person: Array, people: People, words: Words, dirt: Dirt,
    source: Array, late: Array, chance: Array, no_phone: Array,
) -> Array:  # fmt: skip
    count = len(person)
    # Almost nobody gets onto a list without any way to be reached.
    asked = rng.random(count) < np.array([s.email for s in dirt.sources])[source]
    asked |= no_phone.astype(bool) & (rng.random(count) < 0.9)
    cells = np.full(count, None, object)
    whose = people.email2[person, late]
    for place in np.flatnonzero(asked):
        cells[place] = _mailbox(int(whose[place]), people, words)
    for place in np.flatnonzero(asked & (rng.random(count) < chance * 0.5)):
        local, _, domain = cells[place].partition("@")
        cells[place] = f"{_wrong(local, rng)}@{domain}"
    junk = np.flatnonzero(asked & (rng.random(count) < dirt.junk))
    cells[junk] = rng.choice(np.array(JUNK_EMAILS, object), len(junk))
    return cells


def _mailbox(whose: int, people: People, words: Words) -> str:
    """The mailbox with this number. A provider gives a name once: the more people want it, the longer the digits."""
    owner, code = whose % len(people.man), whose * 2654435761 % (1 << 31)
    rank, family, man = int(people.first[owner]), int(people.last2[owner, 0]), bool(people.man[owner])
    first, last = (words.men if man else words.women)[3, rank], words.last[3, 0, family]
    year, nick = str(1970 + int(people.born[owner]) // 365)[2:], NICKS[code // 64 % len(NICKS)]
    local, others = (
        (f"{first}.{last}", words.share("men" if man else "women", rank) * words.share("last", family)),
        (f"{last}{first[:1]}", words.share("last", family) / 10),
        (f"{first}{year}_", 1 / 5_000),
        (f"{last}{year}", words.share("last", family) / 60),
        (f"{first}_{last}", words.share("men" if man else "women", rank) * words.share("last", family)),
        (f"{last}.", words.share("last", family)),
        (f"{first[:3]}{last[:4]}", words.share("last", family)),
        (f"{last}_{first[:1]}{year}", words.share("last", family) / 600),
        (f"{nick}", 1 / len(NICKS)),
        (f"{nick}_{year}.", 1 / len(NICKS) / 60),
        (f"{nick}{first[:3]}", 1 / len(NICKS) / 30),
        (f"{first[:2]}{nick}", 1 / len(NICKS) / 30),
    )[code % 12]  # fmt: skip
    crowd = others * len(people.man) / 12
    ends = local.endswith((".", "_")) or code % 12 in (6, 8)
    digits = str(code // 4096 % max(int(200 * crowd), 100) + 1) if crowd > 0.02 or ends else ""
    share = (code % 4093 + 1) / 4094
    return f"{local.lower()}{digits}@{DOMAINS[min(int(1 / share**0.9) - 1, len(DOMAINS) - 1)]}"


def address_cells(
    rng: np.random.Generator, person: Array, people: People, words: Words, dirt: Dirt,
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
        uk = bool(spelling[place] in (1, 5))
        city, street = words.place(number, int(uk))
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


def births(
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
