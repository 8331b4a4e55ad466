"""The names of the rule language that are the same everywhere: the card, the figures, the facts of a step."""

from reactivate.contracts.profile_columns import COLUMNS
from reactivate.rules.types import Kind, Name

RESULT_WORDS = frozenset(
    {
        "interested",
        "order",
        "already_bought",
        "refused",
        "do_not_call",
        "wrong_number",
        "no_answer",
        "not_called",
        "other",
    }
)

FORECASTS = frozenset({"chance_alive", "chance_order", "expected_orders", "expected_value"})
BY_SEGMENTER = frozenset({"value", "topics", "due"})
"""Segmenters whose words are there only when the business names them under `columns` or `services`."""


def _card() -> tuple[Name, ...]:
    """The columns of a profile that every business has; what a model forecasts is reckoned when a rule asks for it."""
    found = []
    for column in COLUMNS:
        if column.added_by not in BY_SEGMENTER or column.name in FORECASTS:
            doc = column.doc if column.null == "never empty" else f"{column.doc}; missing: {column.null}"
            found.append(
                Name(column.name, Kind(column.kind), doc, frozenset(column.words), windowed=column.windowed,
                     needs_window=column.name == "expected_orders")
            )  # fmt: skip
    return tuple(found)


CARD: tuple[Name, ...] = _card()
RFM_WORDS, STAGE_WORDS = (frozenset(next(c.words for c in COLUMNS if c.name == name)) for name in ("rfm", "stage"))

BUSINESS_FIGURES: tuple[Name, ...] = (
    Name("records", Kind.COUNT, "cards in all sources"),
    Name("people", Kind.COUNT, "people after matching"),
    Name("duplicates", Kind.SHARE, "records that are a second card of somebody"),
    Name("junk.name", Kind.SHARE, "records whose name is no name"),
    Name("good.email", Kind.SHARE, "people with an e-mail that can be used"),
    Name("good.phone", Kind.SHARE, "people with a phone that can be used"),
    Name("good.any", Kind.SHARE, "people with either"),
    Name("reach.any", Kind.SHARE, "people who may be contacted by some channel"),
)

CAMPAIGN_FIGURES: tuple[Name, ...] = (
    Name("audience", Kind.COUNT, "people for whom the audience rule is true"),
    Name("cost", Kind.MONEY, "expected cost of contacts and offers"),
    Name("smallest_lift", Kind.POINTS, "smallest lift that this audience and holdout can show"),
    Name("expected_profit", Kind.MONEY, "expected extra profit"),
)

OPENED = "opens are counted by machines that read mail for people; `clicked` is honest"
SEND_FACTS = ("delivered", "opened", "clicked", "bounced")
STEP_FACTS = ("sent", *SEND_FACTS, "answered", "answer", "result", "variant", "offer")
