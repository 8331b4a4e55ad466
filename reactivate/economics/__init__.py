"""The sums: what contacting somebody is worth, which offers lose money, and who gets what under the limits."""

from reactivate.economics import guards
from reactivate.economics.allocation import Allocation, LastIn, allocate
from reactivate.economics.bonus import DUE, bonuses, first_orders, per_staff, promoter_score
from reactivate.economics.candidates import NONE, OfferSums, candidates
from reactivate.economics.constants import DEFAULT, HALVED, Assumptions
from reactivate.economics.history import Repeat, repeat_rate
from reactivate.economics.later import later_margin, payback_orders, reach
from reactivate.economics.left_out import left_out
from reactivate.economics.limits import Bounds
from reactivate.economics.profit import (
    ProfitTerms,
    break_even_lift,
    cost_per_extra,
    expected_cost,
    expected_profit,
    largest_offer,
    most_cost,
    needed_later_margin,
    needed_worth,
    wasted_share,
)
from reactivate.economics.remarks import closed, remarks
from reactivate.economics.response import ResponseModel
from reactivate.economics.values import Credible, credible_means, spread_over
from reactivate.economics.words import ORDER, Success

__all__ = [
    "Allocation",
    "Assumptions",
    "Bounds",
    "Credible",
    "DEFAULT",
    "DUE",
    "HALVED",
    "LastIn",
    "NONE",
    "ORDER",
    "OfferSums",
    "ProfitTerms",
    "Repeat",
    "ResponseModel",
    "Success",
    "allocate",
    "bonuses",
    "break_even_lift",
    "candidates",
    "closed",
    "cost_per_extra",
    "credible_means",
    "expected_cost",
    "expected_profit",
    "first_orders",
    "guards",
    "largest_offer",
    "later_margin",
    "left_out",
    "most_cost",
    "needed_later_margin",
    "needed_worth",
    "payback_orders",
    "per_staff",
    "promoter_score",
    "reach",
    "remarks",
    "repeat_rate",
    "spread_over",
    "wasted_share",
]
