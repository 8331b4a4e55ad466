"""A worker that is killed: `deliver_into` delivers everything due into an append-only file, in a process of its own."""

import os
from pathlib import Path

from ledger.ledger_kit import EMAIL, Clock, build_for

from reactivate.contracts.messages import Receipt
from reactivate.ledger import Ledger, deliver


class FileProvider:
    """The file is the provider: one line per message taken. With `knows`, `lookup` answers from it."""

    def __init__(self, path, knows):
        self.handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.path, self.knows = path, knows

    def send(self, messages):
        for message in messages:
            os.write(self.handle, f"{message.key}\n".encode())
            yield Receipt(message.key, "accepted")

    def lookup(self, key):
        if not self.knows:
            return None
        taken = Path(self.path).read_text().split()
        return Receipt(key, "accepted" if key in taken else "not_sent")


def deliver_into(place, sink, knows, hours=0):
    clock = Clock()
    with Ledger.open(place, create=False, now=clock) as ledger:
        due = ledger.touches("c", states=("planned", "claimed", "sending", "unknown"))
        # What a look-up proved absent waits for its back-off.
        clock.forward(hours=hours)
        addresses = {person: f"{person}@example.org" for person in due["person_id"].to_pylist()}
        deliver(ledger, FileProvider(sink, knows), EMAIL, due, build_for(addresses))
