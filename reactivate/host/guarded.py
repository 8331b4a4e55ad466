"""A plug-in at work under watch: whatever it raises or wrongly returns is one diagnostic that names it and the stage.

What it prints goes to stderr, for stdout belongs to the result; what it says holds none of its secrets.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Any

import attrs
from attrs import evolve, field, frozen

from reactivate.contracts.values import Secret
from reactivate.diagnostics import Diagnostic
from reactivate.errors import OURS_TO_PASS, EnvironmentFault, PluginError, ReactivateError, in_words, where
from reactivate.host.answers import CHECKS, WrongAnswer
from reactivate.host.protocols import Context

_DOING = {
    "read": "reading",
    "link": "linking records",
    "assign": "computing its columns",
    "why": "saying why",
    "judge": "judging offers",
    "cost": "computing what the offer costs",
    "codes": "handing out codes",
    "terms": "telling the terms of the offer",
    "send": "sending",
    "lookup": "looking up a message",
}
_OPTIONAL = frozenset({"why"})
"""What a plug-in may leave out: the host asks whether it is there."""
_STREAMS = frozenset({"read", "codes", "send"})
"""What gives one item after another: each is looked at as it comes."""


PATIENCE_SECONDS = 30.0
"""After so long a person wants to know who is at work. Nothing is stopped: only the plug-in knows what it waits for."""


class _Watch:
    """Tells of work that takes long. One thread for all: each of the million items of a source is work of its own."""

    def __init__(self) -> None:
        self._at_work: dict[object, tuple[float, str]] = {}
        self._lock = Lock()
        self._thread: Thread | None = None

    @contextmanager
    def over(self, at_work: str) -> Iterator[None]:
        work = object()
        with self._lock:
            self._at_work[work] = (monotonic() + PATIENCE_SECONDS, at_work)
            if self._thread is None or not self._thread.is_alive():  # none yet, or we were forked
                self._thread = Thread(target=self._look, daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._at_work.pop(work, None)

    def _look(self) -> None:
        """What begins while this sleeps is due only after it wakes: nobody has to wake it."""
        while True:
            now = monotonic()
            with self._lock:
                late = [work for work, (due, _) in self._at_work.items() if due <= now]
                told = [self._at_work.pop(work)[1] for work in late]
                wake = min((due for due, _ in self._at_work.values()), default=now + PATIENCE_SECONDS)
            for at_work in told:
                words = at_work.replace(" was ", " is ", 1)
                _tell(f"{words}, for {PATIENCE_SECONDS:.0f} seconds now; Ctrl-C stops it")
            sleep(wake - now)


_WATCH = _Watch()


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


@frozen
class _Blame:
    """Who is at work, and what must never be repeated of what he says."""

    who: str
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def call(self, doing: str, work: Callable[[], Any]) -> Any:
        """What `work` returns. Faults we know pass; those of the machine become R901, all others R510.

        Work that takes long is told on stderr, with the name of who is at it; an interrupt carries that name as a note.
        """
        at_work = f"{self.who} was {doing}"
        try:
            with redirect_stdout(sys.stderr), _WATCH.over(at_work):
                return work()
        except KeyboardInterrupt as stop:
            stop.add_note(at_work)
            raise
        except (ReactivateError, *OURS_TO_PASS):
            raise
        except OSError as fault:
            place = f": {fault.filename}" if fault.filename else ""
            said = in_words(OSError(f"{(fault.strerror or str(fault)).lower()}{place}"), self.secrets)
            told = f"{self.who} could not go on while {doing}: {said.removeprefix('OSError: ')}"
            raise EnvironmentFault.because("R901", told) from fault
        except BaseException as fault:
            said = f"{self.who} broke while {doing}: {in_words(fault, self.secrets)}"
            hint = f"look at its settings; if they are right, tell the author of the plug-in: {where(fault)}"
            raise PluginError.because("R510", said, hint) from fault

    def wrong(self, doing: str, what: str) -> PluginError:
        return PluginError(
            Diagnostic("R509", f"{self.who}, while {doing}, gave {what}", hint="tell the author of the plug-in")
        )


def guarded(descriptor: Any, owner: str) -> Any:
    """`descriptor` with a `create` that blames `owner` (distribution and version) for all that goes wrong."""
    make: Callable[[Any, Context], Any] = descriptor.create
    who = f"{descriptor.kind} {descriptor.name!r} ({owner})"

    def create(settings: Any, context: Context) -> Any:
        blame = _Blame(who, tuple(_secrets(settings)))
        made = blame.call("being made ready", lambda: make(settings, context))
        if made is None:
            raise blame.wrong("being made ready", f"nothing, expected a {descriptor.kind}")
        return Watched(made, descriptor, blame)

    return evolve(descriptor, create=create, owner=owner)


@frozen(eq=False)
class Watched:
    """Stands before the object a plug-in made and passes everything on."""

    _made: Any
    _descriptor: Any
    _blame: _Blame

    def __getattr__(self, name: str) -> Any:
        doing = _DOING.get(name)
        if doing is None or (name in _OPTIONAL and not hasattr(self._made, name)):
            return getattr(self._made, name)
        value = self._blame.call(doing, lambda: getattr(self._made, name))
        if not callable(value):
            return self._right(name, doing, value, ())

        def watched(*given: Any, **named: Any) -> Any:
            answer = self._blame.call(doing, lambda: value(*given, **named))
            return self._checked(name, doing, answer, given)

        return watched

    def _checked(self, name: str, doing: str, answer: Any, given: tuple[Any, ...]) -> Any:
        if name in _STREAMS:
            return None if answer is None and name == "codes" else self._items(name, doing, answer, given)
        return self._right(name, doing, answer, given)

    def _items(self, name: str, doing: str, answer: Any, given: tuple[Any, ...]) -> Iterator[Any]:
        """Each item as it comes, so that a source stays a stream."""
        items = self._blame.call(doing, lambda: iter(answer))
        end = object()
        while (item := self._blame.call(doing, lambda: next(items, end))) is not end:
            yield self._right(name, doing, item, given)

    def _right(self, name: str, doing: str, answer: Any, given: tuple[Any, ...]) -> Any:
        check = CHECKS.get(name)
        try:
            return answer if check is None else check(answer, given, self._descriptor)
        except WrongAnswer as fault:
            raise self._blame.wrong(doing, str(fault)) from None
        except Exception as fault:  # types that no check was made for: Arrow says which
            raise self._blame.wrong(doing, f"an answer that cannot be read: {in_words(fault)}") from fault


def _secrets(settings: Any) -> Iterator[str]:
    """The values behind the secrets among `settings`; those that cannot be had cannot be told either."""
    if not attrs.has(type(settings)):
        return
    for item in attrs.fields(type(settings)):
        value = getattr(settings, item.name, None)
        if isinstance(value, Secret):
            try:
                yield from filter(None, [value.reveal()])
            except EnvironmentFault:
                continue
        else:
            yield from _secrets(value)
