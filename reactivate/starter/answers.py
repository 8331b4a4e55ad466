"""What `init` is told, held against the language before anything is written: no answer that a spec cannot hold."""

from pathlib import Path

from reactivate.errors import SpecError


def complaint(name: str, answer: str) -> str | None:
    """What is wrong with an answer to one of the questions of `init`, in the words of `check`; None when it is good."""
    from reactivate.diagnostics import Span
    from reactivate.policies.pack import load
    from reactivate.spec.business import Business
    from reactivate.spec.fields import keys_of
    from reactivate.spec.scalars import READERS, Around, Unreadable
    from reactivate.spec.tree import Scalar

    kind = next(key.type for key in keys_of(Business) if key.key == name)
    try:
        READERS[kind].read(Scalar(answer, Span("answer", 1, 1), quoted=True), Around(Path()))
        if name == "policy":
            load(answer)
    except Unreadable as fault:
        return f"{fault.message}{f'; {fault.hint}' if fault.hint else ''}"
    except SpecError as fault:
        item = fault.diagnostics[0]
        return f"{item.message}; {item.hint}"
    return None
