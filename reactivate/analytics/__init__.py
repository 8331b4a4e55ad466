"""Know the customer: profiles, scores, rhythm, stages and models. Arrow in, Arrow out; no clock, no ledger, no host."""

from datetime import date
from typing import Any

from reactivate.analytics import why
from reactivate.analytics.columns import COLUMNS, ProfileColumn
from reactivate.analytics.interests import topics
from reactivate.analytics.lifecycle import Learn, presets, stage
from reactivate.analytics.profiles import FORECASTS, profile, window_name, window_of
from reactivate.analytics.returning import returned
from reactivate.analytics.rfmgrid import checked as checked_grid
from reactivate.analytics.scoring import rfm
from reactivate.analytics.services import Service, due

__all__ = [
    "COLUMNS",
    "FORECASTS",
    "Learn",
    "ProfileColumn",
    "Service",
    "checked_grid",
    "due",
    "presets",
    "profile",
    "returned",
    "rfm",
    "stage",
    "topics",
    "value",
    "why",
    "window_name",
    "window_of",
]


def value(profiles: Any, orders: Any, *, as_of: date, within_days: int = 90) -> Any:
    """See `reactivate.analytics.worth.value`; scipy is paid for on the first call."""
    from reactivate.analytics.worth import value as of_everybody

    return of_everybody(profiles, orders, as_of=as_of, within_days=within_days)
