"""Postal addresses of Russia, Ukraine, Poland and the like: street, house, flat and city as keys for comparing.

No gazetteer: the type words (`data/address_words.tsv`) say what their neighbours are, numbers are placed by order.
A street key is the folded words of the street in alphabetical order, so `ул. Леси Украинки` = `Лесі Українки вул.`
"""

import re
from functools import cache, lru_cache

from attrs import frozen

from reactivate.normalise.fold import fold, tidy
from reactivate.normalise.tables import listed, rows

_PIECES = re.compile(r"[,;\n]+|№|#|\d+[-–]\d+|[\w'’ʼ`/\-–]+", re.UNICODE)
_NUMBER = re.compile(r"^(\d{1,4})\s*[-–]?\s*([^\W\d_])?(?:(?:/|[кkс]|корп)\s*(\d{1,4}\w?))?$", re.IGNORECASE)
_HOUSE_FLAT = re.compile(r"^(\d{1,4})[-–](\d{1,4})$")
_HOUSE_BLOCK_FLAT = re.compile(r"^(\d{1,4})[кk/](\d{1,4})[-–](\d{1,4})$")
_POSTCODE = re.compile(r"^(?:\d{5,6}|\d{2}-\d{3})$")
GLUED_WORDS = ("д", "дом", "кв", "оф", "корп", "стр", "буд", "б", "кім", "под", "эт", "пом", "м")
"""Type words that are often written without a blank before their number: `д5`."""
_GLUED = re.compile(rf"(?<![^\W\d_])({'|'.join(GLUED_WORDS)})\.?(?=\d)", re.IGNORECASE)
_ORDINAL = re.compile(r"^\d+-?(?:й|я|го|ая|ый|ий|ша|га|та|ма|ой)$", re.IGNORECASE)
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_SLASH_IS_FLAT = frozenset({"UA", "PL"})


@frozen
class Address:
    """Keys of one address; None = not found. `key` is the whole in one line, for telling addresses apart."""

    street: str | None = None
    house: str | None = None
    flat: str | None = None
    city: str | None = None

    @property
    def key(self) -> str | None:
        """`kiev|pasechna|4|8`; None without a street."""
        if not self.street:
            return None
        return "|".join(part or "" for part in (self.city, self.street, self.house, self.flat))


