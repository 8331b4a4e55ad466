"""A plug-in at work under watch: whatever it raises or wrongly returns is one diagnostic that names it and the stage.

Channels are watched while they are made only: the send protocol of the ledger has its own answer to one that fails.
"""

from collections.abc import Callable, Iterator
from typing import Any

from attrs import evolve, frozen

from reactivate.diagnostics import Diagnostic
from reactivate.errors import EnvironmentFault, PluginError, ReactivateError
from reactivate.host.answers import CHECKS, WrongAnswer
from reactivate.host.protocols import Context

_DOING = {
    "read": "reading",
    "link": "linking records",
    "assign": "computing its columns",
    "judge": "judging offers",
    "cost": "computing what the offer costs",
    "codes": "handing out codes",
    "terms": "telling the terms of the offer",
}


def guarded(descriptor: Any, owner: str) -> Any:
    """`descriptor` with a `create` that blames `owner` (distribution and version) for all that goes wrong."""
    make: Callable[[Any, Context], Any] = descriptor.create
    who = f"{descriptor.kind} {descriptor.name!r} ({owner})"

    def create(settings: Any, context: Context) -> Any:
        made = _called(who, "being made ready", lambda: make(settings, context))
        return made if descriptor.kind == "channel" else Watched(made, descriptor, who)

    return evolve(descriptor, create=create, owner=owner)


@frozen(eq=False)
class Watched:
    """Stands before the object a plug-in made and passes everything on."""

    _made: Any
    _descriptor: Any
    _who: str

    def __getattr__(self, name: str) -> Any:
        doing = _DOING.get(name)
        if doing is None:
            return getattr(self._made, name)
        value = _called(self._who, doing, lambda: getattr(self._made, name))
        if not callable(value):
            return value

        def watched(*given: Any, **named: Any) -> Any:
            answer = _called(self._who, doing, lambda: value(*given, **named))
            return self._checked(name, doing, answer, given)

        return watched

    def _checked(self, name: str, doing: str, answer: Any, given: tuple[Any, ...]) -> Any:
        if name in ("read", "codes"):
            return None if answer is None and name == "codes" else self._items(name, doing, answer)
        return self._right(name, doing, answer, given)

    def _items(self, name: str, doing: str, answer: Any) -> Iterator[Any]:
        """Each item as it comes, so that a source stays a stream."""
        items = _called(self._who, doing, lambda: iter(answer))
        end = object()
        while (item := _called(self._who, doing, lambda: next(items, end))) is not end:
            yield self._right(name, doing, item, ())

    def _right(self, name: str, doing: str, answer: Any, given: tuple[Any, ...]) -> Any:
        check = CHECKS.get(name)
        try:
            return answer if check is None else check(answer, given, self._descriptor)
        except WrongAnswer as fault:
            raise PluginError(_wrong(self._who, doing, str(fault))) from None


def _wrong(who: str, doing: str, what: str) -> Diagnostic:
    return Diagnostic("R509", f"{who}, while {doing}, gave {what}", hint="tell the author of the plug-in")


def _called(who: str, doing: str, work: Callable[[], Any]) -> Any:
    """What `work` returns. Faults we know pass; those of the machine become R901, all others R510."""
    try:
        return work()
    except ReactivateError:
        raise
    except OSError as fault:
        place = f": {fault.filename}" if fault.filename else ""
        said = (fault.strerror or str(fault)).lower()
        raise EnvironmentFault.because("R901", f"{who} could not go on while {doing}: {said}{place}") from fault
    except Exception as fault:
        said = f"{who} broke while {doing}: {type(fault).__name__}: {fault}"
        hint = "look at its settings; if they are right, tell the author of the plug-in"
        raise PluginError.because("R510", said, hint) from fault
