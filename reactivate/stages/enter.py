"""Of those who meet the audience: who enters, who is left out and why, who is held out by lot.

The order is SPEC section 6: not inside, not cooling off, not held out of everything, reachable, segment with a
journey, profit above zero, within the limits best first, then the holdout lot per household.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, field, frozen

from reactivate.contracts.schemas import VERDICTS
from reactivate.experiment import assign, holdout
from reactivate.stages.choice import Choice
from reactivate.stages.tables import aligned, marked, whole

DETAIL = {
    "passed_before": "enter: once takes nobody twice",
    "inside": "already inside this campaign",
    "cooling_off": "resting after an earlier pass",
    "holdout_all": "in the holdout of all campaigns",
    "no_address": "no address for any channel of the journey",
    "bad_address": "only invalid, placeholder or shared addresses",
    "refused": "refused, or the address is closed",
    "no_consent": "no proven consent for this purpose",
    "no_journey": "their segment has no journey",
    "over_limit": "over the limit of people",
}
ALL_CAMPAIGNS = "holdout_all"
"""What the lot of the account-wide holdout is drawn under: the same for every campaign, independent of each one's."""
_WORST_LAST = ("no_address", "bad_address", "refused", "no_consent")


@frozen
class Rules:
    """What decides on entering. Arrays of person ids; shares from 0 to 1; `room` = how many more may enter."""

    campaign: str
    secret: bytes = field(repr=False)
    once: bool = True
    holdout_share: float = 0.1
    holdout_all_share: float = 0.0
    room: int | None = None
    journeys: frozenset[str] = frozenset([""])
    lot: str = ""


Choose = Callable[[pa.Array], Choice]
"""Given the people who could enter, who of them does, and with which offer."""


@frozen
class Entry:
    """`entrants`: person_id, segment, arm, offer, household, `stratum` where the lot is stratified. `verdicts`:
    everybody else of the audience.

    `choice`: how offers were shared out, where the campaign has some.
    """

    entrants: pa.Table
    verdicts: pa.Table
    choice: Choice | None = None

    def count(self, reason: str) -> int:
        return int(pc.sum(pc.equal(self.verdicts["reason"], reason)).as_py() or 0)


@define
class _Sieve:
    left: pa.Array
    out: list[tuple[pa.Array, str]] = field(factory=list)
    told: list[pa.Table] = field(factory=list)

    def drop(self, gone: pa.Array, reason: str) -> None:
        """Put those marked aside under `reason`."""
        self.out.append((self.left.filter(gone), reason))
        self.left = self.left.filter(pc.invert(gone))

    def turn_away(self, gone: pa.Table) -> None:
        """Put those of `gone` (person_id, reason, detail) aside, each with his own words."""
        self.told.append(VERDICTS.conform(gone))
        self.left = self.left.filter(pc.invert(marked(self.left, gone["person_id"])))

    def verdicts(self) -> pa.Table:
        ids = [part for part, _ in self.out] or [pa.array([], pa.string())]
        reasons = [pa.repeat(pa.scalar(reason), len(part)) for part, reason in self.out] or ids
        reason = pa.concat_arrays(reasons)
        detail = pc.case_when(
            pc.make_struct(*(pc.equal(reason, word) for word in DETAIL)), *map(pa.scalar, DETAIL.values())
        )
        general = VERDICTS.table(person_id=pa.concat_arrays(ids), reason=reason, detail=detail)
        return pa.concat_tables([general, *self.told])


