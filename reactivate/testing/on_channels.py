"""Channels on this machine: a receipt for each message, in order; one key is one message, also after a restart."""

from collections.abc import Sequence
from typing import Any, get_args

from reactivate.contracts.messages import Message, Receipt, ReceiptState
from reactivate.testing.samples import messages
from reactivate.testing.subject import Place


def one_receipt_per_message_in_order(place: Place) -> None:
    """As many receipts as messages, in their order, with their keys and a known state."""
    sent = _messages(place)
    receipts = _sent(place.make(), sent)
    assert [receipt.key for receipt in receipts] == [message.key for message in sent], "keys or order differ"
    for receipt in receipts:
        assert isinstance(receipt, Receipt), f"{type(receipt).__name__} is no receipt"
        assert receipt.state in get_args(ReceiptState), f"{receipt.state!r} is no state of a receipt"


def any_text_is_taken(place: Place) -> None:
    """Cyrillic, emoji, line ends, quotes and a very long text break nothing."""
    states = {receipt.state for receipt in _sent(place.make(), _messages(place))}
    assert states == {"accepted"}, f"good messages end as {sorted(states)}"


def nothing_to_send_is_nothing(place: Place) -> None:
    """No messages: no receipts, no files."""
    before = place.files()
    assert not _sent(place.make(), []), "receipts for nothing"
    assert place.files() == before, "files are written for nothing"


def one_key_is_one_message(place: Place) -> None:
    """Sent twice with one key, a message is delivered once, or `lookup` knows it so that the host never sends again."""
    sent = _messages(place)
    channel = place.make()
    _sent(channel, sent)
    once = place.files()
    asked = [channel.lookup(message.key) for message in sent]
    if all(receipt is not None and receipt.state == "accepted" for receipt in asked):
        return
    _sent(channel, sent)
    assert place.files() == once, "the second sending wrote again, and lookup does not know the first"


def lookup_tells_after_a_restart(place: Place) -> None:
    """A new object knows of a message what the old one told, or says that it cannot tell."""
    sent = _messages(place)
    told = {receipt.key: receipt.state for receipt in _sent(place.make(), sent)}
    fresh = place.make()
    for message in sent:
        found = fresh.lookup(message.key)
        assert found is None or found.key == message.key, "lookup answers for another key"
        assert found is None or found.state in (told[message.key], "unknown"), f"lookup says {found.state} now"


def lookup_invents_nothing(place: Place) -> None:
    """A key that was never sent is not accepted."""
    channel = place.make()
    _sent(channel, _messages(place))
    found = channel.lookup("NEVERSENT00000000000000000")
    assert found is None or found.state != "accepted", "a message that was never sent is said to be accepted"


def receipts_hold_no_address(place: Place) -> None:
    """Receipts go to the ledger and to logs: no address in them."""
    sent = _messages(place)
    for message, receipt in zip(sent, _sent(place.make(), sent), strict=True):
        assert message.to not in repr(receipt), "a receipt shows the address"


def _messages(place: Place) -> list[Message]:
    return messages(place.subject.descriptor.reaches)


def _sent(channel: Any, batch: Sequence[Message]) -> list[Receipt]:
    return list(channel.send(batch))
