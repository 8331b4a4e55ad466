"""Source `csv`: tables that shops, CRMs and call centres export as delimited text."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from attrs import frozen

from reactivate.api import Context, Secret, Source, SourceType, hookimpl, setting


@frozen
class CsvSettings:
    """Where the file lies and how it is written. What its columns mean stands under `map`."""

    path: Path | Secret = setting(
        "file to read, relative to the business file; `env:NAME` takes the place from the environment",
        example="data/orders.csv",
    )
    rows: Literal["orders", "people", "events", "consents", "refusals"] = setting("what one row is", example="orders")
    dates: str = setting(
        "how dates are written, of DD MM YYYY YY HH mm ss; ISO dates when left out",
        default="YYYY-MM-DD",
        example="DD.MM.YYYY",
    )
    encoding: str = setting(
        "character encoding; a byte order mark in the file goes before it", default="utf-8", example="cp1251"
    )
    delimiter: str | None = setting(
        "character between cells; found in the header when left out", default=None, example=";"
    )


def create(settings: CsvSettings, context: Context) -> Source:
    """A reader of the file; it opens nothing before `read`."""
    from reactivate_plugins.csv.reader import CsvSource

    return CsvSource(settings.path, context.folder, settings.rows, settings.encoding, settings.delimiter)


@hookimpl
def reactivate_sources() -> Iterable[SourceType]:
    """The source `csv`."""
    return [
        SourceType(
            name="csv",
            summary="Read orders, people, events, consents or refusals from a CSV file",
            settings=CsvSettings,
            create=create,
            stability="stable",
            local=True,
        )
    ]
