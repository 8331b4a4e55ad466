"""Who is sending: a random identity per process start, and a lock by which others see that it is gone.

A lock held by the operating system (a file, or the server's advisory lock) goes away with the process whatever
kills it, so its absence proves death at once; where no such proof is to be had, the time of the lease decides.
"""

import os
import secrets
import time
from pathlib import Path
from typing import IO

from attrs import define, field
from sqlalchemy import func, select

import reactivate
from reactivate.ledger import schema as t
from reactivate.ledger.store import Store

try:
    import fcntl
except ImportError:  # Windows: leases decide alone
    fcntl = None  # type: ignore[assignment]

LEASE_SECONDS = 120
"""How long a claim holds while its worker cannot be proven dead."""


SEND_SECONDS = 900
"""How long a batch may be on its way before others doubt it, where nobody can prove that its worker is gone."""


def wall() -> int:
    """Microseconds of the real clock. Leases concern processes, so they never follow an injected clock."""
    return time.time_ns() // 1000


@define
class Worker:
    """A process as a sender. `start` before the first claim; `close` gives the lock back."""

    store: Store
    folder: Path
    worker_id: str = field(factory=lambda: secrets.token_hex(8))
    _lock: IO[str] | None = None
    _session: object | None = None

    def start(self) -> None:
        """Register, and take the lock that proves life."""
        if self._lock is not None or self._session is not None:
            return
        if self.store.is_sqlite:
            self._lock = self._locked_file()
            self._sweep()
        else:
            session = self.store.engine.connect()
            session.execute(select(func.pg_advisory_lock(_number(self.worker_id))))
            session.commit()
            self._session = session
        row = {"worker_id": self.worker_id, "started_at": wall(), "version": reactivate.__version__}
        with self.store.write() as connection:
            connection.execute(self.store.put(t.worker).values(**row).on_conflict_do_nothing())

    def _locked_file(self) -> IO[str]:
        self._place(self.worker_id).parent.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(self._place(self.worker_id), os.O_RDWR | os.O_CREAT, 0o600)
        file = os.fdopen(handle, "w", encoding="ascii")
        if fcntl is not None:
            # Nobody else locks it but to see whether it is free, and lets go at once.
            fcntl.flock(file, fcntl.LOCK_EX)
        return file

    def _sweep(self) -> None:
        """Remove the locks of dead workers that no touch speaks of any more."""
        c = t.touch.c
        with self.store.read() as connection:
            query = select(c.worker_id).where(c.worker_id.is_not(None)).distinct()
            named = set(connection.execute(query).scalars())
        for path in self._place("").iterdir():
            if path.name not in named and self.is_dead(path.name):
                path.unlink(missing_ok=True)

    def _place(self, worker_id: str) -> Path:
        return self.folder / "workers" / worker_id

    def is_dead(self, worker_id: str) -> bool:
        """Whether there is proof that this worker's process has ended. False where nobody can tell."""
        if worker_id == self.worker_id:
            return False
        if not self.store.is_sqlite:
            number = _number(worker_id)
            with self.store.read() as connection:
                if not connection.execute(select(func.pg_try_advisory_lock(number))).scalar_one():
                    return False
                connection.execute(select(func.pg_advisory_unlock(number)))
                return True
        return self._lock_is_free(worker_id)

    def _lock_is_free(self, worker_id: str) -> bool:
        if fcntl is None:
            return False
        try:
            handle = os.open(self._place(worker_id), os.O_RDWR)
        except OSError:
            return False  # a missing file is no proof: the folder may have been copied without it
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        else:
            return True
        finally:
            os.close(handle)

    def close(self) -> None:
        """Give the lock back; what this worker left open may then be recovered by others."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        if self._session is not None:
            self._session.close()  # type: ignore[attr-defined]
            self._session = None


def _number(worker_id: str) -> int:
    return int(worker_id[:15], 16)
