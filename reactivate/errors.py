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

from reactivate.diagnostics import Diagnostic, Span

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
