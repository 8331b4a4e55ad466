"""The file is the record: what stands in it was accepted, what does not never left us."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from attrs import frozen

from reactivate.api import Message, Receipt


@frozen
class Lines:
    """Appends to `path`, to the disk before the receipt. Half a line, left by a power cut, counts as no line."""

    path: Path

    def send(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        """One receipt per message; a key that stands in the file is not written again."""
        known = self._keys()
        for message in messages:
            try:
                if message.key not in known:
                    self._append(message)
                    known.add(message.key)
                yield Receipt(message.key, "accepted")
            except OSError as fault:
                yield Receipt(message.key, "unknown", code="disk", reason=fault.strerror)

    def lookup(self, key: str) -> Receipt:
        """What the file says of an earlier message."""
        return Receipt(key, "accepted" if key in self._keys() else "not_sent")

    def _keys(self) -> set[str]:
        keys = set()
        for line in self.path.read_text("utf-8", "replace").split("\n") if self.path.exists() else ():
            with suppress(ValueError):
                keys.add(json.loads(line)["key"])
        return keys

    def _append(self, message: Message) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        row = {name: getattr(message, name) for name in ("key", "step", "to", "subject", "text", "html")}
        with self.path.open("a", encoding="utf-8") as file:
            file.write("\n" * (file.tell() > 0) + json.dumps(row, ensure_ascii=False))
            file.flush()
            os.fsync(file.fileno())
