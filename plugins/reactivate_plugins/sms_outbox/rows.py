"""Text messages as rows: each is written in one piece and lies on the disk before it counts as handed over."""

import csv
import io
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from attrs import frozen

from reactivate.api import Message, Receipt, rendering

COLUMNS = ("key", "at", "sender", "phone", "parts", "encoding", "text")


@frozen
class SmsOutbox:
    """Appends `key;at;sender;phone;parts;encoding;text`. A row cut short by a crash is left behind and not counted."""

    path: Path
    sender: str
    now: Callable[[], datetime]

    def send(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        """One receipt per message; `provider_id` tells the parts. An empty text is `rejected`, a full disk unknown."""
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
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, delimiter=";")
            found = any(len(row) == len(COLUMNS) and row[0] == key for row in rows)
        return Receipt(key, "accepted" if found else "not_sent", provider_id=key if found else None)

    def _put(self, message: Message, phone: str, parts: "rendering.Parts") -> Receipt:
        at = (message.at or self.now()).isoformat(timespec="seconds")
        cells = (message.key, at, self.sender, phone, str(parts.count), parts.encoding, message.text)
        try:
            _append(self.path, [rendering.safe_cell(cell) for cell in cells])
        except OSError as fault:
            # Part of the row may lie there; `lookup` sees a row only when it is whole.
            return Receipt(message.key, "unknown", code="disk", reason=fault.strerror or str(fault))
        return Receipt(message.key, "accepted", provider_id=message.key, code=f"{parts.count} parts")


def _append(path: Path, cells: list[str]) -> None:
    """One row in one write; a row that a crash cut short is closed with a line end first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "ab+") as file:
        end = file.seek(0, os.SEEK_END)
        start = _mend(file, end) if end else "\ufeff" + _line(COLUMNS)
        file.write((start + _line(cells)).encode())
        file.flush()
        os.fsync(file.fileno())


def _mend(file: io.BufferedRandom, end: int) -> str:
    file.seek(end - 1)
    return "" if file.read(1) == b"\n" else '"\r\n'


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return out.getvalue()
