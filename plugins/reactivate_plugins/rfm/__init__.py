"""Segmenter `rfm`: recency, frequency and money as scores from 1 to 5, and a word for the three together."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from attrs import frozen

from reactivate.api import Added, Context, Duration, Money, SegmenterType, hookimpl, setting

if TYPE_CHECKING:
    from reactivate_plugins.rfm.segmenter import RfmSegmenter

WORDS = ("champions", "loyal", "promising", "new", "at_risk", "cant_lose", "hibernating", "lost")
_BOUNDS = 4


@frozen
class RfmSettings:
    """How much history counts, how the scores are cut, and which word stands at which scores."""

    period: Duration | None = setting(
        "only orders of the last so many days count; older customers score 1, 1, 1", default=None, example="730d"
    )
    bins: Literal["quantile", "business", "own"] = setting(
        "quantile: equal parts of the base; business: fixed multiples of the typical gap and the median revenue; "
        "own: the bounds under `silence`, `orders` and `revenue`",
        default="quantile",
    )
    silence: list[Duration] = setting(
        "with `bins: own`: the longest silence that earns r = 2, 3, 4 and 5",
        factory=list,
        example="[730d, 365d, 180d, 60d]",
    )
    orders: list[int] = setting(
        "with `bins: own`: the fewest orders that earn f = 2, 3, 4 and 5", factory=list, example="[2, 3, 5, 10]"
    )
    revenue: list[Money] = setting(
        "with `bins: own`: the least revenue that earns m = 2, 3, 4 and 5",
        factory=list,
        example="[500 UAH, 1000 UAH, 3000 UAH, 9000 UAH]",
    )
    grid: Path | None = setting(
        "JSON file with words of one's own choice for each pair of scores; ours when left out",
        default=None,
        example="rfm_grid.json",
    )

    def __attrs_post_init__(self) -> None:
        bounds: dict[str, list[float]] = {
            "silence": [-one.days for one in self.silence],
            "orders": [float(one) for one in self.orders],
            "revenue": [float(one.amount) for one in self.revenue],
        }
        if self.bins != "own":
            told = [name for name, values in bounds.items() if values]
            if told:
                raise ValueError(f"{' and '.join(told)} count only with `bins: own`")
            return
        for name, values in bounds.items():
            if len(values) != _BOUNDS:
                raise ValueError(f"`bins: own` needs four bounds under `{name}`, for scores 2, 3, 4 and 5")
            if sorted(set(values)) != values:
                order = "longest first" if name == "silence" else "smallest first"
                raise ValueError(f"the bounds under `{name}` must stand in order, the {order}, each once")


def _create(settings: RfmSettings, context: Context) -> "RfmSegmenter":
    from reactivate_plugins.rfm.segmenter import RfmSegmenter

    return RfmSegmenter(settings, context.folder)


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
