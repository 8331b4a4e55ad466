"""Every column of a profile: one list for the rule language, the reference page and the files of `reactivate profile`.

Not in it are the names that a business brings along: own columns, questions and events of its sources, `can_` a
channel; they follow a scheme, told on the reference page.
"""

from typing import Literal

from attrs import field, frozen

Kind = Literal["count", "money", "share", "duration", "date", "text", "list", "yes/no"]


@frozen
class ProfileColumn:
    """One column: its kind in the rule language, its unit, what an empty cell means, what it says.

    `windowed` columns may carry a window, as in `orders(365d)`. `words` is the closed set of a text. `added_by` names
    the segmenter that gives the column; None = the profile stage itself. `source` is what it is made from. `of_life`:
    it tells where the person stands between the first order and being lost, or how long he has been away.
    """

    name: str
    kind: Kind
    doc: str
    null: str
    unit: str = ""
    words: tuple[str, ...] = ()
    windowed: bool = field(default=False, kw_only=True)
    added_by: str | None = field(default=None, kw_only=True)
    source: Literal["orders", "lines", "card", "contacts"] = field(default="orders", kw_only=True)
    of_life: bool = field(default=False, kw_only=True)


_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_RFM = ("champions", "loyal", "promising", "new", "at_risk", "cant_lose", "hibernating", "lost")
_STAGE = ("potential", "new", "active", "late", "lapsed", "lost", "won_back")
_CLASSES = ("potential", "active", "repeat", "lost")
_DRAWN_BY = ("rhythm", "base", "told", "category", "business", "learned", "service", "grace")
_VALUE = ("high", "middle", "low")
_NONE = "no order"
_NEVER = "never empty"

