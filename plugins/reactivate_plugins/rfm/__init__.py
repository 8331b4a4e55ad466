"""Segmenter `rfm`: recency, frequency and money as scores from 1 to 5, and a word for the three together."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from attrs import frozen

from reactivate.api import Added, Context, Duration, SegmenterType, hookimpl, setting

if TYPE_CHECKING:
    from reactivate_plugins.rfm.segmenter import RfmSegmenter

WORDS = ("champions", "loyal", "promising", "new", "at_risk", "cant_lose", "hibernating", "lost")


@frozen
class RfmSettings:
    """How much history counts, and how the scores are cut."""

    period: Duration | None = setting(
        "only orders of the last so many days count; older customers score 1, 1, 1", default=None, example="730d"
    )
    bins: Literal["quantile", "business"] = setting(
        "quantile: equal parts of the base; business: fixed multiples of the typical gap and the median revenue",
        default="quantile",
    )


def _create(settings: RfmSettings, context: Context) -> "RfmSegmenter":
    from reactivate_plugins.rfm.segmenter import RfmSegmenter

    return RfmSegmenter(settings)


@hookimpl
def reactivate_segmenters() -> Iterable[SegmenterType]:
    return [
        SegmenterType(
            name="rfm",
            summary="Score recency, frequency and money, and name the group",
            settings=RfmSettings,
            create=_create,
            adds=(
                Added("rfm", "text", "named group of the three scores; missing without orders", WORDS),
                Added("r", "count", "recency score from 1 to 5, 5 = most recent; missing without orders"),
                Added("f", "count", "frequency score from 1 to 5, 5 = most orders; missing without orders"),
                Added("m", "count", "money score from 1 to 5, 5 = most revenue; missing without orders"),
            ),
        )
    ]
