"""A pool of codes: read from a file, or made from the machine's own randomness."""

import csv
import secrets
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from attrs import define

from reactivate.api import DataError, place

_HEADERS = ("code", "coupon", "voucher", "promo", "промокод", "код", "купон", "kod", "kupon", "gutschein")
# Without 0 O 1 I L: codes are read aloud and typed from paper.
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_LENGTH, _MOST_MADE = 9, 100_000


@define
class Pool:
    """Codes of one offer; `path` None makes them. The file is read once, when first asked for."""

    offer: str
    path: Path | None
    folder: Path

    @property
    def size(self) -> int | None:
        """How many codes the file holds; None = as many as are needed."""
        return None if self.path is None else len(self._listed)

    def codes(self) -> Iterator[str]:
        """The codes in the order of the file; made ones are new on every call, at most 100,000 a call."""
        return iter(self._listed) if self.path is not None else _made()

    @cached_property
    def _listed(self) -> tuple[str, ...]:
        """EnvironmentFault R903 no such file; DataError R660 unreadable, R661 no codes, R662 repeated ones."""
        found = place(self.path or "", self.folder)
        try:
            with found.open(encoding="utf-8-sig", newline="") as lines:
                codes = list(_cells(lines))
        except (UnicodeDecodeError, csv.Error) as fault:
            raise DataError.because(
                "R660", f"pool {found} of offer {self.offer!r} is no text in UTF-8: {fault}", "save it as CSV, UTF-8"
            ) from None
        if not codes:
            raise DataError.because(
                "R661", f"pool {found} of offer {self.offer!r} holds no codes", "one code a line, or `pool: generate`"
            )
        repeated = _repeated(codes)
        if repeated:
            shown = ", ".join(_masked(code) for code in repeated[:3])
            raise DataError.because(
                "R662",
                f"pool {found} of offer {self.offer!r} holds {len(repeated):,} codes more than once: {shown}",
                "each code is for one person; take the second ones out",
            )
        return tuple(codes)


def _cells(lines: Iterator[str]) -> Iterator[str]:
    """The codes of a file: the column with a known heading, else the first one; empty cells are passed over."""
    sample = lines.readline()  # type: ignore[attr-defined]
    delimiter = max(",;\t", key=sample.count)
    head = [" ".join(cell.split()) for cell in next(csv.reader([sample], delimiter=delimiter), [])]
    named = [index for index, cell in enumerate(head) if _is_heading(cell)]
    column = named[0] if named else 0
    if head and not named and head[0]:
        yield head[0]
    for row in csv.reader(lines, delimiter=delimiter):
        if len(row) > column and row[column].strip():
            yield " ".join(row[column].split())


def _is_heading(cell: str) -> bool:
    """`Coupon code`, `Промо-код`: letters only, one of the words among them. Sent as a code it would help nobody."""
    word = "".join(letter for letter in cell.casefold() if letter.isalpha())
    return not any(letter.isdigit() for letter in cell) and any(known in word for known in _HEADERS)


def _repeated(codes: list[str]) -> list[str]:
    """Codes seen before, letter case aside: at the till `ten-1` and `TEN-1` are one."""
    seen: set[str] = set()
    again = []
    for code in codes:
        key = code.casefold()
        if key in seen:
            again.append(code)
        seen.add(key)
    return again


def _masked(code: str) -> str:
    return f"{code[:2]}…{code[-1:]}" if len(code) > 4 else "…"


def _made() -> Iterator[str]:
    seen: set[str] = set()
    while len(seen) < _MOST_MADE:
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        if code not in seen:
            seen.add(code)
            yield code
