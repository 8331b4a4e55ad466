"""Sources: batches with honest row numbers, the same on every reading and however they are cut."""

from collections.abc import Iterable, Iterator
from typing import Any, get_args

import pyarrow as pa
from attrs import evolve

from reactivate.host.answers import item_of_source
from reactivate.host.protocols import BadRow, Batch, Rows
from reactivate.stages.extract import CONTRACTS, extract
from reactivate.stages.mapping import SourceMapping
from reactivate.testing.subject import Place


def batches_are_sound(place: Place) -> None:
    """Only Batch and BadRow; a known kind of rows; columns with different names; at least one row read."""
    items = _read(place)
    for item in items:
        item_of_source(item, (), None)
        if isinstance(item, Batch):
            assert item.rows in get_args(Rows), f"{item.rows!r} is no kind of rows"
            names = item.table.schema.names
            assert len(set(names)) == len(names), "two columns of a batch have one name"
            assert all(name and name.strip() == name for name in names), "a column without a name, or with blank edges"
    assert any(isinstance(item, Batch) and item.table.num_rows for item in items), "not one row was read"


def row_numbers_are_honest(place: Place) -> None:
    """Rows are numbered from 1 upwards, each once, those kept aside included."""
    numbers = [number for item in _read(place) for number in _numbers(item)]
    assert min(numbers) >= 1, f"a row has the number {min(numbers)}"
    assert len(set(numbers)) == len(numbers), "two rows have one number"


def two_readings_are_alike(place: Place) -> None:
    """A second reading of the same object, and of a new one, gives the same rows."""
    source = place.make()
    once = _rows(source.read())
    assert _rows(source.read()) == once, "a second reading differs"
    assert _rows(place.make().read()) == once, "a new object reads something else"


def batches_change_nothing(place: Place) -> None:
    """Cut into batches of 7 and of 4,096 rows, the source gives the same contract tables."""
    once = _extracted(place, None)
    for rows in (7, 4096):
        assert _extracted(place, rows) == once, f"batches of {rows} rows give other tables"


def an_abandoned_reading_leaves_nothing(place: Place) -> None:
    """Who stops after the first batch leaves no file behind, and may read again."""
    before = place.files()
    source = place.make()
    reading = iter(source.read())
    next(reading)
    del reading
    assert place.files() == before, "files were left"
    assert _rows(source.read()), "nothing can be read any more"


class _Cut:
    """A source whose batches have at most so many rows."""

    def __init__(self, items: Iterable[Batch | BadRow], rows: int | None) -> None:
        self._items, self._most = items, rows

    def read(self) -> Iterator[Batch | BadRow]:
        for item in self._items:
            if isinstance(item, BadRow) or self._most is None:
                yield item
                continue
            numbers = pa.array(_numbers(item), pa.int64())
            for start in range(0, item.table.num_rows, self._most):
                part = numbers.slice(start, self._most)
                table = item.table.slice(start, self._most)
                yield evolve(item, table=table, first_row=part[0].as_py(), row_numbers=part)


def _extracted(place: Place, rows: int | None) -> dict[str, Any]:
    context = place.context
    mapping = SourceMapping(
        name="checked",
        timezone=context.timezone,
        currency=context.currency,
        map=place.subject.map,
        bad_rows=1.0,
        dates=getattr(place.settings, "dates", "YYYY-MM-DD"),
    )
    found = extract(_Cut(_read(place), rows), mapping)
    return {name: getattr(found, name).to_pylist() for name in CONTRACTS}


def _read(place: Place) -> list[Batch | BadRow]:
    return list(place.make().read())


def _rows(items: Iterable[Batch | BadRow]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        found += [(item.row, item.reason)] if isinstance(item, BadRow) else item.table.to_pylist()
    return found


def _numbers(item: Batch | BadRow) -> list[int]:
    if isinstance(item, BadRow):
        return [item.row]
    if item.row_numbers is not None:
        given: list[int] = item.row_numbers.to_pylist()
        return given
    return list(range(item.first_row, item.first_row + item.table.num_rows))
