"""What a journey may ask about a pass: `thanks.clicked`, `ordered`, `answered_topics`, and the profile's columns.

SPEC section 7 says since when each counts. Tables come from the ledger and the base; nothing here reads them.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from attrs import field, frozen

from reactivate.contracts.contract import MOMENT
from reactivate.normalise.marks import as_marks
from reactivate.stages.tables import aligned, first_per, marked, whole

HEARD = {"delivered", "opened", "clicked", "bounced", "answered"}
"""What may come back to a contact: missing until it was really sent, then true or false."""

FINAL_RESULTS = frozenset(
    [
        "interested",
        "order",
        "already_bought",
        "refused",
        "do_not_call",
        "wrong_number",
        "no_answer",
        "not_called",
        "other",
    ]
)
"""Results that end a call step; busy, voicemail and call_again mean another attempt."""

SENT = pa.array(["accepted"])


@frozen
class Known:
    """Everything that has been seen up to now.

    `events`: person_id, kind, value, at, step, pass_id. `answers`: person_id, question, value, at.
    `orders`: person_id, ordered_at, ordered_on, paid, amount. `profiles`: one row per person at this moment. `marks`:
    steps whose question is answered by a number from 0 to 10.
    """

    touches: pa.Table
    events: pa.Table
    answers: pa.Table
    orders: pa.Table
    profiles: pa.Table
    questions: frozenset[str] = frozenset()
    zone: ZoneInfo = field(factory=lambda: ZoneInfo("UTC"))
    marks: frozenset[str] = frozenset()


def facts(passes: pa.Table, names: Iterable[str], known: Known) -> pa.Table:
    """One column per name, one row per pass, in the order of `passes`."""
    columns = {"pass_id": passes["pass_id"]}
    by_person: pa.Table | None = None
    for name in sorted(set(names)):
        step, _, what = name.partition(".")
        if what:
            columns[name] = step_fact(passes, step, what, known)
        elif name == "ordered":
            columns[name] = happened(passes, first_order_since(passes, known))
        elif name == "segment":
            columns[name] = passes["segment"]
        elif name.startswith("answered_") and name.removeprefix("answered_") in known.questions:
            columns[name] = happened(passes, first_answer_since(passes, name.removeprefix("answered_"), known))
        elif name in known.profiles.column_names:
            if by_person is None:
                by_person = aligned(passes["person_id"], known.profiles)
            columns[name] = by_person[name]
        else:
            columns[name] = happened(passes, first_event_since(passes, name, known))
    return pa.table(columns)


def step_fact(passes: pa.Table, step: str, what: str, known: Known) -> pa.Array:
    """`step.what` per pass."""
    touches = known.touches.filter(pc.equal(known.touches["step"], step))
    mine = aligned(passes["pass_id"], touches, "pass_id")
    if what in ("variant", "offer"):
        sent = marked(mine["state"], SENT)
        absent = pa.scalar("none" if what == "offer" else None, pa.string())
        return pc.if_else(sent, pc.coalesce(whole(mine[what]), absent), pa.scalar(None, pa.string()))
    sent = marked(mine["state"], SENT)
    if what == "sent":
        return sent
    events = known.events.filter(pc.equal(known.events["step"], step))
    if what in ("answer", "result"):
        value = latest_value(passes, events, "answered" if what == "answer" else "result")
        return as_marks(value) if what == "answer" and step in known.marks else value
    return pc.if_else(sent, _heard(passes, events, what), pa.scalar(None, pa.bool_()))


def _heard(passes: pa.Table, events: pa.Table, what: str) -> pa.Array:
    def came(kind: str) -> pa.Array:
        return marked(passes["pass_id"], events.filter(pc.equal(events["kind"], kind))["pass_id"])

    if what == "delivered":
        # Few channels report delivery; what was accepted and did not come back counts as delivered.
        return pc.invert(came("bounced"))
    return came(what)


def latest_value(passes: pa.Table, events: pa.Table, kind: str) -> pa.Array:
    """The newest `value` of events of this kind in each pass; results only when they are final."""
    of_kind = events.filter(pc.and_(pc.equal(events["kind"], kind), pc.is_valid(events["pass_id"])))
    if kind == "result":
        of_kind = of_kind.filter(marked(of_kind["value"], pa.array(sorted(FINAL_RESULTS))))
    latest = first_per(of_kind.select(["pass_id", "value", "at"]), "pass_id", "at", descending=True)
    value = whole(aligned(passes["pass_id"], latest, "pass_id")["value"])
    # An answer is stored as question=answer; the step's own question needs no name.
    return pc.if_else(pc.match_substring(value, "="), pc.replace_substring_regex(value, r"^[^=]*=", ""), value)


def first_order_since(passes: pa.Table, known: Known) -> pa.Array:
    """Moment of the first paid order after entry, null = none.

    An order known only by its day counts from the day after the entry: on the day itself nobody can tell.
    """
    orders = bought(known.orders)
    return first_since(passes, orders.select(["person_id", "ordered_at"]).rename_columns(["person_id", "at"]))


def bought(orders: pa.Table) -> pa.Table:
    """Orders that say that somebody bought: paid, and not money given back."""
    return orders.filter(pc.and_(orders["paid"], pc.fill_null(pc.greater_equal(orders["amount"], 0), True)))


def first_answer_since(passes: pa.Table, question: str, known: Known) -> pa.Array:
    """Moment of the first answer to `question` after entry, in whatever campaign; null = none."""
    answers = known.answers.filter(pc.equal(known.answers["question"], question))
    return first_since(passes, answers.select(["person_id", "at"]))


def first_event_since(passes: pa.Table, kind: str, known: Known) -> pa.Array:
    """Moment of the first event of this kind after entry; null = none."""
    events = known.events.filter(pc.equal(known.events["kind"], kind))
    return first_since(passes, events.select(["person_id", "at"]))


def first_since(passes: pa.Table, happenings: pa.Table) -> pa.Array:
    """Per pass the earliest `at` of its person that is later than the entry; null = none."""
    entries = passes.select(["pass_id", "person_id", "entered_at"])
    wanted = happenings.filter(marked(happenings["person_id"], entries["person_id"]))
    if wanted.num_rows == 0:
        return pa.nulls(passes.num_rows, MOMENT)
    joined = entries.join(wanted, keys="person_id", join_type="inner")
    after = joined.filter(pc.greater(joined["at"], joined["entered_at"]))
    first = after.group_by("pass_id").aggregate([("at", "min")])
    return whole(aligned(passes["pass_id"], first, "pass_id")["at_min"])


def happened(passes: pa.Table, moments: pa.Array) -> pa.Array:
    """True or false, never missing."""
    return pc.is_valid(moments)


def since_days(moments: pa.Array, now: datetime, zone: ZoneInfo) -> pa.Array:
    """Whole calendar days of the business's zone from each moment to `now`; null stays null."""
    day = pc.local_timestamp(moments.cast(pa.timestamp("us", tz=str(zone)))).cast(pa.date32())
    today = pa.scalar(now.astimezone(zone).date(), pa.date32())
    return pc.subtract(today.cast(pa.int32()), day.cast(pa.int32()))


Clock = Callable[[], datetime]


def utc(moment: datetime) -> datetime:
    """An aware moment in UTC."""
    return moment.astimezone(UTC)
