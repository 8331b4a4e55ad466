"""Source `parquet`: typed tables out of a warehouse or a notebook."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from attrs import frozen

from reactivate.api import Context, Secret, Source, SourceType, hookimpl, setting


@frozen
class ParquetSettings:
    """Where the file lies. Its columns keep their types; what they mean stands under `map`."""

    path: Path | Secret = setting(
        "file to read, relative to the business file; `env:NAME` takes the place from the environment",
        example="data/lines.parquet",
    )
    rows: Literal["orders", "people", "events", "consents", "refusals"] = setting("what one row is", example="orders")
    dates: str = setting(
        "how dates are written where the file holds them as text; ISO dates when left out",
        default="YYYY-MM-DD",
        example="DD.MM.YYYY",
    )


def create(settings: ParquetSettings, context: Context) -> Source:
    """A reader of the file; it opens nothing before `read`."""
    from reactivate_plugins.parquet.reader import ParquetSource

    return ParquetSource(settings.path, context.folder, settings.rows)


@hookimpl
def reactivate_sources() -> Iterable[SourceType]:
    """The source `parquet`."""
    return [
        SourceType(
            name="parquet",
            summary="Read orders, people, events, consents or refusals from a Parquet file",
            settings=ParquetSettings,
            create=create,
            stability="stable",
            local=True,
        )
    ]