COLUMNS: tuple[ProfileColumn, ...] = (
    ProfileColumn("orders", "count", "paid orders up to as_of; returns are no orders", _NEVER, "orders", windowed=True),
    ProfileColumn("order_days", "count", "distinct days with an order", _NEVER, "days", windowed=True),
    ProfileColumn("first_order_on", "date", "day of the first order", _NONE),
    ProfileColumn("last_order_on", "date", "day of the last order", _NONE, of_life=True),
    ProfileColumn("since_first_order", "duration", "calendar days since the first order", _NONE, "days"),
    ProfileColumn("since_last_order", "duration", "calendar days since the last order", _NONE, "days", of_life=True),
    ProfileColumn("rhythm", "duration", "usual gap between order days", "fewer than two order days", "days"),
    ProfileColumn(
        "rhythm_limit",
        "duration",
        "gap that about 19 in 20 gaps of the person stay under",
        "fewer than two order days",
        "days",
    ),
    ProfileColumn("expected_order_on", "date", "last order plus rhythm", "fewer than two order days", of_life=True),
    ProfileColumn(
        "overdue",
        "duration",
        "days past the expected order, negative = not due yet",
        "fewer than two order days",
        "days",
        of_life=True,
    ),
    ProfileColumn(
        "revenue", "money", "sum of paid orders, returns taken off", _NEVER, "currency of the business", windowed=True
    ),
    ProfileColumn(
        "avg_order",
        "money",
        "mean sum of an order, returns not counted",
        "no order with a known sum",
        "currency of the business",
        windowed=True,
    ),
    ProfileColumn(
        "largest_order", "money", "largest sum of an order", "no order with a known sum", "currency of the business"
    ),
    ProfileColumn(
        "margin",
        "money",
        "revenue times the margin of its category",
        "no `margin` in the business file",
        "currency of the business",
    ),
    ProfileColumn("returns", "count", "returns booked with a negative sum", _NEVER, "returns", windowed=True),
    ProfileColumn("returns_share", "share", "returned sum as a part of the sum ordered, at most 1", "nothing was paid"),
    ProfileColumn("last_category", "text", "category of the last order", "no order, or its category is not known"),
    ProfileColumn("categories", "list", "categories bought, most recent first", "empty list = none known"),
    ProfileColumn(
        "last_items",
        "list",
        "titles of the last orders, most recent first, at most ten, none that was returned",
        "empty list = none known",
    ),
    ProfileColumn("last_staff", "text", "who served the last order", "no order, or not known"),
    ProfileColumn("favourite_weekday", "text", "weekday with most orders", _NONE, words=_WEEKDAYS),
    ProfileColumn(
        "favourite_hour", "count", "hour of the day with most orders, 0 to 23", "no order with a time of day", "hour"
    ),
    ProfileColumn("r", "count", "recency score, 5 = most recent", _NONE, "1 to 5", added_by="rfm", of_life=True),
    ProfileColumn("f", "count", "frequency score, 5 = most orders", _NONE, "1 to 5", added_by="rfm"),
    ProfileColumn("m", "count", "money score, 5 = most revenue", _NONE, "1 to 5", added_by="rfm"),
    ProfileColumn("rfm", "text", "named group of the three scores", _NONE, words=_RFM, added_by="rfm", of_life=True),
    ProfileColumn(
        "chance_alive",
        "share",
        "chance that the customer has not left for good",
        "no order, or no model",
        added_by="value",
        of_life=True,
    ),
    ProfileColumn(
        "chance_order",
        "share",
        "chance of at least one order within the window (90 days), uncontacted",
        "no order, or too short a history",
        added_by="value",
        of_life=True,
    ),
    ProfileColumn(
        "expected_orders",
        "count",
        "orders expected within the window that lies ahead, uncontacted",
        "no order, or too short a history",
        "orders",
        windowed=True,
        added_by="value",
        of_life=True,
    ),
    ProfileColumn(
        "expected_value",
        "money",
        "revenue expected in the next 365 days, less returns, discounted by 15 % a year",
        "no order, or no sum known",
        "currency of the business",
        added_by="value",
    ),
    ProfileColumn(
        "due_service",
        "text",
        "service that falls due next",
        "no `services`, or none of them done before",
        added_by="due",
        of_life=True,
    ),
    ProfileColumn(
        "until_service",
        "duration",
        "days until it falls due, negative when past",
        "as due_service",
        "days",
        added_by="due",
        of_life=True,
    ),
    ProfileColumn(
        "value", "text", "worth times chance: fifth, next three tenths, rest", _NONE, words=_VALUE, added_by="value"
    ),
    ProfileColumn("topics", "list", "categories bought most, the recent first", "empty list = none", added_by="topics"),
    ProfileColumn("stage", "text", "stage of life as a customer", _NEVER, words=_STAGE, added_by="stage", of_life=True),
    ProfileColumn(
        "stage_class",
        "text",
        "the seven stages as four classes; repeat = to be sold to again: new, late, won_back",
        _NEVER,
        words=_CLASSES,
        added_by="stage",
        of_life=True,
    ),
    ProfileColumn(
        "lapse_line",
        "duration",
        "silence past which the person counts as lapsed",
        _NONE,
        "days",
        added_by="stage",
        of_life=True,
    ),
    ProfileColumn(
        "lost_line",
        "duration",
        "silence past which the person counts as lost",
        _NONE,
        "days",
        added_by="stage",
        of_life=True,
    ),
    ProfileColumn(
        "lapse_by", "text", "what drew the lapse line", _NONE, words=_DRAWN_BY, added_by="stage", of_life=True
    ),
    ProfileColumn(
        "recommended",
        "list",
        "titles to offer next, never one bought or returned",
        "nothing known to recommend, or no order lines",
        source="lines",
    ),
    ProfileColumn(
        "novelties",
        "list",
        "titles first sold after the last order",
        "none, or no order lines",
        source="lines",
    ),
    ProfileColumn("city", "text", "city of the card", "not known", source="card"),
    ProfileColumn("country", "text", "country code of the card", "not known", "ISO 3166", source="card"),
    ProfileColumn("language", "text", "language code of the card", "not known", "ISO 639", source="card"),
    ProfileColumn("tags", "list", "tags of the cards and of journeys", "empty list = none", source="card"),
    ProfileColumn("inside", "list", "campaigns the person is inside of now", "empty list = none", source="contacts"),
    ProfileColumn(
        "touches",
        "count",
        "contacts handed over, of any campaign and channel",
        _NEVER,
        "contacts",
        windowed=True,
        source="contacts",
    ),
    ProfileColumn(
        "clicks",
        "count",
        "clicks in our messages; robots do not count",
        _NEVER,
        "clicks",
        windowed=True,
        source="contacts",
    ),
    ProfileColumn(
        "since_last_touch",
        "duration",
        "calendar days since the last contact",
        "never contacted",
        "days",
        source="contacts",
    ),
    ProfileColumn(
        "since_last_click",
        "duration",
        "calendar days since the last click",
        "never clicked",
        "days",
        source="contacts",
    ),
    ProfileColumn(
        "favourite_channel",
        "text",
        "channel whose messages were clicked or answered most",
        "nothing was clicked or answered",
        source="contacts",
    ),
)
