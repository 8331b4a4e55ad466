"""What a file is by its first bytes: text in which encoding, or something that only bears the name of a CSV file."""

import codecs
import re

UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_KINDS = (
    (b"PK\x03\x04", "an Excel workbook (or another zip archive)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"PAR1", "a Parquet file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3", "a database"),
)
_CONTROL = bytes(byte for byte in range(32) if byte not in b"\0\t\n\v\f\r\x1a")
_MOST_CONTROL = 0.02
_POLISH = re.compile("[ąłśźżĄŁŚŹŻ]")
_CYRILLIC_PAIR = re.compile("(?<=[а-яёіїєґ])[а-яёіїєґ]")
_CYRILLIC = re.compile("[а-яёіїєґ]")


def no_text(head: bytes) -> str | None:
    """What the file is when it is no text; None for text."""
    for mark, kind in _KINDS:
        if head.startswith(mark):
            return kind
    if head.startswith(UTF16_MARKS) or _noughts(head):
        return None
    control = len(head) - len(head.translate(None, _CONTROL))
    return "no text at all" if control > _MOST_CONTROL * len(head) else None


def encoding_of(raw: bytes) -> str:
    """The encoding of text, a Python codec name: what is neither Unicode is cp1251, cp1250 or cp1252 by its letters."""
    if raw.startswith(UTF16_MARKS):
        return "utf-16"
    if (narrow := _noughts(raw)) is not None:
        return narrow
    try:
        codecs.getincrementaldecoder("utf-8")().decode(raw)  # a character cut at the end is no fault
    except UnicodeDecodeError:
        return _windows(raw)
    return "utf-8"


def _noughts(raw: bytes) -> str | None:
    """UTF-16 without a mark shows as a NUL beside almost every delimiter and digit."""
    if raw.count(b"\0") <= 2 * max(raw.count(b"\n"), 1):
        return None
    return "utf-16-be" if raw[0::2].count(b"\0") > raw[1::2].count(b"\0") else "utf-16-le"


def _windows(raw: bytes) -> str:
    """The Windows page: in Cyrillic text letters stand beside each other, accents of Latin text stand alone."""
    text = raw.decode("cp1251", errors="replace").casefold()
    if 2 * len(_CYRILLIC_PAIR.findall(text)) >= len(_CYRILLIC.findall(text)):
        return "cp1251"
    return "cp1250" if _POLISH.search(raw.decode("cp1250", errors="replace")) else "cp1252"
