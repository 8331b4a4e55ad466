"""The exceptions of the framework and the one table of exit codes.

ReactivateError
├── SpecError          R1 syntax, R2 shape, R3 reference, R4 rule      exit 3
├── PluginError        R5 a plug-in is broken, blocked or not built    exit 4
├── DataError          R6 a table broke its contract or a gate         exit 5
├── GuardStop          R7 a guard or ceiling refused                   exit 6
├── DeliveryError      R8 delivered in part                            exit 7
└── EnvironmentFault   R9 missing file, unreadable ledger, full disk   exit 9
"""

from collections.abc import Iterable
from typing import Any

from reactivate.diagnostics import Diagnostic, Span
from reactivate.text import one_line

GOOD, BUG, USAGE, SPEC, PLUGIN, DATA, GUARD, PARTIAL, TO_SEND, ENVIRONMENT, INTERRUPTED = (
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 130,
)  # fmt: skip


class ReactivateError(Exception):
    """Anything we foresaw: carries diagnostics, is printed without a traceback."""

    exit_code = BUG

    def __init__(self, diagnostics: Diagnostic | Iterable[Diagnostic]) -> None:
        found = (diagnostics,) if isinstance(diagnostics, Diagnostic) else tuple(diagnostics)
        super().__init__("; ".join(f"{item.code}: {item.message}" for item in found))
        self.diagnostics = found

    @classmethod
    def because(cls, code: str, message: str, hint: str | None = None, span: Span | None = None) -> "ReactivateError":
        """An exception of this class with a single diagnostic."""
        return cls(Diagnostic(code, message, hint=hint, span=span))


class SpecError(ReactivateError):
    """The campaign or business file cannot be run as written."""

    exit_code = SPEC


class PluginError(ReactivateError):
    """A plug-in is missing, broken, blocked, too old or not built yet; the text names it and its version."""

    exit_code = PLUGIN


class DataError(ReactivateError):
    """A table broke its contract, or a gate on the data was not met."""

    exit_code = DATA


class GuardStop(ReactivateError):
    """A guard or a ceiling refused; nothing was sent."""

    exit_code = GUARD


class DeliveryError(ReactivateError):
    """Some touches were delivered, some were not."""

    exit_code = PARTIAL


class EnvironmentFault(ReactivateError):
    """The world around us is not as needed: a missing file, an unreadable ledger, a full disk."""

    exit_code = ENVIRONMENT


OURS_TO_PASS = (KeyboardInterrupt, GeneratorExit)
"""What strangers' code may raise through us: a person wants to stop, a generator is closed."""


def in_words(fault: BaseException, secrets: Iterable[str] = ()) -> str:
    """What a stranger's code raised, as one line of bounded length in which no secret stands."""
    try:
        said = str(fault)
    except Exception:  # noqa: BLE001 - an exception that cannot even be printed is still named by its class
        said = "its text cannot be printed"
    for secret in secrets:
        said = said.replace(secret, "***")
    if isinstance(fault, SystemExit):
        return f"it tried to end the program (exit {said})" if said else "it tried to end the program"
    return one_line(f"{type(fault).__name__}: {said}" if said else type(fault).__name__)


def where(fault: BaseException) -> str:
    """File and line where a stranger's code raised, for its author; nothing when there is no traceback."""
    trace: Any = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    name = str(trace.tb_frame.f_code.co_filename).replace("\\", "/").rpartition("/")[2]
    return f"{name}, line {trace.tb_lineno}"
