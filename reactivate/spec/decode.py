"""Bytes of a spec file -> text that YAML may read: UTF-8, no tabs, no invisible characters; faults with their place."""

import re
import unicodedata

from reactivate.diagnostics import Collector, Span

LARGEST = 1 << 20
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
# Control characters, and those that YAML 1.1 takes for line ends while every editor does not.
_FORBIDDEN = re.compile(r"[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_SPACES = re.compile(r"^[ \t]*([\u00a0\u2000-\u200b\u202f\u3000])")


def decoded(data: bytes, file: str, found: Collector) -> str | None:
    """The text with `\\n` for every line end; None when it cannot be read at all."""
    start = Span(file, 1, 1)
    if len(data) > LARGEST:
        found.error(
            "R110",
            f"the file has {len(data):,} bytes, a spec has at most {LARGEST:,}",
            start,
            "data belongs in a source",
        )
        return None
    if data.startswith(_UTF16):
        found.error("R101", "the file is UTF-16, not UTF-8", start, "save it as UTF-8 in your editor")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        found.error(
            "R101", _not_utf8(data, fault.start), _place(data, fault.start, file), "save it as UTF-8 in your editor"
        )
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def clean(text: str, file: str, found: Collector) -> str | None:
    """`text` without tabs between words; None when what was found makes reading on pointless."""
    readable = True
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        bad = _FORBIDDEN.search(line)
        if bad:
            found.error("R102", f"{_called(bad[0])} stands here", _at(file, number, bad.start()), "delete it")
            readable = False
        odd = _SPACES.match(line)
        if odd:
            what = f"the line begins with {_called(odd[1])}, which looks like a space"
            found.error("R102", what, _at(file, number, odd.start(1)), "put plain spaces in its place")
            readable = False
        if "\t" in line and not line.lstrip().startswith("#"):
            column = line.index("\t")
            found.error(
                "R103",
                "a tab stands here, YAML takes spaces only",
                _at(file, number, column),
                "put spaces in its place",
            )
            readable = readable and bool(line[:column].strip())
            lines[number - 1] = line.replace("\t", " ")
    return "\n".join(lines) if readable else None


def _at(file: str, line: int, offset: int) -> Span:
    return Span(file, line, offset + 1, offset + 2)


def _called(char: str) -> str:
    name = unicodedata.name(char, "control character").lower()
    return f"an invisible character (U+{ord(char):04X}, {name})"


def _not_utf8(data: bytes, at: int) -> str:
    said = f"the file is not UTF-8: byte 0x{data[at]:02X} at offset {at:,}"
    return f"{said}; it looks like Windows-1251" if _cyrillic(data) else said


def _cyrillic(data: bytes) -> bool:
    """Whether the bytes beyond ASCII are nearly all letters of Windows-1251, as in a file that Notepad saved."""
    high = [byte for byte in data[:100_000] if byte >= 0x80]
    letters = sum(byte >= 0xC0 or byte in _CP1251_LETTERS for byte in high)
    return len(high) >= 3 and b"\x00" not in data and letters >= 0.9 * len(high)


_CP1251_LETTERS = frozenset("ЁёЇїІіЄєҐґЎў№«»—".encode("cp1251"))


def _place(data: bytes, at: int, file: str) -> Span:
    before = data[:at].decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    line, _, last = before.rpartition("\n")
    return _at(file, line.count("\n") + (2 if "\n" in before else 1), len(last))
