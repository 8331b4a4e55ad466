"""Segmenter `due`: the service that wears out next."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import frozen

from reactivate.api import Added, Context, Duration, SegmenterType, hookimpl, setting

if TYPE_CHECKING:
    from reactivate_plugins.due.segmenter import DueSegmenter


@frozen
class DueSettings:
    """Norms of wear by service: by time, by mileage, or both."""

    every: dict[str, Duration] = setting("interval by service", factory=dict, example="{oil: 365d}")
    km: dict[str, int] = setting("mileage by service", factory=dict, example="{oil: 10000}")


def _create(settings: DueSettings, context: Context) -> "DueSegmenter":
    from reactivate_plugins.due.segmenter import DueSegmenter

    return DueSegmenter(settings)


@hookimpl
def reactivate_segmenters() -> Iterable[SegmenterType]:
    return [
        SegmenterType(
            name="due",
            summary="Say which service falls due next, by time or mileage",
            settings=DueSettings,
            create=_create,
            adds=(
                Added("due_service", "text", "service that falls due next; missing when none was done before"),
                Added("until_service", "duration", "days until it falls due, negative when past"),
            ),
        )
    ]
