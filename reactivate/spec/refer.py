"""References from one part of a spec to another: `no channel 'emial'`, with the name that was meant."""

from collections.abc import Iterable

from reactivate.diagnostics import Collector, Span
from reactivate.text import nearest, one_of


def refer(kind: str, code: str, name: str, known: Iterable[str], span: Span | None, found: Collector) -> bool:
    """Whether `name` is one of `known`; a complaint if not."""
    names = list(known)
    if name in names:
        return True
    meant = nearest(name, names)
    hint = f"did you mean {meant!r}?" if meant else f"{kind}s: {one_of(names)}" if names else f"no {kind} is declared"
    found.error(code, f"there is no {kind} {name!r}", span, hint)
    return False
