"""A message as the bytes of one e-mail, safe against injected headers; shared by all e-mail channels."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email import policy
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import format_datetime, parseaddr
from functools import lru_cache

from reactivate.contracts.messages import Message

_BAD = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]|=\?")
"""Control characters, U+0085, U+2028/9, and `=?`: an encoded word can hide a line break (CVE-2024-6923)."""
_ALLOWED = frozenset(
    {"list-unsubscribe", "list-unsubscribe-post", "list-id", "feedback-id", "reply-to", "precedence", "auto-submitted"}
)
_LONGEST_LINE = 998
_ATOM = r"[^\s<>\"(),:;@\\.\[\]]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_ATOM}(?:\.{_ATOM})+")
_RULES = policy.SMTP.clone(cte_type="7bit")
_HEADERS = BytesHeaderParser(policy=policy.default)


class HeaderFault(ValueError):
    """A value that must not go into a header; the message is a poison row, the rest of the batch goes on."""


def sender_of(text: str, brand: str = "") -> Address:
    """Read the `from` setting: `hello@sova.example`, or `Sova <hello@sova.example>`. Raises HeaderFault."""
    name, address = parseaddr(_safe("from", text))
    return _address(name or _safe("brand", brand), address)


def eml(message: Message, sender: Address, at: datetime) -> bytes:
    """The message as CRLF bytes: text and HTML, exactly one recipient, Message-ID from the key, our own headers.

    `message.headers` may hold the bulk headers of `list_headers` and Reply-To, nothing else. The bytes are parsed
    again and compared before they are returned. Raises HeaderFault.
    """
    letter = EmailMessage(policy=_RULES)
    letter.set_content(message.text.replace("\0", ""))
    if message.html is not None:
        letter.add_alternative(message.html.replace("\0", ""), subtype="html")
    # What needs no folding is written as a line: the generator takes half a millisecond for each, and it folds a long
    # address of a link into an encoded word, which breaks it.
    top = [
        _author_line(sender.display_name, sender.username, sender.domain),
        _line("To", _address("", message.to).addr_spec),
        _line("Date", format_datetime(at.astimezone(UTC))),
        _line("Message-ID", f"<{_safe('key', message.key)}@{sender.domain}>"),
    ]
    own = [_own_line(name, value) for name, value in message.headers]
    if len({name.lower() for name, _ in message.headers}) != len(own):
        raise HeaderFault("a header is given twice")
    raw = b"".join([*top, _subject_line(message.subject or ""), *own]) + letter.as_bytes()
    _proved(raw, message, sender, [name for name, _ in message.headers])
    return raw


def envelope(address: str) -> str:
    """The address as a mail server takes it: the domain in ASCII. Raises HeaderFault."""
    return _address("", address).addr_spec


def list_headers(
    unsubscribe: str, list_name: str, domain: str, feedback: Sequence[str] = (), mailto: str | None = None
) -> tuple[tuple[str, str], ...]:
    """The headers of a bulk message: one-click unsubscribe (RFC 8058), List-Id (RFC 2919), Feedback-ID.

    `unsubscribe` is the person's https address; `feedback` up to four words, the last a stable sender id.
    """
    ways = [f"<{unsubscribe}>"] + ([f"<mailto:{mailto}>"] if mailto else [])
    found = [
        ("List-Unsubscribe", ", ".join(ways)),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("List-Id", f"<{list_name.replace('_', '-')}.{domain}>"),
    ]
    if feedback:
        found.append(("Feedback-ID", ":".join(word.replace(":", "-") for word in feedback[:4])))
    return tuple(found)


def _safe(what: str, value: str) -> str:
    if _BAD.search(value):
        raise HeaderFault(f"the {what} holds a control character or the beginning of an encoded word")
    return value


def _address(name: str, address: str) -> Address:
    _safe("address", address)
    if not _ADDRESS.fullmatch(address) or len(address) > 254:
        raise HeaderFault("the address is not one plain e-mail address")
    try:
        local, domain = address.encode("ascii").decode().rsplit("@", 1)
    except UnicodeEncodeError:
        local, domain = address.rsplit("@", 1)
        domain = _ascii_domain(domain)
    if not local.isascii():
        raise HeaderFault("the address has letters before the @ that e-mail servers do not take")
    return Address(display_name=_safe("name", name), username=local, domain=domain)


def _subject_line(subject: str) -> bytes:
    """The subject as encoded words; the generator of EmailMessage loses blanks where it folds Cyrillic ones."""
    _safe("subject", subject)
    charset = "us-ascii" if subject.isascii() else "utf-8"
    folded = Header(subject, charset, header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {folded}\r\n".encode("ascii")


def _ascii_domain(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise HeaderFault("the domain of the address cannot be written in ASCII") from None


def _own_line(name: str, value: str) -> bytes:
    if name.lower() not in _ALLOWED:
        raise HeaderFault(f"the header {name!r} is not ours to set")
    return _line(name, value)


@lru_cache
def _author_line(name: str, local: str, domain: str) -> bytes:
    """The same for all letters of a brand; its name may have to be encoded and folded."""
    author = EmailMessage(policy=_RULES)
    author["From"] = Address(display_name=name, username=local, domain=domain)
    return author.as_bytes().removesuffix(b"\r\n")


def _line(name: str, value: str) -> bytes:
    line = f"{name}: {_safe(name, value)}\r\n"
    if not line.isascii() or len(line) > _LONGEST_LINE:
        raise HeaderFault(f"the header {name!r} is not plain ASCII or too long")
    return line.encode("ascii")


def _proved(raw: bytes, message: Message, sender: Address, own: Iterable[str]) -> None:
    """Parse the bytes again: the same headers once each, one recipient, the same subject."""
    # What the guard looks at ends with the first empty line; parsing the bodies too would double the cost of a letter.
    read = _HEADERS.parsebytes(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    expected = sorted(
        ["from", "to", "subject", "date", "message-id", "mime-version", "content-type", *map(str.lower, own)]
    )
    got = sorted(name.lower() for name in read if name.lower() != "content-transfer-encoding")
    to, author = read["to"].addresses, read["from"].addresses
    same = (
        got == expected
        and len(to) == 1
        and len(author) == 1
        and author[0].addr_spec == sender.addr_spec
        and str(read["subject"]) == (message.subject or "")
        and to[0].domain.isascii()
    )
    if not same:
        raise HeaderFault("the finished message does not read back as it was written")
