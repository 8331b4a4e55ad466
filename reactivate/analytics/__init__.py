"""Know the customer: profiles, scores, rhythm, stages and models. Arrow in, Arrow out; no clock, no ledger, no host."""

from reactivate.analytics.columns import COLUMNS, ProfileColumn
from reactivate.analytics.lifecycle import presets, stage
from reactivate.analytics.profiles import FORECASTS, profile, window_name, window_of
from reactivate.analytics.returning import returned
from reactivate.analytics.scoring import rfm
from reactivate.analytics.services import Service, due

__all__ = [
    "COLUMNS",
    "FORECASTS",
    "ProfileColumn",
    "Service",
    "due",
    "presets",
    "profile",
    "returned",
    "rfm",
    "stage",
    "window_name",
    "window_of",
]
