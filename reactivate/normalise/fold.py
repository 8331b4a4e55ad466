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

# The steps work on one word as well as on many with a line for each, so no pattern may reach over the end of a line.
# Order matters: longer spellings first. `h` alone is Ukrainian г; `kh` is х. Half of the steps are plain replacements,
# the others have letters without which they cannot apply: looking for those first makes folding several times faster.
_Step = tuple[str, re.Pattern[str] | None, str]
_STEPS: tuple[_Step, ...] = tuple(
    (found, re.compile(pattern, re.MULTILINE) if pattern else None, to)
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
    (re.compile(pattern, re.MULTILINE), to)
    for pattern, to in (
        (r"(?<=[sc])k(?:i|a|aia|oi)$", "k"),
        (r"(?<=[oe]v)a$", ""),
        (r"(?<=.in)a$", ""),
        (r"(?<=[^aeiou\n])(?:i|aia|oi)$", ""),
        (r"(?<=[^aeiou\n])ai?a$", "a"),
    )
)


_NO_SIGNS = bytes(byte for byte in range(128) if not chr(byte).isalnum())
_NO_LETTERS = _NO_SIGNS.replace(b"\n", b"")


@lru_cache(_REMEMBERED)
def tidy(word: str) -> str:
    """Lower case, one apostrophe, compatibility forms undone, look-alike letters of the other alphabet put right."""
    low = unicodedata.normalize("NFKC", word).translate(APOSTROPHES).lower()
    return low if low.isascii() else _one_alphabet(low)


def tidy_all(words: list[str]) -> list[str]:
    """`tidy` of each word, several times faster: all of them are one text with a line each."""
    text = unicodedata.normalize("NFKC", "\n".join(words)).translate(APOSTROPHES).lower()
    lines = text.split("\n")
    if len(lines) != len(words):  # a word holds the end of a line itself
        return [tidy(word) for word in words]
    return [line if line.isascii() else _one_alphabet(line) for line in lines]


def _one_alphabet(low: str) -> str:
    if not (_LATIN.search(low) and _CYRILLIC_LETTER.search(low)):
        return low
    cyrillic = sum("\u0400" <= char <= "\u04ff" for char in low)
    latin = sum("a" <= char <= "z" for char in low)
    if cyrillic < latin and all(char in _TWINS for char in low if "\u0400" <= char <= "\u04ff"):
        return low.translate(CYRILLIC_TWINS)
    return low.translate(LATIN_TWINS)


def ascii_letters(sign: str) -> str:
    """What one sign is in Latin letters and digits before any rule of spelling: `щ` is `sh`, `,` is nothing."""
    latin = unicodedata.normalize("NFKD", sign.translate(_CYRILLIC).translate(_LATIN_LETTERS))
    return latin.encode("ascii", "ignore").translate(None, _NO_SIGNS).decode("ascii")


@lru_cache(_REMEMBERED)
def fold(word: str) -> str:
    """The skeleton of one word: a-z only (digits kept); may be empty."""
    return fold_tidy([tidy(word).replace("\n", " ")])[0]


def fold_all(words: list[str]) -> list[str]:
    """`fold` of each word, several times faster."""
    return fold_tidy([word.replace("\n", " ") for word in tidy_all(words)])


def fold_tidy(words: list[str]) -> list[str]:
    """Skeletons of words that `tidy` has been through; no word holds the end of a line."""
    if not words:
        return []
    text = "\n".join(words)
    if not text.isascii():
        text = _SOFT_O.sub("ё", text).translate(_CYRILLIC)
        if not text.isascii():
            text = unicodedata.normalize("NFKD", text.translate(_LATIN_LETTERS))
    text = text.encode("ascii", "ignore").translate(None, _NO_LETTERS).decode("ascii")
    for found, pattern, to in _STEPS:
        if found in text:
            text = pattern.sub(to, text) if pattern else text.replace(found, to)
    skeletons = _DOUBLED.sub(r"\1", text).split("\n")
    # "Ж." abbreviates what begins with zh: an initial is one letter in every script.
    return [
        skeleton[:1] if len(skeleton) > 1 and _is_initial(word) else skeleton
        for word, skeleton in zip(words, skeletons, strict=True)
    ]


def _is_initial(word: str) -> bool:
    return len(word) == 1 if word.isalpha() else sum(map(str.isalpha, word)) == 1


def fold_surname(skeleton: str) -> str:
    """The skeleton of a family name without the ending that tells man from woman: `terehina` -> `terehin`."""
    return fold_surnames([skeleton])[0]


def fold_surnames(skeletons: list[str]) -> list[str]:
    """`fold_surname` of each skeleton. The first ending that leaves more than two letters is cut."""
    text = "\n".join(skeletons)
    out = list(skeletons)
    for pattern, to in reversed(_CASE_ENDINGS):
        shorter = pattern.sub(to, text).split("\n") if text else out
        out = [
            cut if cut != whole and len(cut) > 2 else kept
            for cut, whole, kept in zip(shorter, skeletons, out, strict=True)
        ]
    return out
