"""A first look at a CSV file's bytes: is it empty, in which encoding, is it whole enough for the fast path?"""

import codecs
from collections.abc import Iterator
from pathlib import Path

from attrs import define, frozen

from reactivate.errors import DataError
from reactivate.plainfiles.guess import UTF16_MARKS, encoding_of, no_text

_MIB = 1 << 20
_MOST_DAMAGED = 0.05


@frozen
class Survey:
    """What the bytes tell. `encoding` is a Python codec name; `damaged` says that some bytes are no text in it."""

    encoding: str
    quotes: int
    nulls: int
    damaged: bool

    @property
    def is_clean(self) -> bool:
        """Whether Arrow's reader may be tried: an odd number of quotation marks swallows rows silently there."""
        return not self.nulls and not self.damaged and self.quotes % 2 == 0 and not self.encoding.startswith("utf-16")


@define
class _Counts:
    """`broken` lines are no text in the encoding; `others` are plainly UTF-8 although another one is declared."""

    quotes: int = 0
    nulls: int = 0
    lines: int = 0
    broken: int = 0
    others: int = 0
    wide: int = 0
    """At most so many lines hold UTF-8 letters beyond ASCII."""
    example: bytes = b""
    """The first block with a broken line."""


def survey(path: Path, declared: str | None) -> Survey:
    """Read the file once or twice; `declared` None = find the encoding out.

    Raises DataError: R611 empty, R612 no text or not in the encoding that is declared.
    """
    with path.open("rb") as file:
        head = file.read(_MIB)
    if not head:
        raise DataError.because("R611", f"{path.name} is empty", "export it again, with its header row")
    if kind := no_text(head):
        way_out = f"unpack it: gunzip {path.name}" if "gzip" in kind else "save it as CSV and give that file"
        raise DataError.because("R612", f"{path.name} is {kind}, not CSV", way_out)
    encoding = _encoding(path, head, declared)
    found = _counted(path, encoding)
    if declared is None and encoding == "utf-8" and found.broken > found.wide:
        encoding = encoding_of(found.example)
        found = _counted(path, encoding)
    elif declared is not None:
        _judge(path, encoding, found)
    return Survey(encoding, found.quotes, found.nulls, bool(found.broken))


def _encoding(path: Path, head: bytes, declared: str | None) -> str:
    """What a mark at the beginning says goes before what is declared."""
    if head.startswith(UTF16_MARKS):
        return "utf-16"
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if declared is None:
        likely = encoding_of(head)
        return likely if likely.startswith("utf-16") else "utf-8"  # one damaged line makes no other encoding
    try:
        name = codecs.lookup(declared.strip()).name
    except LookupError:
        raise DataError.because(
            "R612", f"{path.name}: there is no encoding named {declared!r}", "write utf-8, cp1251 or utf-16"
        ) from None
    return "utf-8" if name == "utf-8-sig" else name


def _counted(path: Path, encoding: str) -> _Counts:
    found = _Counts()
    is_utf16 = encoding.startswith("utf-16")
    for block in _blocks(path):
        found.quotes += block.count(b'"')
        if is_utf16:
            continue
        found.nulls += block.count(b"\0")
        lines = block.count(b"\n") + (not block.endswith(b"\n"))
        found.lines += lines
        broken, others, wide = _misread(block, encoding, lines)
        found.example = found.example or (block if broken else b"")
        found.broken, found.others, found.wide = found.broken + broken, found.others + others, found.wide + wide
    return found


def _blocks(path: Path) -> Iterator[bytes]:
    """The file in pieces of whole lines."""
    with path.open("rb") as file:
        rest: list[bytes] = []
        while chunk := file.read(_MIB):
            whole, newline, tail = chunk.rpartition(b"\n")
            if newline:
                yield b"".join((*rest, whole, newline))
                rest = []
            rest.append(tail)
        if any(rest):
            yield b"".join(rest)


def _misread(block: bytes, encoding: str, lines: int) -> tuple[int, int, int]:
    """(broken, others, wide) of a block of lines."""
    if block.isascii():
        return 0, 0, 0
    if encoding == "utf-8":
        try:
            block.decode()
        except UnicodeDecodeError:
            broken = [line for line in _letters(block) if _undecodable(line, encoding)]
            return len(broken), 0, len(_letters(block)) - len(broken)
        return 0, 0, lines
    # Cyrillic text in a one-byte encoding practically never forms valid UTF-8 by chance.
    some = _letters(block)
    return sum(_undecodable(line, encoding) for line in some), sum(not _undecodable(line, "utf-8") for line in some), 0


def _letters(block: bytes) -> list[bytes]:
    return [line for line in block.split(b"\n") if not line.isascii()]


def _undecodable(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return True
    return False


def _judge(path: Path, encoding: str, found: _Counts) -> None:
    """Refuse a file that is plainly written in another encoding than the one declared."""
    if found.nulls > 2 * found.lines:
        raise _wrong(path, encoding, "utf-16")
    if found.others and found.others > found.broken:
        raise _wrong(path, encoding, "utf-8")
    if found.broken > found.lines * _MOST_DAMAGED:
        raise _wrong(path, encoding, encoding_of(found.example) if encoding == "utf-8" else "utf-8")


def _wrong(path: Path, encoding: str, likely: str) -> Exception:
    return DataError.because(
        "R612",
        f"{path.name} is not {encoding} text, it looks like {likely}",
        f"write `encoding: {likely}` under the source, or give --encoding {likely} to a command",
    )
