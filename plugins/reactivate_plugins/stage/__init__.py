"""Segmenter `stage`: the stage of life of each customer, one of seven words."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from attrs import frozen

from reactivate.api import Added, Context, Duration, SegmenterType, hookimpl, setting

if TYPE_CHECKING:
    from reactivate_plugins.stage.segmenter import StageSegmenter

WORDS = ("potential", "new", "active", "late", "lapsed", "lost", "won_back")
Preset = Literal[
    "rhythm",
    "restaurant",
    "delivery",
    "beauty",
    "fashion",
    "electronics",
    "appliances",
    "car_service",
    "books",
    "grocery",
]


@frozen
class StageSettings:
    """Where the lapse line lies. `after` and `by_category` in days go before the kind of business."""

    lapse: Preset = setting(
        "`rhythm`: beyond 19 in 20 of the customer's own gaps; or a kind of business", default="rhythm"
    )
    after: Duration | None = setting("silence after which anybody is lapsed", default=None, example="180d")
    by_category: dict[str, Duration] = setting(
        "the same by category of the last order, `default` for the others", factory=dict, example="{shoes: 180d}"
    )
    lost: Duration | None = setting(
        "silence after which hardly anyone returns; learned from the base when left out", default=None, example="730d"
    )


def _create(settings: StageSettings, context: Context) -> "StageSegmenter":
    from reactivate_plugins.stage.segmenter import StageSegmenter

    return StageSegmenter(settings)


@hookimpl
def reactivate_segmenters() -> Iterable[SegmenterType]:
    return [
        SegmenterType(
            name="stage",
            summary="Say at which stage of life as a customer a person is",
            settings=StageSettings,
            create=_create,
            adds=(Added("stage", "text", "stage of life as a customer; never missing", WORDS),),
        )
    ]
