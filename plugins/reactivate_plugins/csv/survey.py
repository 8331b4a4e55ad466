"""A first look at a CSV file's bytes: is it empty, in which encoding, is it whole enough for the fast path?"""

import codecs
from pathlib import Path

from attrs import frozen

from reactivate.api import DataError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
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


def survey(path: Path, declared: str) -> Survey:
    """Read the file once. Raises DataError: R611 empty, R612 not in the encoding that is declared."""
    codec = _codec(declared, path)
    with path.open("rb") as file:
        head = file.read(4)
        if not head:
            raise DataError.because("R611", f"{path.name} is empty", "export it again, with its header row")
        encoding = next((name for mark, name in _BOMS if head.startswith(mark)), codec)
        file.seek(0)
        wide = encoding.startswith("utf-16")
        quotes = nulls = lines = broken = others = 0
        rest = b""
        while chunk := file.read(_MIB):
            quotes += chunk.count(b'"')
            nulls += 0 if wide else chunk.count(b"\0")
            if wide:
                continue
            whole, newline, rest = (rest + chunk).rpartition(b"\n")
            damaged, foreign = _misread(whole, encoding)
            broken, others, lines = broken + damaged, others + foreign, lines + whole.count(b"\n") + len(newline)
        damaged, foreign = _misread(rest, encoding)
        broken, others, lines = broken + damaged, others + foreign, lines + bool(rest)
    if nulls > 2 * lines:
        raise _wrong(path, encoding, "utf-16")
    if others and others > broken:
        raise _wrong(path, encoding, "utf-8")
    if broken > lines * _MOST_DAMAGED:
        raise _wrong(path, encoding, "cp1251" if encoding == "utf-8" else "utf-8")
    return Survey(encoding, quotes, nulls, bool(broken))


def _codec(declared: str, path: Path) -> str:
    try:
        name = codecs.lookup(declared.strip()).name
    except LookupError:
        raise DataError.because(
            "R612", f"{path.name}: there is no encoding named {declared!r}", "write utf-8, cp1251 or utf-16"
        ) from None
    return "utf-8" if name == "utf-8-sig" else name


def _misread(block: bytes, encoding: str) -> tuple[int, int]:
    """Lines that are no text in `encoding`; lines that are plainly UTF-8 although `encoding` is another one."""
    if encoding == "utf-8":
        try:
            block.decode()
        except UnicodeDecodeError:
            return sum(_undecodable(line, encoding) for line in block.split(b"\n")), 0
        return 0, 0
    if block.isascii():
        return 0, 0
    # Cyrillic text in a one-byte encoding practically never forms valid UTF-8 by chance.
    wide = [line for line in block.split(b"\n") if not line.isascii()]
    return sum(_undecodable(line, encoding) for line in wide), sum(not _undecodable(line, "utf-8") for line in wide)


def _undecodable(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return True
    return False


def _wrong(path: Path, encoding: str, likely: str) -> Exception:
    return DataError.because(
        "R612",
        f"{path.name} is not {encoding} text, it looks like {likely}",
        f"write `encoding: {likely}` under the source",
    )
