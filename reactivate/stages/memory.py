"""What ledger and base know at one moment: passes, touches, events, answers, orders. Reads only."""

from datetime import UTC, date, datetime, timedelta
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc
from attrs import define

from reactivate import analytics
from reactivate.contracts.values import Duration
from reactivate.ledger import Ledger
from reactivate.spec.business import Business
from reactivate.spec.campaign import Campaign
from reactivate.spec.steps import Call, Send
from reactivate.stages import facts as seen
from reactivate.stages.approval import Sums
from reactivate.stages.asof import AsOf
from reactivate.stages.base import Base
from reactivate.stages.periods import period_start
from reactivate.stages.profile import Heard
from reactivate.stages.start import start_of
from reactivate.stages.tables import whole

LEARNT_LATE = timedelta(days=7)
"""How long after its window a goal inside it is still noted, in both arms: orders come with the syncs, later."""


@define(slots=False)
class Memory:
    """The ledger and the base as a campaign sees them at `moment`: what lies in the future does not exist yet."""

    business: Business
    _campaign: Campaign | None
    ledger: Ledger
    base: Base
    moment: AsOf

    @property
    def campaign(self) -> Campaign:
        assert self._campaign is not None
        return self._campaign

    @property
    def _cool_off(self) -> Duration:
        return self.campaign.cool_off or self.business.cool_off

    @cached_property
    def heard(self) -> Heard:
        """What the ledger knows of people up to this moment."""
        events = self._events
        inside = self.ledger.passes(state="inside").select(["person_id", "campaign"])
        touches = self.ledger.touches(states=("accepted", "unknown"))
        tagged = events.filter(pc.equal(events["kind"], "tagged")).select(["person_id", "value"])
        return Heard(
            answers=self._until_now(self.ledger.answers()),
            touched=touches.select(["person_id", "done_at"]).rename_columns(["person_id", "at"]),
            clicked=events.filter(pc.equal(events["kind"], "clicked")).select(["person_id", "at"]),
            tagged=tagged.rename_columns(["person_id", "tag"]),
            inside=inside,
            questions={name: question.pick == "many" for name, question in self.business.questions.items()},
            marks=self.business.marks,
            reacted=_reacted(events, touches),
        )

    @property
    def _events(self) -> pa.Table:
        return self._until_now(self.ledger.events())

    def _until_now(self, table: pa.Table) -> pa.Table:
        return table.filter(pc.less_equal(table["at"], pa.scalar(self.moment.now, table["at"].type)))

    def known(self, profiles: pa.Table) -> seen.Known:
        """Everything the journey may ask about, as the ledger stands now."""
        return seen.Known(
            touches=self.ledger.touches(self.campaign.name),
            events=self._events,
            answers=self._until_now(self.ledger.answers()),
            orders=self.orders,
            profiles=profiles,
            questions=frozenset(self.business.questions),
            zone=self.business.zone,
            marks=frozenset(step for step, asked in self._asked.items() if set(asked) & self.business.marks),
        )

    @property
    def _asked(self) -> dict[str, tuple[str, ...]]:
        """Contact step -> the questions that it asks."""
        steps = self.campaign.steps() if self._campaign is not None else ()
        return {step.name: step.ask for step in steps if isinstance(step, (Send, Call))}

    @cached_property
    def orders(self) -> pa.Table:
        orders = self.base.table("orders")
        past = orders.filter(pc.less_equal(orders["ordered_at"], pa.scalar(self.moment.now, orders["ordered_at"].type)))
        return past.select(["person_id", "ordered_at", "ordered_on", "paid", "amount"])

    def returned(self, people: pa.Array, start: date, end: date) -> pa.Array:
        """Whether each person placed an order on the days from `start` to `end`."""
        return analytics.returned(self.base.table("orders"), people, start, end)

    def touched_since(self, start: date) -> pa.Array:
        """People whom a campaign has taken in, held out or contacted since that day, however long they are inside."""
        moment = datetime(start.year, start.month, start.day, tzinfo=self.business.zone).astimezone(UTC)
        passes = self.ledger.passes(state=None)
        touches = self.ledger.touches(states=("accepted", "unknown"))
        entered = passes.filter(pc.greater_equal(passes["entered_at"], pa.scalar(moment)))["person_id"]
        contacted = touches.filter(pc.greater_equal(touches["done_at"], pa.scalar(moment)))["person_id"]
        return pc.unique(pa.concat_arrays([whole(entered), whole(contacted)]))

    def refused(self, people: pa.ChunkedArray) -> pa.Array:
        """Those of `people` who refused everything."""
        ids = whole(people)
        rows = pa.repeat(pa.scalar("email"), len(ids)), pa.repeat(pa.scalar(""), len(ids))
        asked = pa.table({"person_id": ids, "kind": rows[0], "value": rows[1]})
        return ids.filter(self.ledger.permissions.suppressed(asked, None))

    @property
    def inside(self) -> pa.Table:
        return self.ledger.passes(self.campaign.name)

    def capped(self, people: pa.Array) -> int:
        """How many of `people` have had as many contacts as `cap` allows: their messages are held for now."""
        cap = self.business.cap
        since = period_start(cap.per if cap.per is not None else Duration(30, "d"), self.moment.now, self.business.zone)
        contacted = self.ledger.contacted(since)
        full = contacted.filter(pc.greater_equal(contacted["n"], int(cap.amount)))
        return int(pc.sum(pc.is_in(people, value_set=whole(full["person_id"]))).as_py() or 0)

    def walking(self) -> pa.Table:
        """Passes that a walk must see: those inside, and those ended whose goal may still come or be learnt."""
        passes = self.ledger.passes(self.campaign.name, state=None)
        within = start_of(self.ledger, self.campaign).longest
        late = pa.scalar(self.moment.now - _days(within) - LEARNT_LATE, passes["entered_at"].type)
        waits = pc.and_(pc.is_null(passes["goal_at"]), pc.greater_equal(passes["entered_at"], late))
        return passes.filter(pc.or_(pc.equal(passes["state"], "inside"), waits))

    @property
    def last_entry(self) -> datetime | None:
        passes = self.ledger.passes(self.campaign.name, state=None)
        return pc.max(passes["entered_at"]).as_py()  # type: ignore[no-any-return]

    def entered_since(self, moment: datetime) -> int:
        passes = self.ledger.passes(self.campaign.name, state=None)
        return int(pc.sum(pc.greater_equal(passes["entered_at"], pa.scalar(moment))).as_py() or 0)

    @property
    def entered_today(self) -> int:
        return self.entered_since(period_start("day", self.moment.now, self.business.zone))

    @property
    def done(self) -> Sums:
        """What this campaign has done so far, by the ledger."""
        passes = self.ledger.passes(self.campaign.name, state=None)
        touches = self.ledger.touches(self.campaign.name, states=("sending", "accepted", "unknown", "rejected"))
        messages = touches.group_by("step").aggregate([([], "count_all")]).to_pylist()
        cost = pc.sum(touches["cost"]).as_py() or 0
        return Sums(passes.num_rows, {row["step"]: row["count_all"] for row in messages}, float(cost))

    def rested(self, changed: pa.Table) -> pa.Table:
        """Passes that have just ended without the goal get the end of their rest: the stop's own, or the campaign's."""
        ended = pc.and_(pc.equal(changed["state"], "ended"), pc.is_null(changed["goal_at"]))
        own = self._own_rests
        until = [
            own.get(pass_id, self._cool_off).after(at, self.business.zone) if rests else None
            for pass_id, at, rests in zip(
                changed["pass_id"].to_pylist(), changed["ended_at"].to_pylist(), ended.to_pylist(), strict=True
            )
        ]
        place = changed.schema.get_field_index("cool_until")
        return changed.set_column(place, changed.schema.field(place), pa.array(until, changed["cool_until"].type))

    @property
    def _own_rests(self) -> dict[int, Duration]:
        """Pass id -> the cool_off of the `stop` that ended it."""
        events = self._events
        rests = events.filter(pc.equal(events["kind"], "rests"))
        return {
            int(name.split("/")[1]): Duration.parse(value)
            for name, value in zip(rests["event_id"].to_pylist(), rests["value"].to_pylist(), strict=True)
        }


def _reacted(events: pa.Table, touches: pa.Table) -> pa.Table:
    """`person_id, channel` of every click and answer to a message of ours."""
    came = events.filter(pc.is_in(events["kind"], pa.array(["clicked", "answered"])))
    keys = ["pass_id", "step"]
    told = came.select(["person_id", *keys]).join(touches.select([*keys, "channel"]), keys, join_type="inner")
    return told.select(["person_id", "channel"]).filter(pc.is_valid(told["channel"]))


def _days(duration: Duration) -> timedelta:
    """A little more than the duration: enough to keep a pass in sight until its window is surely over."""
    return timedelta(days=duration.days + 1)
