"""Look into somebody's CSV: its encoding, header and a sample of rows; what the cells of a column look like."""

import re
import unicodedata
from collections import Counter
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import frozen

from reactivate.errors import EnvironmentFault
from reactivate.plainfiles import Aside, batches, open_csv

_ROWS = 1_000
LAYOUTS = (
    "YYYY-MM-DD",
    "DD.MM.YYYY",
    "DD/MM/YYYY",
    "MM/DD/YYYY",
    "DD-MM-YYYY",
    "YYYY/MM/DD",
    "YYYY.MM.DD",
    "DD.MM.YY",
    "DD/MM/YY",
    "MM/DD/YY",
)
"""Ways to write a date, the likelier first."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]{2,}")
_PHONE = re.compile(r"\+?[\d\s()./-]{7,24}")
_SUM = re.compile(r"-?\d[\d\s\u00a0\u202f.,']*(\s?[^\W\d]{1,4}\.?|\s?[€$£₴₽₸])?")


@frozen
class Sample:
    """The first rows of a file as texts, column by column; empty cells left out."""

    path: Path
    encoding: str
    columns: dict[str, list[str]]
    rows: int


@frozen
class Layout:
    """How dates are written. `share` of cells that fit; `other` = a layout that fits as well and means other days."""

    layout: str
    share: float
    other: str | None = None


def look(path: Path) -> Sample:
    """Read the beginning of a CSV as `sync` will read it.

    EnvironmentFault R903 when it cannot be opened, DataError R611 empty, R612 no CSV, R613 no header.
    """
    try:
        file = open_csv(path)
        first = next(item for item in batches(file, every=True) if not isinstance(item, Aside))
    except OSError as fault:
        raise EnvironmentFault.because("R903", f"cannot read {path}: {fault.strerror}") from None
    rows = first[0].slice(0, _ROWS)
    columns: dict[str, list[str]] = {name: [] for name in file.header if writable(name)}
    for name, cells in zip(file.header, rows.columns, strict=True):
        if name in columns:
            columns[name] += [cell.strip() for cell in cells.to_pylist() if cell.strip()]
    return Sample(path, file.look.encoding, columns, rows.num_rows)


def share(cells: list[str], kind: str) -> float | None:
    """Part of the cells that look like an email, phone or sum; None without cells."""
    if not cells:
        return None
    fits = {"email": _is_email, "phone": _is_phone, "sum": _is_sum}[kind]
    return sum(map(fits, cells)) / len(cells)


def _is_email(cell: str) -> bool:
    return _EMAIL.search(cell) is not None


def _is_phone(cell: str) -> bool:
    first = re.split(r"[,;]", cell)[0].strip()
    digits = len(re.sub(r"\D", "", first))
    return 7 <= digits <= 15 and _PHONE.fullmatch(first) is not None and _dated(cell) is None


def _is_sum(cell: str) -> bool:
    return _SUM.fullmatch(cell) is not None and len(re.sub(r"\D", "", cell)) <= 12 and _dated(cell) is None


def _dated(cell: str) -> re.Match[str] | None:
    return re.match(r"\d{1,4}([./-])\d{1,2}\1\d{2,4}(?!\d)", cell)


def layout(cells: list[str]) -> Layout | None:
    """The layout that fits most cells; None when none fits half of them."""
    import pyarrow as pa

    from reactivate.stages.dates import moments

    if not cells:
        return None
    texts, zone = pa.array(cells, pa.string()), ZoneInfo(str(UTC))
    read = {name: moments(texts, name, zone) for name in LAYOUTS}
    known = {name: len(cells) - found.null_count for name, found in read.items()}
    best = max(LAYOUTS, key=lambda name: known[name])
    if known[best] * 2 < len(cells):
        return None
    others = (name for name in LAYOUTS if known[name] == known[best] and not read[name].equals(read[best]))
    return Layout(best, known[best] / len(cells), next(others, None))


def headless(sample: Sample) -> bool:
    """Whether the first row holds cells, not names of columns: a date, a phone or an e-mail among them."""
    return any(_is_email(name) or _is_phone(name) or _dated(name) for name in sample.columns)


def words(cells: list[str], most: int = 30) -> list[str]:
    """Distinct texts of a column, most frequent first."""
    return [word for word, _ in Counter(filter(writable, cells)).most_common(most)]


def writable(text: str) -> bool:
    """Whether a text can stand in a spec: something to see, no control characters."""
    return bool(text) and not any(unicodedata.category(char) in _UNSEEN for char in text)
