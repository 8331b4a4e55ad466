"""What holds for every test: draws are the same in every run, so that what passed once passes again.

Who is held out, which arm is drawn and who explores hang on the key of a ledger; the examples of property tests hang on
a seed. `DRAW=7 make test` draws others of both: what fails there says of one draw what should hold for all.
"""

import hashlib
import os

# Before numpy is imported: the workers of the suite share the machine, and threads of BLAS that wait for each other
# on a busy one cost several times what they save.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from attrs import define
from hypothesis import settings

from reactivate.ledger import place

DRAW = os.environ.get("DRAW", "")
# No deadlines: how long an example takes is the machine's affair, and the gate's machine is shared.
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.register_profile("drawn", deadline=None)
settings.load_profile("drawn" if DRAW else "same")


@define
class _Keys:
    """Stands for the module `secrets` where keys are written: one key for each test, or module with its fixtures."""

    name: str = ""

    def token_hex(self, size: int) -> str:
        return hashlib.shake_256(f"{DRAW}/{self.name}".encode()).hexdigest(size)


KEYS = _Keys()


def _no_wait(handle):
    """Stands for `os.fsync`: what a power cut leaves is nothing that a test can see, and disks take their time."""
    os.fstat(handle)


def pytest_configure():
    place.secrets = KEYS
    os.fsync = _no_wait


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    KEYS.name = item.nodeid
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(request):
    """What a module shares hangs on the module, not on the test that happens to come first."""
    before, KEYS.name = KEYS.name, request.node.nodeid
    try:
        return (yield)
    finally:
        KEYS.name = before
