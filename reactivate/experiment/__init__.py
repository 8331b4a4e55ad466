"""The proof: lots drawn by keyed hash, power before the start, intervals and lift afterwards."""

from reactivate.experiment.chance import chance_to_see, counted_size
from reactivate.experiment.clusters import design_effect
from reactivate.experiment.compare import Arm, Outcome, compare
from reactivate.experiment.cuped import cuped
from reactivate.experiment.fewsplit import exact_split
from reactivate.experiment.gain import Gain, gain, second_life
from reactivate.experiment.intervals import Difference, newcombe, rate_interval
from reactivate.experiment.learning import Shrunk, learned, pooled, shrink
from reactivate.experiment.lots import assign, holdout, variants
from reactivate.experiment.money import Moments, bootstrap, welch
from reactivate.experiment.multiplicity import family_level, holm
from reactivate.experiment.peeking import always_valid, peek, peek_means, peek_strata, tuning
from reactivate.experiment.power import needed_size, smallest_lift
from reactivate.experiment.split import STOP_BELOW, sample_ratio
from reactivate.experiment.stratified import stratified
from reactivate.experiment.tellable import cannot_tell
from reactivate.experiment.uses import Use, uses

__all__ = [
    "Arm",
    "Difference",
    "Gain",
    "Moments",
    "Outcome",
    "Shrunk",
    "STOP_BELOW",
    "Use",
    "always_valid",
    "assign",
    "bootstrap",
    "cannot_tell",
    "chance_to_see",
    "compare",
    "counted_size",
    "cuped",
    "design_effect",
    "exact_split",
    "family_level",
    "gain",
    "holdout",
    "holm",
    "learned",
    "needed_size",
    "newcombe",
    "peek",
    "peek_means",
    "peek_strata",
    "pooled",
    "rate_interval",
    "sample_ratio",
    "second_life",
    "shrink",
    "smallest_lift",
    "stratified",
    "tuning",
    "uses",
    "variants",
    "welch",
]
