"""What is wrong with a text in a name field, and which notes stand in it. Works on the distinct names of a base."""

import re
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.normalise.tables import listed, rows, words

_LABEL = (
    r"^(клиент|гость|посетитель|пользователь|клієнт|відвідувач|visitor|guest|user|lead|лид|сделка|заявка|заказ|угода|"
    r"контакт|chat|чат|client|customer)\s*[#№:_\-]?\s*\d+|^(входящий|исходящий|пропущенный|вхідний) (звонок|дзвінок)|"
    r"^звонок (от|с)($|[^\p{L}])|^заполнение (crm|срм)|"
    r"^(whatsapp|instagram|telegram|viber|вконтакте)($|[^\p{L}]\s*\S*$)"
)
_LABEL_WORDS = (
    "входящий исходящий пропущенный вхідний звонок дзвінок заполнение whatsapp instagram telegram viber вконтакте"
)
"""Words of the labels above that need no number behind them."""
# Later rules yield to earlier ones; patterns are RE2 and see the name in lower case.
_RULES: tuple[tuple[str, str], ...] = (
    ("email", r"\S@\S+\.\S"),
    ("url", r"https?://|www\.|^t\.me/"),
    ("placeholder", _LABEL),
    ("phone", r"^[+\s(]*\d[\d\s()\-.]{5,}$"),
    ("nickname", r"^@\S+$"),
    ("digits", r"^[^\p{L}]*\d[^\p{L}]*$"),
    ("empty", r"^[^\p{L}]*$"),
    ("placeholder", r"^[^\p{L}]*\p{L}[^\p{L}]*$"),
)


def name_flaws(names: pa.Array) -> pa.Array:
    """One word per name: email, url, placeholder, phone, nickname, digits, empty, company; null = may be a name."""
    low = pc.utf8_lower(names)
    plain = pc.utf8_trim(pc.replace_substring_regex(low, r"\s+", " "), " .,!?-_*\"'")
    flaws = pa.nulls(len(names), pa.string())
    for flaw, pattern in _RULES:
        flaws = pc.if_else(pc.and_(pc.is_null(flaws), pc.match_substring_regex(low, pattern)), flaw, flaws)
    listed_words = pc.is_in(plain, pa.array(sorted(words("name_placeholders.txt"))))
    repeated = pc.match_substring_regex(plain, r"^(а+|x+|х+|z+|q+|й+|ы+|\.+)$")
    junk = pc.or_(pc.or_(listed_words, repeated), _automatic(plain))
    flaws = pc.if_else(pc.and_(pc.is_null(flaws), junk), "placeholder", flaws)
    return pc.if_else(pc.and_(pc.is_null(flaws), pc.match_substring_regex(low, _company())), "company", flaws)


@cache
def telling_words() -> frozenset[str]:
    """Words without which a name of plain letters has no flaw of these rules and holds no note."""
    lists = ("name_placeholders.txt", "note_words.txt", "company_words.txt")
    entries = [entry for name in lists for entry in words(name)]
    entries += [word for row in rows("auto_names.tsv") if row["kind"] == "quality" for word in listed(row["words"])]
    # One letter alone is looked at anyway, and beside others it is an initial far more often than a part of `n/a`.
    parts = [part for entry in entries for part in re.findall(r"[^\W\d_]+", entry.lower()) if len(part) > 1]
    return frozenset([*parts, *_LABEL_WORDS.split()])


@cache
def _company() -> str:
    forms = "|".join(sorted(map(re.escape, words("company_words.txt"))))
    return rf"(^|[^\p{{L}}])({forms})($|[^\p{{L}}])|[«\"“].+[»\"”]"


def _automatic(plain: pa.Array) -> pa.Array:
    """`зелёный кот`: a quality and an animal, nothing else; a lone surname such as Волков never matches."""
    kinds = {row["kind"]: listed(row["words"]) for row in rows("auto_names.tsv")}
    pattern = rf"^({'|'.join(kinds['quality'])})[ _-]+({'|'.join(kinds['thing'])})( ?\d+)?$"
    return pc.match_substring_regex(plain, pattern)


@cache
def _note_patterns() -> tuple[str, re.Pattern[str]]:
    notes = "|".join(sorted(map(re.escape, words("note_words.txt")), key=len, reverse=True))
    there = rf"[(\[]|\d|{notes}"
    cut = re.compile(
        rf"[(\[][^)\]]*[)\]]?|(?<!\w)(?:{notes})(?!\w)[^,;]*|(?<!\w)(?:дом|д|кв|под|этаж)\.?\s*\d.*|\S*\d.*",
        re.IGNORECASE,
    )
    return there, cut


def split_notes(names: pa.Array) -> tuple[pa.Array, pa.Array]:
    """(names without notes, notes): `Анна (сестра) не звонить` -> `Анна`, `сестра; не звонить`; null = no note."""
    there, cut = _note_patterns()
    suspects = pc.match_substring_regex(names, there, ignore_case=True).to_pylist()
    if not any(suspects):
        return names, pa.nulls(len(names), pa.string())
    kept, notes = [], []
    for name, suspect in zip(names.to_pylist(), suspects, strict=True):
        found = [piece.strip(" ()[],;.-") for piece in cut.findall(name)] if suspect else []
        kept.append(cut.sub(" ", name) if found else name)
        notes.append("; ".join(piece for piece in found if piece) or None)
    return pa.array(kept, pa.string()), pa.array(notes, pa.string())
