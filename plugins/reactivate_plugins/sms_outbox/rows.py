"""Text messages as rows: each is written in one piece and lies on the disk before it counts as handed over."""

import csv
import io
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from attrs import define, field

from reactivate.api import Message, Receipt, rendering

COLUMNS = ("key", "at", "sender", "phone", "parts", "encoding", "text")


@define
class SmsOutbox:
    """Appends `key;at;sender;phone;parts;encoding;text`. A row cut short by a crash never counts and is taken away."""

    path: Path
    sender: str
    now: Callable[[], datetime]
    _whole: int = field(default=-1, init=False)
    """Size of the file after our last row: what was checked once need not be read again."""

    def send(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        """One receipt per message; `code` tells the parts. An empty text is `rejected`, a full disk `unknown`."""
        for message in messages:
            parts = rendering.sms_parts(message.text)
            phone = message.to.removeprefix("+")
            if not parts.count:
                yield Receipt(message.key, "rejected", code="empty", reason="the text is empty")
            elif not (phone.isascii() and phone.isdigit()):
                yield Receipt(message.key, "rejected", code="phone", reason="not a phone number", dead_address=True)
            else:
                yield self._put(message, phone, parts)

    def lookup(self, key: str) -> Receipt:
        """Accepted when a whole row with this key stands in the file; else it never left us."""
        if not self.path.exists():
            return Receipt(key, "not_sent")
        raw = self.path.read_bytes()
        lines = io.StringIO(raw[: _whole_rows(raw)].decode("utf-8-sig"), newline="")
        if any(row[:1] == [key] for row in csv.reader(lines, delimiter=";")):
            return Receipt(key, "accepted", provider_id=key)
        return Receipt(key, "not_sent")

    def _put(self, message: Message, phone: str, parts: "rendering.Parts") -> Receipt:
        at = (message.at or self.now()).isoformat(timespec="seconds")
        cells = (message.key, at, self.sender, phone, str(parts.count), parts.encoding, message.text)
        try:
            self._append(_line([rendering.safe_cell(cell) for cell in cells]))
        except OSError as fault:
            # Part of the row may lie there; only `lookup` can say whether it is whole.
            return Receipt(message.key, "unknown", code="disk", reason=fault.strerror or str(fault))
        return Receipt(message.key, "accepted", provider_id=message.key, code=f"{parts.count} parts")

    def _append(self, row: bytes) -> None:
        """One row in one write, on the disk before we return."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "rb+") as file:
            size = file.seek(0, os.SEEK_END)
            if size != self._whole:
                file.seek(0)
                size = _whole_rows(file.read())
                file.truncate(size)
                file.seek(size)
            file.write(row if size else _HEADER + row)
            file.flush()
            os.fsync(file.fileno())
            self._whole = file.tell()


def _whole_rows(raw: bytes) -> int:
    """Length of the part that ends with a finished row: a line end outside quotes."""
    end = len(raw)
    while (end := raw.rfind(b"\r\n", 0, end)) >= 0:
        if raw.count(b'"', 0, end) % 2 == 0:
            return end + 2
    return 0


def _line(cells: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()


_HEADER = "\ufeff".encode() + _line(COLUMNS)
