"""One Latin skeleton for a name word written in Russian, Ukrainian, Belarusian, Kazakh or in any usual transliteration.

`Терёхина`, `Терьохіна`, `Terekhina`, `Teryokhina` -> `terehina`. A skeleton is for comparing, never for showing.
The rules follow the families of ICAO 9303, GOST 52535/7.79, BGN and the Ukrainian decree 55 of 2010, brought to their
common ground: what two of them write differently becomes one sign.
"""

import re
import unicodedata
from functools import lru_cache

_REMEMBERED = 1 << 16
"""Words are few and come back all the time, above all those of addresses."""

APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼ`´′＇\u02b9\u0301"), "'")
LATIN_TWINS = str.maketrans("abcehikmoptxy", "авсенікмортху")
CYRILLIC_TWINS = str.maketrans("авсенікмортху", "abcehikmoptxy")
_TWINS = frozenset("авсенікмортху")

_LATIN, _CYRILLIC_LETTER = re.compile("[a-z]"), re.compile("[\u0400-\u04ff]")
_CYRILLIC = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ё": "io", "ж": "zh", "з": "z",
    "и": "i", "і": "i", "ї": "i", "ы": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p",
    "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "",
    "ь": "", "э": "e", "ю": "iu", "я": "ia", "'": "", "ў": "v", "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o",
    "ұ": "u", "ү": "u", "һ": "kh",
})  # fmt: skip
_LATIN_LETTERS = str.maketrans({"ł": "l", "ß": "ss", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"})

# Order matters: longer spellings first. `h` alone is Ukrainian г; `kh` is х. Half of the steps are plain replacements,
# the others have letters without which they cannot apply: looking for those first makes folding several times faster.
_Step = tuple[str, re.Pattern[str] | None, str]
_STEPS: tuple[_Step, ...] = tuple(
    (found, re.compile(pattern) if pattern else None, to)
    for found, pattern, to in (
        ("ki", r"(?<=[sc])ki(?:i|y|j)?$", "ki"),
        ("s", r"shch|sch|shh|sz(?!$)(?=[aeiouycz])|szcz", "sh"),
        ("cz", "", "ch"),
        ("tch", "", "ch"),
        ("zgh", "", "zg"),
        ("kh", "", "X"),
        ("ph", "", "f"),
        ("th", "", "t"),
        ("h", r"([scz])h", r"\1H"),
        ("h", "", "g"),
        ("H", "", "h"),
        ("t", r"ts|tz|tc", "C"),
        ("ck", r"ck(?!i|a)", "k"),
        ("c", r"c(?![heikay])|c(?=a(?!$))", "k"),
        ("C", "", "c"),
        ("q", "", "k"),
        ("x", "", "ks"),
        ("w", "", "v"),
        ("j", "", "i"),
        ("y", "", "i"),
        ("io", r"ioi?", "e"),
        ("ho", r"(?<=[szc]h)o", "e"),
        ("e", r"i+e|ei(?=e)|e+", "e"),
        ("ii", r"i+", "i"),
        ("i", r"(?<=[bcdfgklmnprstvzhX])i(?=[aou])", ""),
        ("X", "", "h"),
    )
)
_DOUBLED = re.compile(r"([a-z])\1+")
_SOFT_O = re.compile(r"[ьй]о")
_CASE_ENDINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"(?<=[sc])k(?:i|a|aia|oi)$", "k"),
        (r"(?<=[oe]v)a$", ""),
        (r"(?<=.in)a$", ""),
        (r"(?<=[^aeiou])(?:i|aia|oi)$", ""),
        (r"(?<=[^aeiou])ai?a$", "a"),
    )
)


@lru_cache(_REMEMBERED)
def tidy(word: str) -> str:
    """Lower case, one apostrophe, compatibility forms undone, look-alike letters of the other alphabet put right."""
    low = unicodedata.normalize("NFKC", word).translate(APOSTROPHES).lower()
    if low.isascii():
        return low
    if not (_LATIN.search(low) and _CYRILLIC_LETTER.search(low)):
        return low
    cyrillic = sum("\u0400" <= char <= "\u04ff" for char in low)
    latin = sum("a" <= char <= "z" for char in low)
    if cyrillic < latin and all(char in _TWINS for char in low if "\u0400" <= char <= "\u04ff"):
        return low.translate(CYRILLIC_TWINS)
    return low.translate(LATIN_TWINS)


@lru_cache(_REMEMBERED)
def fold(word: str) -> str:
    """The skeleton of one word: a-z only (digits kept); may be empty."""
    low = tidy(word)
    initial = sum(map(str.isalpha, low)) == 1
    if not low.isascii():
        low = _SOFT_O.sub("ё", low).translate(_CYRILLIC)
        if not low.isascii():
            low = unicodedata.normalize("NFKD", low.translate(_LATIN_LETTERS))
    if not (low.isascii() and low.isalnum()):
        low = "".join(char for char in low if char.isascii() and char.isalnum())
    for found, pattern, to in _STEPS:
        if found in low:
            low = pattern.sub(to, low) if pattern else low.replace(found, to)
    low = _DOUBLED.sub(r"\1", low)
    # "Ж." abbreviates what begins with zh: an initial is one letter in every script.
    return low[:1] if initial else low


def fold_surname(skeleton: str) -> str:
    """The skeleton of a family name without the ending that tells man from woman: `terehina` -> `terehin`."""
    for pattern, to in _CASE_ENDINGS:
        shorter = pattern.sub(to, skeleton)
        if shorter != skeleton and len(shorter) > 2:
            return shorter
    return skeleton
