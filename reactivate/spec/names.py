"""The names of the rule language that are the same everywhere: the card, the figures, the facts of a step."""

from reactivate.rules.types import Kind, Name

RFM_WORDS = frozenset({"champions", "loyal", "promising", "new", "at_risk", "cant_lose", "hibernating", "lost"})
STAGE_WORDS = frozenset({"potential", "new", "active", "late", "lapsed", "lost", "won_back"})
STAGE_CLASSES = frozenset({"potential", "active", "repeat", "lost"})
LAPSE_DRAWN_BY = frozenset({"rhythm", "base", "told", "category", "business", "learned", "service", "grace"})
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

CARD: tuple[Name, ...] = (
    Name("orders", Kind.COUNT, "paid orders", windowed=True),
    Name("touches", Kind.COUNT, "contacts by any campaign and channel", windowed=True),
    Name("clicks", Kind.COUNT, "clicks in our messages; robots do not count", windowed=True),
    Name("expected_orders", Kind.COUNT, "orders expected in the days ahead", windowed=True, needs_window=True),
    Name("r", Kind.COUNT, "recency score, 1 to 5, 5 = best"),
    Name("f", Kind.COUNT, "frequency score, 1 to 5, 5 = best"),
    Name("m", Kind.COUNT, "money score, 1 to 5, 5 = best"),
    Name("tags", Kind.LIST, "tags on the card"),
    Name("categories", Kind.LIST, "all categories bought"),
    Name("last_items", Kind.LIST, "titles of the last orders, most recent first, none that was returned"),
    Name("recommended", Kind.LIST, "titles to offer next, never one bought or returned; missing when none is known"),
    Name("novelties", Kind.LIST, "titles first sold after the last order; missing when there are none"),
    Name("inside", Kind.LIST, "campaigns the person is inside of now"),
    Name("revenue", Kind.MONEY, "sum of paid orders, returns taken off", windowed=True),
    Name("margin", Kind.MONEY, "revenue times the margin of the category"),
    Name("avg_order", Kind.MONEY, "mean sum of an order"),
    Name("expected_value", Kind.MONEY, "margin expected of this customer in the time ahead"),
    Name("rfm", Kind.TEXT, "RFM segment", RFM_WORDS),
    Name("stage", Kind.TEXT, "stage of the customer's life", STAGE_WORDS),
    Name("stage_class", Kind.TEXT, "the seven stages as four classes; `repeat` = to be sold to again", STAGE_CLASSES),
    Name("lapse_by", Kind.TEXT, "what drew the lapse line", LAPSE_DRAWN_BY),
    Name("city", Kind.TEXT, "city"),
    Name("country", Kind.TEXT, "country code"),
    Name("language", Kind.TEXT, "language code"),
    Name("last_category", Kind.TEXT, "category of the last order"),
    Name("rhythm", Kind.DURATION, "usual gap between orders; missing with fewer than two order days"),
    Name("overdue", Kind.DURATION, "past the expected order; missing with fewer than two orders"),
    Name("lapse_line", Kind.DURATION, "silence past which the person counts as lapsed; missing without orders"),
    Name("lost_line", Kind.DURATION, "silence past which the person counts as lost; missing without orders"),
    Name("since_first_order", Kind.DURATION, "calendar days since the first order"),
    Name("since_last_order", Kind.DURATION, "calendar days since the last order"),
    Name("since_last_touch", Kind.DURATION, "calendar days since the last contact"),
    Name("since_last_click", Kind.DURATION, "calendar days since the last click"),
    Name("first_order_on", Kind.DATE, "day of the first order"),
    Name("last_order_on", Kind.DATE, "day of the last order"),
    Name("expected_order_on", Kind.DATE, "last order plus rhythm"),
    Name("chance_alive", Kind.SHARE, "chance that the customer still buys at all"),
    Name("chance_order", Kind.SHARE, "chance of an order within the goal's time, uncontacted"),
)

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
