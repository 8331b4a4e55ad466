"""Segmenter `stage`: the stage of life of each customer, one of seven words."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from attrs import frozen

from reactivate.api import Added, Context, Duration, SegmenterType, Share, hookimpl, setting

if TYPE_CHECKING:
    from reactivate_plugins.stage.segmenter import StageSegmenter

WORDS = ("potential", "new", "active", "late", "lapsed", "lost", "won_back")
CLASSES = ("potential", "active", "repeat", "lost")
DRAWN_BY = ("rhythm", "base", "told", "category", "business", "learned", "service", "grace")
Lapse = Literal[
    "rhythm",
    "learned",
    "service",
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

    lapse: Lapse = setting(
        "`rhythm`: beyond 19 in 20 of the customer's own gaps; `learned`: read off the base by category of the last "
        "order; `service`: a quarter past the next service of `services`; or a kind of business",
        default="rhythm",
    )
    after: Duration | None = setting("silence after which anybody is lapsed", default=None, example="180d")
    by_category: dict[str, Duration] = setting(
        "the same by category of the last order, `default` for the others", factory=dict, example="{shoes: 180d}"
    )
    lost: Duration | None = setting(
        "silence after which hardly anyone returns; learned from the base when left out", default=None, example="730d"
    )
    returns_below: Share = setting(
        "with `lapse: learned`: past the line fewer than so many return by themselves",
        default=Share(0.1),
        example="10%",
    )
    within: Duration = setting(
        "with `lapse: learned`: the time in which they would have to return", default=Duration(90, "d"), example="90d"
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
            adds=(
                Added("stage", "text", "stage of life as a customer; never missing", WORDS),
                Added("stage_class", "text", "the seven stages as four classes; repeat = to be sold to again", CLASSES),
                Added(
                    "lapse_line", "duration", "silence past which the person counts as lapsed; missing without orders"
                ),
                Added("lost_line", "duration", "silence past which the person counts as lost; missing without orders"),
                Added("lapse_by", "text", "what drew the lapse line; missing without orders", DRAWN_BY),
            ),
        )
    ]
