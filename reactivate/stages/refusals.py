"""Why no run may follow a draft: what `plan` refuses, `run` does not do and `simulate` says after it has played."""

from reactivate.diagnostics import Diagnostic
from reactivate.stages.draft import Draft
from reactivate.stages.mixing import classes, mixed
from reactivate.stages.offers_told import refused
from reactivate.stages.opened import Opened


def refusals(opened: Opened, drafted: Draft) -> list[Diagnostic]:
    """Offers that a step promises and that lose money or run dry (R726, R727), classes mixed unasked (R750)."""
    return [*refused(opened, drafted), *mixed(opened, classes(drafted))]