def enter(
    audience: pa.Array,
    *,
    rules: Rules,
    segments: pa.Table,
    households: pa.Table,
    reach: Mapping[str, pa.Table],
    inside: pa.Array,
    before: pa.Array,
    cooling: pa.Array,
    choose: Choose | None = None,
    strata: pa.Table | None = None,
) -> Entry:
    """Sieve the audience (person ids) into entrants with segment and arm, and verdicts.

    `segments`: person_id, segment. `households`: person_id, household. `reach`: channel of the journey ->
    person_id, why (null = can be contacted). `choose`: for campaigns with offers, who is worth it and what he gets.
    `strata`: person_id, stratum, of each of which the holdout takes its exact share; None = one lot for all.
    """
    sieve = _Sieve(whole(audience))
    sieve.drop(marked(sieve.left, inside), "inside")
    if rules.once:
        sieve.drop(marked(sieve.left, before), "passed_before")
    sieve.drop(marked(sieve.left, cooling), "cooling_off")
    if rules.holdout_all_share:
        homes = _home(sieve.left, households)
        held = pa.array(assign(homes, secret=rules.secret, salt=ALL_CAMPAIGNS) < rules.holdout_all_share)
        sieve.drop(held, "holdout_all")
    _unreachable(sieve, reach)
    named = whole(aligned(sieve.left, segments)["segment"])
    sieve.drop(pc.invert(marked(named, pa.array(sorted(rules.journeys), pa.string()))), "no_journey")
    choice = None if choose is None else choose(sieve.left)
    if choice is not None:
        sieve.turn_away(choice.left)
    worth = None if choice is None else choice.taken
    if rules.room is not None and len(sieve.left) > rules.room:
        sieve.drop(pa.array(_rank(sieve.left, worth, rules) >= rules.room), "over_limit")
    entrants = _with_arms(sieve.left, rules, segments, households, worth, strata)
    return Entry(entrants, sieve.verdicts(), choice)


def _unreachable(sieve: _Sieve, reach: Mapping[str, pa.Table]) -> None:
    """One open channel is enough; otherwise the reason nearest to being reachable is the one told."""
    if not reach:
        return
    why = [whole(aligned(sieve.left, table)["why"]) for table in reach.values()]
    closed = [pc.is_valid(reasons) for reasons in why]
    for reason in reversed(_WORST_LAST):
        nobody = pa.repeat(pa.scalar(True), len(sieve.left))
        says = pa.repeat(pa.scalar(False), len(sieve.left))
        for reasons, shut in zip(why, closed, strict=True):
            nobody = pc.and_(nobody, shut)
            says = pc.or_(says, pc.fill_null(pc.equal(reasons, reason), False))
        gone = pc.and_(nobody, says)
        sieve.drop(gone, reason)
        stay = pc.invert(gone)
        why = [reasons.filter(stay) for reasons in why]
        closed = [shut.filter(stay) for shut in closed]


def _home(people: pa.Array, households: pa.Table) -> pa.Array:
    """The household of each person; a person alone is a household."""
    return pc.coalesce(whole(aligned(people, households)["household"]), people)


def _rank(people: pa.Array, worth: pa.Table | None, rules: Rules) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Place of each person: largest expected profit first, ties by lot, so that plans are repeatable."""
    lots = assign(people, secret=rules.secret, salt=f"{rules.campaign}/order")
    profit = np.zeros(len(people))
    if worth is not None:
        found = aligned(people, worth)["expected_profit"].cast(pa.float64())
        profit = np.nan_to_num(whole(found).to_numpy(zero_copy_only=False), nan=0.0)
    place = np.empty(len(people), dtype=np.int64)
    place[np.lexsort((lots, -profit))] = np.arange(len(people))
    return place


def _with_arms(
    people: pa.Array,
    rules: Rules,
    segments: pa.Table,
    households: pa.Table,
    worth: pa.Table | None,
    strata: pa.Table | None,
) -> pa.Table:
    segment = whole(aligned(people, segments)["segment"])
    homes = _home(people, households)
    stratum = None if strata is None else _of_home(homes, whole(aligned(people, strata)["stratum"]))
    salt = f"holdout/{rules.campaign}/{rules.lot}".rstrip("/")
    held = holdout(homes, rules.holdout_share, secret=rules.secret, salt=salt, strata=stratum)
    offer = whole(aligned(people, worth)["offer"]) if worth is not None else pa.nulls(len(people), pa.string())
    return pa.table(
        {
            "person_id": people,
            "segment": segment,
            "arm": pc.if_else(held, "holdout", "treated"),
            "offer": offer.cast(pa.string()),
            "household": homes,
            **({} if stratum is None else {"stratum": stratum}),
        }
    )


def _of_home(homes: pa.Array, strata: pa.Array) -> pa.Array:
    """The stratum in which each household is drawn: of several the first by name, for all of its people."""
    first = pa.table({"home": homes, "stratum": strata}).group_by("home").aggregate([("stratum", "min")])
    return whole(aligned(homes, first, "home")["stratum_min"])


def entered_at(entrants: pa.Table, now: datetime) -> pa.Table:
    """The entrants as `Ledger.enter` wants them."""
    moment = pa.repeat(pa.scalar(now, pa.timestamp("us", tz="UTC")), entrants.num_rows)
    return entrants.drop_columns(["household"]).append_column("entered_at", moment)
