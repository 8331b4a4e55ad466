"""From a path on the command line to something one can plan and run: files, ledger, base."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from reactivate.contracts.values import Secret
from reactivate.errors import DataError, EnvironmentFault
from reactivate.host.registry import Registry
from reactivate.ledger import Ledger
from reactivate.spec.business import Business
from reactivate.spec.load import Loaded, load
from reactivate.stages.asof import as_of
from reactivate.stages.base import Base, open_base
from reactivate.stages.opened import Opened
from reactivate.stages.sync import sync

LEDGER = Path(".reactivate") / "ledger.db"


class Progress(Protocol):
    """Somebody who wants to know which stage we are in."""

    def stage(self, name: str) -> AbstractContextManager[None]: ...


def open_spec(
    spec: str,
    *,
    clock: Callable[[], datetime],
    progress: Progress,
    business: str | None = None,
    moment: str | None = None,
    no_sync: bool = False,
    create_ledger: bool = True,
    registry: Registry | None = None,
) -> Opened:
    """Everything ready at `moment` (text of `--as-of`; None = now). File sources are read again unless `no_sync`.

    `registry`: for who opens many times in one process; plug-ins are then found once.
    """
    registry = registry or Registry()
    loaded = load(spec, registry, business).raise_if_failed()
    when = as_of(moment, loaded.business.zone, clock())
    # The ledger lives at the moment spoken of, so that a demo of sixty days leaves sixty days in it.
    ledger = open_ledger(loaded.business, create=create_ledger, now=(lambda: when.now) if when.given else clock)
    base = current_base(loaded, registry, ledger, clock=clock, progress=progress, no_sync=no_sync)
    return Opened(loaded, registry, ledger, base, when, clock(), clock)


def ledger_place(business: Business) -> str | Path:
    """Where decisions are kept: the key `ledger:`, or `.reactivate/ledger.db` beside the business file."""
    given = business.ledger
    if isinstance(given, Secret):
        return given.reveal()
    return business.folder / (given or LEDGER)


def open_ledger(business: Business, *, create: bool, now: Callable[[], datetime]) -> Ledger:
    return Ledger.open(ledger_place(business), create=create, now=now, home=business.folder / LEDGER.parent)


def current_base(
    loaded: Loaded,
    registry: Registry,
    ledger: Ledger,
    *,
    clock: Callable[[], datetime],
    progress: Progress,
    no_sync: bool,
) -> Base:
    """The last committed base; synced now where all sources are files and nobody said `no_sync`.

    DataError R641 when it is older than `fresh`, EnvironmentFault R904 when there is none.
    """
    business = loaded.business
    local = all(source.descriptor.local for source in business.sources.values())
    if local and not no_sync:
        with progress.stage("reading, cleaning and matching the sources"):
            return sync(business, registry, ledger, now=clock())
    base = open_base(ledger)
    if base is None:
        raise EnvironmentFault.because("R904", "there is no base yet", f"run: reactivate sync {loaded.path}")
    age = clock() - base.manifest.synced_at
    if age.total_seconds() / 86400 > business.fresh.days:
        hours = age.total_seconds() / 3600
        raise DataError.because(
            "R641",
            f"the base is {hours:.0f} hours old, `fresh` allows {business.fresh}",
            f"run: reactivate sync {loaded.path}",
        )
    return base
