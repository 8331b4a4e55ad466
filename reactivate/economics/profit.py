"""Expected extra profit of contacting one person with one offer, and what follows from it.

    E = tau (M - B - rn D) - p0 (B + rb D) - c - u L + tau (1 - w) S - tau w M

The second term is cannibalisation: the discount paid to those who would have bought anyway (Blattberg, Kim, Neslin
2008, Database Marketing, ch. 2; break-even rate: Hughes, Strategic Database Marketing; costs that arise only on
purchase: Proenca, Moraes 2023). B, what is due to staff for the order of somebody who was contacted, is such a cost.
Money in one currency, without VAT, after returns. All functions take floats or NumPy arrays alike; NaN goes in and
comes out for what is not known, a scalar answer is None instead.
"""

from typing import Any

import numpy as np
from attrs import field, fields, frozen


def _number(value: Any) -> Any:
    return np.asarray(value, dtype=np.float64)


@frozen(kw_only=True, eq=False)
class ProfitTerms:
    """The terms of E. Floats or arrays of one length; rates from 0 to 1, money in the currency of the business."""

    lift: Any = field(converter=_number)
    """tau: extra chance of the goal when contacted."""
    base_rate: Any = field(converter=_number)
    """p0: chance of the goal when left alone."""
    margin: Any = field(converter=_number)
    """M: margin of the expected order before the offer."""
    offer_cost: Any = field(converter=_number, default=0.0)
    """D: our cost of the offer on an order that uses it."""
    contact_cost: Any = field(converter=_number, default=0.0)
    """c: expected cost of the contacts."""
    later_margin: Any = field(converter=_number, default=0.0)
    """S: discounted margin of the orders after the first, of a person who came back."""
    extra_use: Any = field(converter=_number, default=1.0)
    """rn: chance that an extra buyer uses the offer."""
    base_use: Any = field(converter=_number, default=1.0)
    """rb: chance that somebody who would have come anyway uses it."""
    brought_forward: Any = field(converter=_number, default=0.0)
    """w: share of extra orders that would have come after the window."""
    permission_cost: Any = field(converter=_number, default=0.0)
    """u x L: chance of losing the permission times what it is worth."""
    bonus_cost: Any = field(converter=_number, default=0.0)
    """B: due to staff for an order of somebody who was contacted."""

    def where(self, mask: Any) -> "ProfitTerms":
        """The terms of the rows where `mask` is true."""
        return ProfitTerms(**{part.name: np.broadcast_to(getattr(self, part.name), mask.shape)[mask]
                              for part in fields(ProfitTerms)})  # fmt: skip

    @property
    def used(self) -> Any:
        """What one extra order costs: rn D + B."""
        return self.extra_use * self.offer_cost + self.bonus_cost

    @property
    def extra_order(self) -> Any:
        """What one extra order brings, offer and bonus paid: (M + S) (1 - w) - rn D - B."""
        return (self.margin + self.later_margin) * (1 - self.brought_forward) - self.used

    @property
    def sunk(self) -> Any:
        """What is spent whether or not anybody comes because of us: p0 (rb D + B) + c + u L."""
        each = self.base_use * self.offer_cost + self.bonus_cost
        # A base rate that nobody knows does not matter where nothing is given away.
        given = np.where(each == 0, 0.0, self.base_rate * each)
        return given + self.contact_cost + self.permission_cost


def expected_profit(terms: ProfitTerms) -> Any:
    """E: expected extra profit per person contacted."""
    return _plain(terms.lift * terms.extra_order - terms.sunk)


def break_even_lift(terms: ProfitTerms) -> Any:
    """Lift at which E is zero; missing where each extra order loses money, so that no lift would do."""
    return _plain(_ratio(terms.sunk, terms.extra_order, terms.extra_order > 0))


def largest_offer(terms: ProfitTerms) -> Any:
    """D*: the offer cost at which E is zero; at most zero = even a free message loses; missing where nobody uses it."""
    gain = terms.lift * (1 - terms.brought_forward) * (terms.margin + terms.later_margin)
    gain = gain - (terms.base_rate + terms.lift) * terms.bonus_cost
    used = terms.lift * terms.extra_use + terms.base_rate * terms.base_use
    return _plain(_ratio(gain - terms.contact_cost - terms.permission_cost, used, used > 0))


def wasted_share(terms: ProfitTerms) -> Any:
    """Part of the offers used that changed nothing; missing where nobody uses one. A negative lift wastes all."""
    wasted = terms.base_rate * terms.base_use
    used = wasted + np.maximum(terms.lift, 0) * terms.extra_use
    return _plain(_ratio(wasted, used, used > 0))


def expected_cost(terms: ProfitTerms) -> Any:
    """What one person is expected to cost: c + (p0 rb + tau rn) D. Budgets, of contacts and offers, hold its sum."""
    used = terms.base_rate * terms.base_use + terms.lift * terms.extra_use
    return _plain(terms.contact_cost + np.maximum(used, 0) * terms.offer_cost)


def most_cost(terms: ProfitTerms) -> Any:
    """What one person can cost at most, his offer used: c + D."""
    return _plain(terms.contact_cost + terms.offer_cost)


def cost_per_extra(terms: ProfitTerms) -> Any:
    """Money spent on contacts and offers for one extra success; missing without a positive lift."""
    lift = np.where(terms.lift > 0, terms.lift, np.nan)
    each = np.where(terms.offer_cost == 0, 0.0, terms.base_rate * terms.base_use * terms.offer_cost)
    spent = terms.contact_cost + each + np.nan_to_num(lift) * terms.extra_use * terms.offer_cost
    return _plain(_ratio(spent, lift, lift > 0))


def needed_worth(terms: ProfitTerms) -> Any:
    """What one success must be worth for E to be zero, later orders left out; missing without a positive lift.

    The other side of the break-even lift: (p0 (rb D + B) + c + u L) / tau + rn D + B, over 1 - w.
    """
    lift = np.where(terms.lift > 0, terms.lift, np.nan)
    return _plain((_ratio(terms.sunk, lift, lift > 0) + terms.used) / (1 - terms.brought_forward))


def needed_later_margin(terms: ProfitTerms) -> Any:
    """S at which E is zero, whatever S was given: what later orders must bring; 0 = the first order pays.

    Missing without a positive lift. Divided by the margin of an order it is the number of further orders hoped for.
    """
    first = terms.lift * (terms.margin * (1 - terms.brought_forward) - terms.used) - terms.sunk
    kept = terms.lift * (1 - terms.brought_forward)
    return _plain(np.maximum(0.0, _ratio(-first, kept, kept > 0)))


def _ratio(above: Any, below: Any, where: Any) -> Any:
    """`above / below`, NaN outside `where`."""
    above, below, where = np.broadcast_arrays(above, below, where)
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=where)


def _plain(value: Any) -> Any:
    if np.ndim(value):
        return value
    return None if np.isnan(value) else float(value)
