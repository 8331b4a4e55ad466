"""What the business file declares about one source: which of its columns is which of our fields, in which writing."""

from collections.abc import Mapping
from typing import Literal
from zoneinfo import ZoneInfo

from attrs import field, frozen

from reactivate.diagnostics import Span

CONTACT_FIELDS = ("name", "first_name", "last_name", "patronymic", "phone", "email", "address", "tax_id")
"""Without `id`, rows that agree in all of these are one card."""

CARD_FIELDS = (
    *CONTACT_FIELDS, "postcode", "comment", "city", "country", "language", "birth_date", "tags", "vehicle",
)  # fmt: skip

ORDER_FIELDS = (
    "order_id", "ordered_on", "amount", "status", "items", "category", "staff", "vehicle", "mileage", "service",
    "item", "quantity", "unit_price",
)  # fmt: skip

NOTICE_FIELDS = {
    "events": ("id", "email", "phone", "event", "at", "value", "event_id"),
    "consents": ("id", "email", "phone", "channel", "purpose", "given_on", "proof"),
    "refusals": ("id", "email", "phone", "channel", "refused_on", "reason"),
}

NEEDED = {
    "orders": ("ordered_on",),
    "people": (),
    "events": ("event", "at"),
    "consents": ("channel", "purpose"),
    "refusals": (),
}
"""Without these columns the rows say nothing."""

OwnType = Literal["count", "money", "share", "date", "duration", "text", "list"]


@frozen(kw_only=True)
class SourceMapping:
    """Common keys of a source (SPEC section 3). `bad_rows` is a share from 0 to 1; `spans` tell where `map` stands."""

    name: str
    timezone: ZoneInfo
    currency: str
    map: Mapping[str, str] = field(factory=dict)
    types: Mapping[str, OwnType] = field(factory=dict)
    paid: tuple[str, ...] = ()
    events: Mapping[str, str] = field(factory=dict)
    bad_rows: float = 0.01
    not_products: tuple[str, ...] = ()
    dates: str = "YYYY-MM-DD"
    spans: Mapping[str, Span] = field(factory=dict)

    def columns(self, rows: str) -> dict[str, str]:
        """Our field -> their column, for rows of that kind. Event, consent and refusal files bear our names."""
        if rows in NOTICE_FIELDS:
            return {ours: self.map.get(ours, ours) for ours in NOTICE_FIELDS[rows]}
        known = {"id", *CARD_FIELDS, *ORDER_FIELDS}
        return {ours if ours in known else f"x_{ours}": theirs for ours, theirs in self.map.items()}

    def own_type(self, column: str) -> OwnType:
        """Declared type of an own column `x_…`; text when nothing is declared."""
        return self.types.get(column.removeprefix("x_"), "text")
