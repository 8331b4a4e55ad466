"""Which column of a file is which of our fields: by its header in four languages, checked against its cells."""

import os
import re
import unicodedata
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from attrs import frozen

from reactivate.errors import DataError
from reactivate.starter.look import Layout, Sample, layout, share, words
from reactivate.text import one_of

Sureness = Literal["sure", "likely", "guess"]
_CHECKED = {"email": "email", "phone": "phone", "amount": "sum", "quantity": "sum", "unit_price": "sum"}
_DATES = ("ordered_on", "birth_date")
_ORDER = ("sure", "likely", "guess")
_MOST = 0.8
"""Part of the cells that must look right for a header to be believed."""


@frozen
class Found:
    """One line of the mapping: our field, their column, how sure, and what speaks for it."""

    ours: str
    theirs: str
    sure: Sureness
    why: str


@frozen
class Proposal:
    """What a file is: its mapping and how its dates, statuses and letters are written. `left`: columns not used."""

    sample: Sample
    rows: Literal["orders", "people"]
    mapping: tuple[Found, ...]
    dates: Layout | None
    paid: tuple[str, ...]
    paid_known: bool
    left: tuple[str, ...]

    def source(self, folder: Path) -> str:
        """The source `orders` as YAML, indented to stand under `sources:`; the path as seen from `folder`."""
        lines = ["orders:", "  use: csv", f"  path: {_quoted(_seen_from(self.sample.path, folder))}"]
        lines.append(f"  rows: {self.rows}")
        if self.sample.encoding != "utf-8":
            lines.append(f"  encoding: {self.sample.encoding}")
        if self.dates is not None and self.dates.layout != "YYYY-MM-DD":
            lines.append(f"  dates: {self.dates.layout}")
        if self.paid:
            lines.append(f"  paid: [{', '.join(map(_quoted, self.paid))}]")
        lines.append("  map:")
        lines += [f"    {item.ours}: {_quoted(item.theirs)}  # {item.sure}" for item in self.mapping]
        return "".join(f"  {line}\n" for line in lines).rstrip("\n")


def propose(sample: Sample) -> Proposal:
    """The best field for each column; a field is given once, to the column that is surest of it, then the first."""
    offers = [found for name, cells in sample.columns.items() if (found := _of(name, cells)) is not None]
    offers.sort(key=lambda item: _ORDER.index(item.sure))
    taken: dict[str, Found] = {}
    for item in offers:
        taken.setdefault(item.ours, item)
    _drop_rivals(taken)
    rows: Literal["orders", "people"] = "orders" if "ordered_on" in taken else "people"
    if rows == "people":
        for name in ("order_id", "amount", "status", "items", "item", "quantity", "unit_price", "category", "staff"):
            taken.pop(name, None)
    dates = _dates(taken, sample)
    if not taken:
        raise DataError.because(
            "R615",
            f"none of the columns of {sample.path.name} is known: {one_of(sample.columns) or 'it has no header'}",
            "put the names of the columns into the first row, e.g. Date, Total, Name, Email",
        )
    mapping = [item for name in sample.columns for item in taken.values() if item.theirs == name]
    statuses = words(sample.columns[taken["status"].theirs]) if "status" in taken else []
    paid = [word for word in statuses if _folded(word) in _paid_words()]
    used = {item.theirs for item in mapping}
    return Proposal(
        sample,
        rows,
        tuple(mapping),
        dates,
        tuple(paid or statuses[:1]),
        bool(paid),
        tuple(name for name in sample.columns if name not in used),
    )


def _of(header: str, cells: list[str]) -> Found | None:
    """What one column is by its header and cells; None = nothing of ours."""
    folded = _folded(header)
    exact = next((field for field, known in _synonyms().items() if folded in known), None)
    if exact is not None:
        return _checked(exact, header, cells, "sure", "header")
    close = _within(folded)
    if close is not None:
        return _checked(close, header, cells, "likely", "words of the header")
    for field in ("email", "phone"):
        part = share(cells, field)
        if part is not None and part >= _MOST:
            return Found(field, header, "guess", f"{part:.0%} of its cells look like it, the header says nothing")
    return None


def _checked(field: str, header: str, cells: list[str], sure: Sureness, why: str) -> Found | None:
    """The same less sure, or not at all, when the cells speak against the header."""
    if not cells:
        return Found(field, header, "likely" if sure == "sure" else "guess", f"{why}; no cells to check it by")
    if field in _DATES:
        found = layout(cells)
        if found is None:
            return None
        told = f"{why}; {found.share:.0%} of the cells are dates like {found.layout}"
        return Found(field, header, sure if found.share >= _MOST else "guess", told)
    if field not in _CHECKED:
        return Found(field, header, sure, why)
    part = share(cells, _CHECKED[field]) or 0.0
    if part == 0:
        return None
    told = f"{why}; {part:.0%} of the cells look like it"
    return Found(field, header, sure if part >= _MOST else "guess", told)


def _within(folded: str) -> str | None:
    """The field whose longest synonym stands inside the header as whole words; None when two fields are as near."""
    padded = f" {folded} "
    near: dict[str, int] = {}
    for field, known in _synonyms().items():
        lengths = [len(word) for word in known if len(word) > 2 and f" {word} " in padded]
        if lengths:
            near[field] = max(lengths)
    best = [field for field, length in near.items() if length == max(near.values())]
    return best[0] if len(best) == 1 else None


def _drop_rivals(taken: dict[str, Found]) -> None:
    """Whole orders or order lines, not both: with a sum per row, prices per piece are not needed."""
    if "amount" in taken:
        taken.pop("unit_price", None)
        taken.pop("quantity", None)
    if "items" in taken:
        taken.pop("item", None)
    if "name" in taken:
        for part in ("first_name", "last_name", "patronymic"):
            taken.pop(part, None)


def _dates(taken: dict[str, Found], sample: Sample) -> Layout | None:
    """One layout for the file: that of its orders. A birth date written otherwise is left out."""
    leading = next((taken[name] for name in _DATES if name in taken), None)
    if leading is None:
        return None
    found = layout(sample.columns[leading.theirs])
    birth = taken.get("birth_date")
    if birth is not None and found is not None:
        own = layout(sample.columns[birth.theirs])
        if own is not None and own.layout != found.layout:
            taken.pop("birth_date")
    return found


def _folded(text: str) -> str:
    """Small letters, ё as е, everything else that is no letter or digit as one space."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", text))
    return " ".join(re.findall(r"[^\W_]+", spaced.casefold().replace("ё", "е")))


@cache
def _synonyms() -> dict[str, frozenset[str]]:
    lines = _data("headers.tsv").splitlines()[1:]
    pairs = (line.split("\t") for line in lines if line.strip())
    return {field: frozenset(_folded(word) for word in known.split(";")) for field, known in pairs}


@cache
def _paid_words() -> frozenset[str]:
    return frozenset(_folded(word) for word in _data("paid.txt").splitlines() if word.strip())


def _data(name: str) -> str:
    return files("reactivate.starter").joinpath("data", name).read_text(encoding="utf-8")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _seen_from(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path.absolute(), folder.absolute())).as_posix()
