"""What simulated people will do: drawn at the hand-over, seen when its moment has come."""

from collections.abc import Iterable, Mapping

import numpy as np
from attrs import define, field
from numpy.typing import NDArray

from reactivate.contracts.values import Duration
from reactivate.journey.clock import Moments
from reactivate.journey.fates import ORDERED, Fates
from reactivate.journey.lots import Seeds, lots
from reactivate.journey.responses import Chance, Responses
from reactivate.journey.state import Rows

HEARD = frozenset({"delivered", "opened", "clicked", "bounced", "answered", "result", "refused", "unsubscribed"})
"""What may come back to a step; every other word under a step is an event of the person."""
_NEVER = np.datetime64("NaT", "us")


@define
class Drawn:
    """Moments and words by step and kind (step '' = by themselves), one place per person of the simulation."""

    people: NDArray[np.object_]
    seeds: Seeds
    responses: Responses
    fates: Fates | None = None
    at: dict[tuple[str, str], Moments] = field(factory=dict)
    words: dict[tuple[str, str], NDArray[np.object_]] = field(factory=dict)
    _places: dict[str, list[int]] = field(factory=dict)
    _contacted: NDArray[np.bool_] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._contacted = np.zeros(len(self.people), dtype=bool)
        for place, person in enumerate(self.people):
            self._places.setdefault(str(person), []).append(place)

    def by_themselves(self, rows: Rows, since: Moments) -> None:
        """Draw the events that need no contact, for people who have just entered."""
        for event, chance in self.responses.events.items():
            self._draw("", event, chance, rows, since)
        if self.fates is not None:
            self._happen("", rows, self.fates.anyway(rows, since))
        self._script("", rows, since)

    def after_contact(self, step: str, rows: Rows, since: Moments, call_within: Duration | None) -> None:
        """Draw what comes back to a step handed over to these people; a call gets a result in any case."""
        chances = dict(self.responses.steps.get(step, {}))
        if "delivered" in chances:
            chances.setdefault("bounced", Chance(1 - chances.pop("delivered").share))
        self._draw(step, "bounced", chances.pop("bounced", Chance(0)), rows, since)
        arrived = rows[np.isnat(self.at[step, "bounced"][rows])]
        for kind, chance in chances.items():
            self._draw(step, kind, chance, arrived, since[np.isin(rows, arrived)])
        if self.fates is not None:
            fresh = np.isin(rows, arrived) & ~self._contacted[rows]
            self._happen(step, rows[fresh], self.fates.because(rows[fresh], since[fresh]))
            self._contacted[arrived] = True
        self._script(step, rows, since)
        if call_within is not None:
            at, words = self._arrays(step, "result")
            silent = rows[np.isnat(at[rows])]
            at[silent] = since[np.isin(rows, silent)] + _span(call_within)
            words[silent] = "no_answer"

    def first(self, kinds: Iterable[tuple[str, str]], size: int) -> Moments:
        """The earliest moment of several kinds per person."""
        first = np.full(size, _NEVER)
        for kind in kinds:
            if kind in self.at:
                first = np.fmin(first, self.at[kind])
        return first

    def event(self, name: str) -> Moments:
        """When an event first happens to each person, in whatever way."""
        return self.first([kind for kind in self.at if kind[1] == name and name not in HEARD], len(self.people))

    def _happen(self, step: str, rows: Rows, at: Moments) -> None:
        """Orders that a model decided; one that a lot has drawn already stays if it is earlier."""
        known, _ = self._arrays(step, ORDERED)
        known[rows] = np.fmin(known[rows], at)

    def _draw(self, step: str, kind: str, chance: Chance, rows: Rows, since: Moments) -> None:
        at, words = self._arrays(step, kind)
        salt = f"{step}/{kind}"
        own = self.seeds[rows]
        happens = lots(own, f"{salt}/whether") < chance.share
        delay = lots(own, f"{salt}/when") * _span(chance.after).astype("int64")
        at[rows[happens]] = (since + np.ceil(delay).astype("timedelta64[us]"))[happens]
        if chance.words:
            shares = np.cumsum([share for _, share in chance.words])
            place = np.minimum(np.searchsorted(shares, lots(own, f"{salt}/what"), side="right"), len(shares) - 1)
            said = np.array([word for word, _ in chance.words], dtype=object)[place]
            words[rows[happens]] = said[happens]

    def _script(self, step: str, rows: Rows, since: Moments) -> None:
        """Let scripts go before lots."""
        start: Mapping[int, np.datetime64] = dict(zip(rows.tolist(), since, strict=True))
        for script in self.responses.scripted:
            if (script.step or "") != step:
                continue
            for place in self._places.get(script.person, ()):
                if place in start:
                    at, words = self._arrays(step, script.event)
                    at[place], words[place] = start[place] + _span(script.after), script.value

    def _arrays(self, step: str, kind: str) -> tuple[Moments, NDArray[np.object_]]:
        size = len(self.people)
        at = self.at.setdefault((step, kind), np.full(size, _NEVER))
        return at, self.words.setdefault((step, kind), np.full(size, None, dtype=object))


def _span(duration: Duration) -> np.timedelta64:
    return np.timedelta64(round(duration.days * 86_400_000_000), "us")
