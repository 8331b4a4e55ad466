"""Progress on stderr: one line a stage, a bar with rate and time left on anything longer than two seconds."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")


class Progress:
    """Tells a person at a terminal what is going on; silent when stderr is no terminal or `quiet`."""

    def __init__(self, quiet: bool = False) -> None:
        self.quiet = quiet or not sys.stderr.isatty()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """`reading sources … 1.2 s`; only stages that took longer than half a second stay on the screen."""
        start = time.monotonic()
        if not self.quiet:
            sys.stderr.write(f"\r\x1b[2K{name} …")
            sys.stderr.flush()
        yield
        took = time.monotonic() - start
        if not self.quiet:
            sys.stderr.write("\r\x1b[2K" + (f"{name}: {took:.1f} s\n" if took > 0.5 else ""))
            sys.stderr.flush()

    def track(self, items: Iterable[Item], name: str, total: int) -> Iterator[Item]:
        """Pass `items` through, drawing a bar once two seconds have gone by."""
        if self.quiet:
            yield from items
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        shape = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Bar(*shape, console=Console(stderr=True), transient=True, disable=False) as bar:
            task = bar.add_task(name, total=total, visible=False)
            start = time.monotonic()
            for item in items:
                yield item
                bar.update(task, advance=1, visible=time.monotonic() - start > 2)
