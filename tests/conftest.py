"""What holds for every test: draws are the same in every run, so that what passed once passes again.

Who is held out, which arm is drawn and who explores hang on the key of a ledger; the examples of property tests hang on
a seed. `DRAW=7 make test` draws others of both: what fails there says of one draw what should hold for all.
"""

import hashlib
import os

import pytest
from attrs import frozen
from hypothesis import settings

from reactivate.ledger import place

DRAW = os.environ.get("DRAW", "")
# No deadlines: how long an example takes is the machine's affair, and the gate's machine is shared.
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.register_profile("drawn", deadline=None)
settings.load_profile("drawn" if DRAW else "same")


@frozen
class _Keys:
    """Stands for the module `secrets` where keys are written: one key for each name."""

    name: str

    def token_hex(self, size: int) -> str:
        return hashlib.shake_256(self.name.encode()).hexdigest(size)


@pytest.fixture(autouse=True)
def same_ledger_key(request, monkeypatch):
    monkeypatch.setattr(place, "secrets", _Keys(f"{DRAW}/{request.node.nodeid}"))
