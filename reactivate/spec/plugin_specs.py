"""Parts of a spec that name a plug-in by `use:`: its own settings beside the keys that all of its kind share."""

from typing import Any, ClassVar, Literal

from attrs import frozen

from reactivate.contracts.settings import Name, Points, Share, setting
from reactivate.contracts.values import Duration, Money, Price
from reactivate.spec.kinds import CountRate, Places, Rule, inner

Kind = Literal["source", "matcher", "segmenter", "offer", "guard", "channel"]

_FIELDS = """
id name first_name last_name patronymic phone email address postcode comment city country language birth_date tags
order_id ordered_on amount status items category staff tax_id vehicle mileage service item quantity unit_price
event at value event_id channel purpose given_on proof refused_on reason
"""
OUR_FIELDS = frozenset(_FIELDS.split())
"""Names under `map` that mean something to us; any other makes a column of the business's own."""

OWN_TYPES = Literal["count", "money", "share", "date", "duration", "text", "list"]


@frozen(kw_only=True)
class SourceSpec:
    """A place where customers lie."""

    plugin: ClassVar[Kind] = "source"

    use: str = setting("which source plug-in", example="csv")
    map: dict[Name, str] = setting(
        "our field: their column; any other name makes a column of our own",
        factory=dict,
        example="{ordered_on: Дата заказа, amount: Сумма}",
    )
    types: dict[Name, OWN_TYPES] = setting(
        "what own columns hold; text without it", factory=dict, example="{visits: count}"
    )
    bad_rows: Share = setting("more unreadable rows than this stop the sync", default=Share(0.01), example="2%")
    not_products: tuple[str, ...] = setting(
        "items such as postage: counted, never recommended", default=(), example="[Доставка]"
    )
    paid: tuple[str, ...] = setting(
        "their status words of orders that count; needed when a status is mapped",
        default=(),
        example="[Выдан, Доставлен]",
    )
    events: dict[Name, str] = setting("our event: their status", factory=dict, example="{booked: записан}")
    card: Literal["person", "company"] = setting("what one card is", default="person")
    name: str = inner("")
    settings: Any = inner()
    descriptor: Any = inner()
    places: Places = inner(factory=Places)

    @property
    def own_columns(self) -> dict[str, str]:
        """Columns of the business's own with their types."""
        return {name: self.types.get(name, "text") for name in self.map if name not in OUR_FIELDS}


@frozen(kw_only=True)
class MatchSpec:
    """Which records are one person."""

    plugin: ClassVar[Kind] = "matcher"

    use: str = setting("which matcher plug-in", example="probabilistic")
    by: tuple[Name, ...] = setting(
        "fields to compare", default=("phone", "email", "name"), example="[phone, email, name]"
    )
    name: str = inner("match")
    settings: Any = inner()
    descriptor: Any = inner()
    places: Places = inner(factory=Places)


@frozen(kw_only=True)
class ColumnSpec:
    """A column of the profile computed by a segmenter."""

    plugin: ClassVar[Kind] = "segmenter"

    use: str = setting("which segmenter plug-in", example="rfm")
    name: str = inner("")
    settings: Any = inner()
    descriptor: Any = inner()
    places: Places = inner(factory=Places)


@frozen(kw_only=True)
class GuardSpec:
    """What may refuse a person, an offer or a run."""

    plugin: ClassVar[Kind] = "guard"

    use: str = setting("which guard plug-in", example="stock")
    name: str = inner("")
    settings: Any = inner()
    descriptor: Any = inner()
    places: Places = inner(factory=Places)


@frozen(kw_only=True)
class ChannelSpec:
    """A way to reach people, or staff."""

    plugin: ClassVar[Kind] = "channel"

    use: str = setting("which channel plug-in", example="smtp")
    cost: Price | None = setting("price of a contact; nothing without it", default=None, example="0.90 UAH per part")
    at_most: CountRate | None = setting(
        "speed, warm-up or desk capacity, shared by all campaigns; those who bring most go first",
        default=None,
        example="60 per day",
    )
    results: dict[
        str,
        Literal[
            "interested", "order", "already_bought", "refused", "do_not_call", "wrong_number", "no_answer",
            "not_called", "other", "busy", "voicemail", "call_again",
        ],
    ] = setting("calls only: their word for a result: our word", factory=dict, example="{отказ: refused}")  # fmt: skip
    name: str = inner("")
    settings: Any = inner()
    descriptor: Any = inner()
    places: Places = inner(factory=Places)

    @property
    def reaches(self) -> str:
        """The kind of address and consent that it needs: email, sms, call, messenger, push, ads, staff."""
        return str(self.descriptor.reaches) if self.descriptor is not None else ""


@frozen(kw_only=True)
class OfferSpec:
    """Something given with a message; `no offer` is always a candidate beside it."""

    plugin: ClassVar[Kind] = "offer"

    use: str = setting("which offer plug-in", example="codes")
    rule: Rule | None = setting(
        "who may have it; looked at on entry", default=None, key="if", example="segment != champions"
    )
    assumed_lift: Points | None = setting(
        "extra share reaching the goal; the goal's without it; halved until measured", default=None, example="4pp"
    )
    valid: Duration | None = setting("how long from handing over; required for codes", default=None, example="14d")
    min_order: Money | None = setting("least sum of the order that uses it", default=None, example="40 USD")
    name: str = inner("")
    settings: Any = inner()
    descriptor: Any = inner()
    places: Places = inner(factory=Places)
