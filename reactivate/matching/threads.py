"""Two threads for work that numpy, Arrow and rapidfuzz do without the interpreter's lock."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

WORKERS = 2
Item = TypeVar("Item")
Result = TypeVar("Result")


def in_threads(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """`work` of every item, in the order of the items."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, items))
