"""Cells that hold more than one plain phone or e-mail, and free text: read once per distinct cell."""

import re
from collections.abc import Iterator

import pyarrow as pa
from attrs import frozen

from reactivate.normalise.addresses import parse_address, tidy_address
from reactivate.normalise.emails import emails_in
from reactivate.normalise.phone_bulk import fast_phones
from reactivate.normalise.phones import Phone, phones_in, pieces

_EDGE = r"\s,;:<>()\"'@"
# Bounded on both sides of the @: a text of four thousand of them must not be tried four thousand times over.
_EMAIL_IN_TEXT = re.compile(rf"(?<![^{_EDGE}])[^{_EDGE}]{{1,64}}@[^{_EDGE}]{{1,250}}\.[^{_EDGE}]{{1,63}}")
_PHONE_IN_TEXT = re.compile(r"(?<![\w])[+(]?\d[\d\s()\-.–]{7,20}\d(?!\w)")
_ADDRESS_IN_TEXT = re.compile(
    r"(?:(?:г|м|город|місто)\.?\s*[А-ЯІЇЄҐ][\w'’-]+,?\s*)?\b(?:ул|улица|вул|вулиця|пр-т|просп|проспект|пер|бульвар|б-р|наб|ш)\b\.?"
    r"\s*[^\n;]{2,60}?\d+\w?(?:[^\n;,]{0,6}(?:,?\s*(?:кв|корп|оф)\.?\s*\d+)?)",
    re.IGNORECASE,
)


@frozen
class Found:
    """What one distinct cell holds, in the order of the cell."""

    kind: str
    value: str
    display: str
    flaw: str | None = None
    mobile: bool | None = None


def phone_cells(cells: list[str], region: str) -> Iterator[list[Found]]:
    """What each cell of a phone column holds; its plain numbers are read in bulk."""
    parts = sorted({piece for cell in cells for piece in pieces(cell)})
    fast = fast_phones(pa.array(parts, pa.string()), region)
    plain = {
        parts[row]: Phone(value, "placeholder" if filler else None, mobile)
        for row, value, filler, mobile in zip(
            fast.rows.tolist(), fast.e164.to_pylist(), fast.placeholder.tolist(), fast.mobile.to_pylist(), strict=True
        )
    }
    for cell in cells:
        found = [_phone(phone) for phone in phones_in(cell, region, plain)]
        yield [*found, *_emails_in_text(cell)] if "@" in cell else found


def email_cells(cells: list[str]) -> Iterator[list[Found]]:
    """What each cell of an e-mail column holds."""
    return (list(_emails(cell)) for cell in cells)


def comment_cells(cells: list[str], region: str) -> Iterator[list[Found]]:
    """Phones, e-mails and addresses dug out of free text; only what is surely one."""
    return (list(_in_comment(cell, region)) for cell in cells)


def _phone(phone: Phone) -> Found:
    return Found("phone", phone.value, phone.value, phone.flaw, phone.mobile)


def _emails(cell: str) -> Iterator[Found]:
    for email in emails_in(cell):
        yield Found("email", email.value, email.display, email.flaw)


def _emails_in_text(text: str) -> Iterator[Found]:
    for match in _EMAIL_IN_TEXT.findall(text):
        yield from _emails(match)


def _in_comment(cell: str, region: str) -> Iterator[Found]:
    yield from _emails_in_text(cell)
    rest = _EMAIL_IN_TEXT.sub(" ", cell)
    for match in _PHONE_IN_TEXT.findall(rest):
        yield from (_phone(phone) for phone in phones_in(match, region) if phone.flaw != "invalid")
    for match in _ADDRESS_IN_TEXT.findall(_PHONE_IN_TEXT.sub(" ", rest)):
        address = parse_address(match, region)
        if address.key and address.house:
            yield Found("address", address.key, tidy_address(match))
