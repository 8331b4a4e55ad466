"""What is handed to a channel, and what the channel says of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from attrs import field, frozen

ReceiptState = Literal["accepted", "rejected", "not_sent", "unknown"]


@frozen
class Message:
    """One finished message for one address. `key` is the idempotency key: 26 base32 characters, derived."""

    key: str
    campaign: str
    step: str
    person: str
    channel: str
    to: str = field(repr=False)
    text: str = field(repr=False)
    subject: str | None = field(default=None, repr=False)
    html: str | None = field(default=None, repr=False)
    language: str = "en"
    at: datetime | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    fields: Mapping[str, str] = field(factory=dict, repr=False)


@frozen
class Receipt:
    """What became of a message.

    accepted: the provider took it. rejected: it refused for good. not_sent: *proof* that nothing left us (may be
    tried again, after `retry_after`). unknown: we cannot tell; it is shown and never resent by itself.
    `dead_address`: the address does not exist (hard bounce): the channel is closed for the person.
    """

    key: str
    state: ReceiptState
    provider_id: str | None = None
    code: str | None = None
    reason: str | None = None
    retry_after: timedelta | None = None
    dead_address: bool = False
