"""What bounds a campaign: budget, part of a segment, pools of codes, capacity of channels, people; one shape."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from reactivate.errors import GuardStop

Floats = NDArray[np.float64]


@frozen(eq=False)
class Limit:
    """`use` (people x offers, broadcast) of a scarce thing may sum to `most`."""

    name: str
    most: float
    use: Floats


@frozen(kw_only=True)
class Bounds:
    """The limits as a campaign states them; None or empty = unlimited.

    `budget`: expected cost of contacts and offers. `at_most`: segment -> largest share of the budget. `pools`: offer ->
    codes or pieces left. `draws`: offer -> pool it takes from, where that is another's (a bundle with a coupon in it).
    `capacities`: channel -> contacts left, used up as the column `x_uses_<channel>` of the candidates says. `people`:
    how many may enter.
    """

    budget: float | None = None
    at_most: Mapping[str, float] = {}
    pools: Mapping[str, int] = {}
    draws: Mapping[str, str] = {}
    capacities: Mapping[str, float] = {}
    people: int | None = None

    def contradictions(self, offers: list[str], segments: list[str], uses: list[str]) -> list[str]:
        """What cannot be meant, one sentence each, naming the limits concerned."""
        return [
            *self._below_zero(),
            *self._shares(segments),
            *(f"pool of {name!r}: no offer has this name" for name in self.pools if name not in offers),
            *(
                f"capacity of {name!r}: nothing says how often it is used (column x_uses_{name})"
                for name in self.capacities
                if name not in uses
            ),
        ]

    def _below_zero(self) -> list[str]:
        named = {"budget": self.budget, "people": self.people}
        named |= {f"pool of {name!r}": size for name, size in self.pools.items()}
        named |= {f"capacity of {name!r}": size for name, size in self.capacities.items()}
        return [f"{name} is {size:g}, below zero" for name, size in named.items() if size is not None and not size >= 0]

    def _shares(self, segments: list[str]) -> list[str]:
        if not self.at_most:
            return []
        if self.budget is None:
            return ["`at_most` gives shares of a budget, but `budget` is not given"]
        found = [
            f"at_most of {name!r} is {share:.0%}: a share of the budget lies between 0% and 100%"
            for name, share in self.at_most.items()
            if not 0 <= share <= 1
        ]
        total = sum(self.at_most.values())
        if not found and set(segments) <= set(self.at_most) and segments and total < 1 - 1e-9:
            found.append(
                f"`budget` and `at_most` contradict each other: all segments have a share and these sum to "
                f"{total:.0%}, so the budget can never be spent"
            )
        return found


def limits(
    bounds: Bounds, *, cost: Floats, offers: list[str], segment: Any, segments: list[str], uses: Mapping[str, Floats]
) -> list[Limit]:
    """One Limit for each bound; `cost` people x offers, `segment` code per person, `uses` channel -> people x offers.

    GuardStop R720 lists every contradiction.
    """
    faults = bounds.contradictions(offers, segments, list(uses))
    if faults:
        raise GuardStop.because("R720", "the limits contradict each other: " + "; ".join(faults), "change `limits`")
    found = []
    if bounds.budget is not None:
        found.append(Limit("budget", bounds.budget, cost))
        for name, share in bounds.at_most.items():
            inside = segment == (segments.index(name) if name in segments else -1)
            found.append(Limit(f"at_most.{name}", share * bounds.budget, cost * inside[:, None]))
    for name, size in bounds.pools.items():
        takes = [float(bounds.draws.get(offer, offer) == name) for offer in offers]
        found.append(Limit(f"pool.{name}", size, np.array(takes)[None, :]))
    for name, room in bounds.capacities.items():
        found.append(Limit(f"capacity.{name}", room, uses[name]))
    if bounds.people is not None:
        found.append(Limit("people", bounds.people, np.ones((1, 1))))
    return [Limit(limit.name, limit.most, np.broadcast_to(limit.use, cost.shape)) for limit in found]
