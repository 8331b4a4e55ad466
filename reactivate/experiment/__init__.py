"""The proof: lots drawn by keyed hash, power before the start, intervals and lift afterwards."""

from reactivate.experiment.intervals import Difference, newcombe, rate_interval
from reactivate.experiment.lots import assign, holdout, variants
from reactivate.experiment.power import cannot_tell, needed_size, smallest_lift
from reactivate.experiment.split import sample_ratio

__all__ = [
    "Difference",
    "assign",
    "cannot_tell",
    "holdout",
    "needed_size",
    "newcombe",
    "rate_interval",
    "sample_ratio",
    "smallest_lift",
    "variants",
]
