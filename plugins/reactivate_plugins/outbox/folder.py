"""Letters as files. The name of a file is the key of its message, so the folder itself is the record."""

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from attrs import frozen

from reactivate.api import EnvironmentFault, Message, Receipt, rendering


@frozen
class Outbox:
    """Writes `<key>.eml`: to a temporary name, to the disk, then renamed, so that no half letter is ever seen."""

    folder: Path
    sender: str
    now: Callable[[], datetime]

    def send(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        """One receipt per message. A full or missing disk is `not_sent`, a poisoned header `rejected`."""
        for message in messages:
            try:
                author = rendering.sender_of(self.sender, message.fields.get("brand", ""))
                self._put(message.key, rendering.eml(message, author, message.at or self.now()))
            except rendering.HeaderFault as fault:
                yield Receipt(message.key, "rejected", code="header", reason=str(fault))
            except OSError as fault:
                yield Receipt(message.key, "not_sent", code="disk", reason=fault.strerror or str(fault))
            else:
                yield Receipt(message.key, "accepted", provider_id=f"{message.key}.eml")

    def lookup(self, key: str) -> Receipt:
        """Accepted when the file lies there; else it never left us."""
        if self._file(key).exists():
            return Receipt(key, "accepted", provider_id=f"{key}.eml")
        return Receipt(key, "not_sent")

    def _file(self, key: str) -> Path:
        if not key.isalnum():
            raise EnvironmentFault.because("R811", f"{key!r} is not the key of a message")
        return self.folder / f"{key}.eml"

    def _put(self, key: str, raw: bytes) -> None:
        target = self._file(key)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = self.folder / f".{key}.{os.getpid()}"
        try:
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            half.replace(target)
        finally:
            half.unlink(missing_ok=True)
        _sync_folder(self.folder)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable; a file without its name is lost after a power cut."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