class _Reader:
    """Reads one address from left to right; what a type word announces goes where it says."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.found: dict[str, str] = {}
        self.streets: list[str] = []
        self.cities: list[str] = []
        self.expect: str | None = None
        self.loose: list[list[str]] = [[]]
        self.type_word: str | None = None
        self.fresh_number: str | None = None

    def take(self, piece: str) -> None:
        low = tidy(piece).strip("'-–/")
        number, self.fresh_number = self.fresh_number, None
        if not low or low in "№#":
            self.expect = self.expect if piece in "№#" else None
            return
        if piece[0] in ",;\n":
            self.expect = None if self.expect in ("street", "city", "region") else self.expect
            self.loose.append([])
            return
        kind = type_words().get(low)
        if kind and not (kind == "house" and self.expect == "street"):
            self.type_word = low if kind == "street" and len(low) > 4 else self.type_word
            self._announce(kind)
        elif _POSTCODE.match(low) or kind == "drop":
            return
        elif low[0].isdigit() and not _ORDINAL.match(low):
            alone = "house" not in self.found and self.expect in (None, "street")
            self._number(low)
            self.fresh_number = _bare(low) if alone and low.isdigit() else None
        else:
            self.fresh_number = number
            self._word(low)

    def _announce(self, kind: str) -> None:
        words = self.loose[-1]
        # "Пасечная ул." and "Київська обл.": the word stood before its type.
        if kind in ("street", "district") and words and not self.streets:
            self.streets += words
            self.loose[-1] = []
            self.expect = None
        elif kind == "region":
            if words:
                self.loose[-1] = []
                self.expect = None
            else:
                self.expect = "region"
        else:
            self.expect = {"district": "street"}.get(kind, kind)

    def _word(self, low: str) -> None:
        if self.fresh_number and len(low) > 2 and not low.isascii() and not self.streets and not self.loose[-1]:
            # "8 Марта 12": the number belongs to the street.
            self.streets += [self.fresh_number, low]
            del self.found["house"]
        elif self.expect == "street":
            self.streets.append(low)
        elif self.expect == "city":
            self.cities.append(low)
        elif self.expect == "region":
            self.expect = None
        elif self.expect in ("block", "house") and len(low) == 1 and "house" in self.found:
            self.found["house"] += fold(low)
        elif len(low) == 1 and self.found.get("house", "").isdigit():
            self.found["house"] += fold(low)  # "12 А"
        else:
            self.loose[-1].append(low)

    def _number(self, low: str) -> None:
        expect, self.expect = self.expect, None
        corner = _HOUSE_BLOCK_FLAT.match(low)
        if corner and "house" not in self.found:
            self.found["house"], self.found["flat"] = f"{_bare(corner[1])}k{_bare(corner[2])}", _bare(corner[3])
            return
        pair = _HOUSE_FLAT.match(low)
        if pair and "house" not in self.found:
            self.found["house"], self.found["flat"] = _bare(pair[1]), _bare(pair[2])
        elif expect == "entrance":
            return
        elif expect == "flat":
            self.found.setdefault("flat", _bare(low))
        elif expect == "block":
            self.found["house"] = self.found.get("house", "") + "k" + _bare(low)
        elif "house" not in self.found:
            self._house(low)
        else:
            self.found.setdefault("flat", _bare(low))

    def _house(self, low: str) -> None:
        shape = _NUMBER.match(low)
        if not shape:
            self.found["house"] = fold(_bare(low))
            return
        number, letter, second = _bare(shape[1]), shape[2], _bare(shape[3] or "")
        if second and "/" in low and self.region in _SLASH_IS_FLAT and not letter:
            self.found["house"], self.found["flat"] = number, second
            return
        tail = f"k{second}" if second else ""
        self.found["house"] = number + (fold(letter) if letter and letter not in "кk" else "") + tail

    def result(self, city: str | None) -> Address:
        known = _cities()
        groups = [group for group in self.loose if group]
        if not self.cities:
            for group in groups:
                size = next((n for n in (3, 2, 1) if len(group) >= n and city_key(" ".join(group[:n])) in known), 0)
                if size and (len(group) == size or not self.streets):
                    self.cities = group[:size]
                    groups[groups.index(group)] = group[size:]
                    break
            groups = [group for group in groups if group]
        if not self.streets and groups:
            self.streets = groups.pop()
        if not self.cities and groups:
            self.cities = groups[0]
        if not self.streets and self.type_word:
            self.streets = [self.type_word]
        street = " ".join(sorted(filter(None, map(street_word, self.streets)))) or None
        own = city_key(" ".join(self.cities)) if self.cities else None
        house = self.found.get("house")
        return Address(street, house or None, self.found.get("flat") or None, city or own)


def _bare(number: str) -> str:
    """Every run of digits without leading zeros."""
    return _ZEROS.sub("", number)


def parse_address(text: str, region: str, city: str | None = None) -> Address:
    """Read one address; `city` (a key) is what another field said and wins."""
    reader = _Reader(region)
    for piece in _PIECES.findall(_GLUED.sub(r"\1 ", text)):
        reader.take(piece)
    return reader.result(city)


@lru_cache(1 << 16)
def street_word(word: str) -> str:
    """Folded, without the ending that tells Russian from Ukrainian: `пасечная`, `пасечна` -> `pasechn`."""
    folded = fold(_bare(word))
    return re.sub(r"(?<=...)[aeiou]+$", "", folded)


@cache
def type_words() -> dict[str, str]:
    """What a word says of its neighbours -> the kind: street, house, block, flat, city, region …"""
    kinds: dict[str, str] = {}
    for row in rows("address_words.tsv"):
        for word in row["words"].split():
            kinds.setdefault(word.rstrip("."), row["kind"])
    return kinds


@cache
def _cities() -> dict[str, str]:
    """Every folded spelling -> the key of the city."""
    out: dict[str, str] = {}
    for row in rows("cities.tsv"):
        spellings = listed(row["names"])
        for spelling in spellings:
            out.setdefault(_folded(spelling), _folded(spellings[0]))
    return out


@cache
def city_words() -> frozenset[str]:
    """Every folded word of a name of a known city."""
    return frozenset(word for name in _cities() for word in name.split(" "))


@lru_cache(1 << 16)
def city_key(text: str) -> str | None:
    """The key of a city: folded, renamed and translated names brought together; None when nothing is left."""
    bare = re.sub(r"^(?:г|гор|город|м|місто|с|село|пос|п|смт|пгт)\.?\s+|^(?:г|м)\.", "", text.strip().lower())
    folded = _folded(bare)
    return _cities().get(folded, folded) or None


def _folded(text: str) -> str:
    return " ".join(filter(None, map(fold, re.split(r"[\s\-]+", text))))


def tidy_address(text: str) -> str:
    """The address as one line, to be written on an envelope."""
    return re.sub(r"\s*,[\s,]*", ", ", re.sub(r"\s+", " ", text)).strip(" ,;")
