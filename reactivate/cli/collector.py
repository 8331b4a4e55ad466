"""Commands that work through a whole file at once, and end."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collecting() -> Iterator[None]:
    """Python's garbage collector stands still inside.

    It goes through all texts of a million records again and again, a tenth of the command's time, for cycles that
    arrays and texts do not have. What nobody holds any more is freed at once all the same.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
