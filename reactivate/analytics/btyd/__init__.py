"""Buy till you die: models of repeat buying, fitted by maximum likelihood on counted patterns. Imports scipy."""

from reactivate.analytics.btyd.betageometric import BG_NBD, MBG_NBD
from reactivate.analytics.btyd.fit import Fit, fit
from reactivate.analytics.btyd.gammagamma import GammaGamma, fit_gamma_gamma
from reactivate.analytics.btyd.nbd import NBD
from reactivate.analytics.btyd.pareto import PARETO_NBD
from reactivate.analytics.btyd.patterns import Patterns, count_patterns, patterns

__all__ = [
    "BG_NBD",
    "Fit",
    "GammaGamma",
    "MBG_NBD",
    "NBD",
    "PARETO_NBD",
    "Patterns",
    "count_patterns",
    "fit",
    "fit_gamma_gamma",
    "patterns",
]
