"""What holds for every test: a ledger's key that is the same in every run, so that what passed once passes again.

Who is held out, which arm is drawn and who explores hang on that key. `LEDGER_KEYS=7 make test` draws other keys: what
then fails says something about one draw that should hold for all.
"""

import hashlib
import os

import pytest
from attrs import frozen

from reactivate.ledger import place


@frozen
class _Keys:
    """Stands for the module `secrets` where keys are written: one key for each name."""

    name: str

    def token_hex(self, size: int) -> str:
        return hashlib.shake_256(self.name.encode()).hexdigest(size)


@pytest.fixture(autouse=True)
def same_ledger_key(request, monkeypatch):
    name = f"{os.environ.get('LEDGER_KEYS', '1')}/{request.node.nodeid}"
    monkeypatch.setattr(place, "secrets", _Keys(name))
