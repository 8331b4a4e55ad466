"""Segmenter `value`: worth times chance, the promising lost among them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import frozen

from reactivate.api import Added, Context, Duration, SegmenterType, hookimpl, setting

if TYPE_CHECKING:
    from reactivate_plugins.value.segmenter import ValueSegmenter

WORDS = ("high", "middle", "low")


@frozen
class ValueSettings:
    """How far ahead the chances look."""

    within: Duration = setting(
        "time for which the chance of an order is told", default=Duration(90, "d"), example="90d"
    )


def _create(settings: ValueSettings, context: Context) -> "ValueSegmenter":
    from reactivate_plugins.value.segmenter import ValueSegmenter

    return ValueSegmenter(settings)


@hookimpl
def reactivate_segmenters() -> Iterable[SegmenterType]:
    return [
        SegmenterType(
            name="value",
            summary="Say what to expect of each customer, and whom it pays to win back",
            settings=ValueSettings,
            create=_create,
            adds=(
                Added(
                    "value",
                    "text",
                    "high: best fifth by expected value; middle; low; missing without orders",
                    WORDS,
                ),
                Added("chance_alive", "share", "chance that the customer has not left for good"),
                Added("chance_order", "share", "chance of an order within `within`, uncontacted"),
                Added("expected_orders", "count", "orders expected within `within`, uncontacted"),
                Added("expected_value", "money", "revenue expected in the next 365 days, discounted"),
            ),
        )
    ]
