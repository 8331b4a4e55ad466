"""Segmenter `topics`: what a person buys most."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import frozen

from reactivate.api import Added, Context, Duration, SegmenterType, hookimpl, setting

if TYPE_CHECKING:
    from reactivate_plugins.topics.segmenter import TopicsSegmenter


@frozen
class TopicsSettings:
    """How many topics, and how fast old orders fade."""

    most: int = setting("at most so many topics per person", default=3)
    half_life: Duration = setting("an order that old counts half", default=Duration(180, "d"), example="180d")


def _create(settings: TopicsSettings, context: Context) -> "TopicsSegmenter":
    from reactivate_plugins.topics.segmenter import TopicsSegmenter

    return TopicsSegmenter(settings)


@hookimpl
def reactivate_segmenters() -> Iterable[SegmenterType]:
    return [
        SegmenterType(
            name="topics",
            summary="Name the categories that a person buys most",
            settings=TopicsSettings,
            create=_create,
            adds=(Added("topics", "list", "categories bought most, recent ones count more; empty when none is known"),),
        )
    ]
