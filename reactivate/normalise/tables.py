"""The data tables of this package (`data/`), read once per process. A first line `# version N` dates each file."""

import csv
from collections.abc import Iterator
from functools import cache
from importlib.resources import files


def _lines(name: str) -> Iterator[str]:
    text = (files("reactivate.normalise") / "data" / name).read_text(encoding="utf-8")
    return (line.rstrip("\r") for line in text.split("\n") if line and not line.startswith("#"))


@cache
def words(name: str) -> frozenset[str]:
    """The lines of a word list, as they stand."""
    return frozenset(_lines(name))


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a tab-separated table, by the names in its head."""
    return tuple(csv.DictReader(_lines(name), delimiter="\t", restval=""))


def listed(cell: str, separator: str = ",") -> list[str]:
    """`a, b` as [a, b]; an empty cell holds nothing."""
    return [part.strip() for part in cell.split(separator) if part.strip()]
