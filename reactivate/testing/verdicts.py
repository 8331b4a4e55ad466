"""Checks run outside pytest: what passed, what failed, what could not be judged on this machine."""

from collections.abc import Iterable

from attrs import field, frozen

from reactivate.diagnostics import Diagnostic
from reactivate.errors import EnvironmentFault
from reactivate.testing.subject import Check


@frozen
class Verdicts:
    """`failed`: R511, one per check. `unjudged`: check and what it lacked, such as a file that the example names."""

    passed: list[str] = field(factory=list)
    failed: list[Diagnostic] = field(factory=list)
    unjudged: list[tuple[str, str]] = field(factory=list)


def run_all(checks: Iterable[Check]) -> Verdicts:
    """Call every check; a plug-in that raises has failed it."""
    found = Verdicts()
    for check in checks:
        try:
            check()
        except EnvironmentFault as lacking:
            found.unjudged.append((str(check), lacking.diagnostics[0].message))
        except Exception as fault:  # noqa: BLE001 - a stranger's code: whatever it raises is its failure
            said = str(fault) if isinstance(fault, AssertionError) else f"{type(fault).__name__}: {fault}"
            found.failed.append(Diagnostic("R511", f"{check}: {said}", hint=check.doc.splitlines()[0]))
        else:
            found.passed.append(str(check))
    return found
