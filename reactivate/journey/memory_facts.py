"""What a rule may ask in a simulation, by name (SPEC section 7): step facts, events since entry, answers, profile."""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reactivate.journey.state import Rows
from reactivate.normalise.marks import as_marks

if TYPE_CHECKING:
    from reactivate.journey.memory import MemoryWorld


def fact(world: "MemoryWorld", name: str, rows: Rows) -> pa.Array:
    """The column `name` for the people at `rows`, as seen at the world's moment."""
    step, _, what = name.partition(".")
    if what:
        return _step_fact(world, step, what, rows)
    if name == "segment":
        return world.passes["segment"].take(pa.array(rows))
    if name in world.asks:
        return _answer_to(world, name, rows)
    if name in world.profiles.column_names:
        days = (world.clock - world.entered[rows]) // np.timedelta64(1, "D")
        return _counted_on(name, world.profiles[name].take(pa.array(rows)), days.astype("int64"))
    return pa.array(world.since_entry(name)[rows] <= world.clock)


def _step_fact(world: "MemoryWorld", step: str, what: str, rows: Rows) -> pa.Array:
    if what in ("answer", "result"):
        return _said(world, step, what, rows)
    touches = world.touches.get(step)
    if touches is None:
        nothing = pa.bool_() if what not in ("variant", "offer", "result") else pa.string()
        return pa.nulls(len(rows), nothing) if what != "sent" else pa.array(np.zeros(len(rows), bool))
    sent = touches.state[rows] == "accepted"
    if what == "sent":
        return pa.array(sent)
    if what == "variant":
        return pa.array(touches.variant[rows], pa.string(), mask=~sent)
    if what == "offer":
        return pc.if_else(pa.array(sent), pc.fill_null(pa.array(touches.offer[rows], pa.string()), "none"), None)
    kind = "bounced" if what == "delivered" else what
    came = world.drawn.first([(step, kind)], len(world))[rows] <= world.clock
    return pa.array(~came if what == "delivered" else came, mask=~sent)


def _said(world: "MemoryWorld", step: str, what: str, rows: Rows) -> pa.Array:
    """The answer to the step's own question, a number where it asks for one, or the result of its call; null = none."""
    kind = "answered" if what == "answer" else what
    came = world.drawn.first([(step, kind)], len(world))[rows] <= world.clock
    words = world.drawn.words.get((step, kind))
    said = pa.nulls(len(rows), pa.string()) if words is None else pa.array(words[rows], pa.string(), mask=~came)
    number = what == "answer" and any(step in world.asks.get(question, ()) for question in world.marks)
    return as_marks(said) if number else said


def _answer_to(world: "MemoryWorld", question: str, rows: Rows) -> pa.Array:
    """The newest simulated answer, else the one on the profile."""
    size = len(world)
    known = question in world.profiles.column_names
    said = np.empty(len(rows), dtype=object)
    said[:] = world.profiles[question].take(pa.array(rows)).to_pylist() if known else None
    list_of_words = known and pa.types.is_list(world.profiles[question].type)
    for step in world.asks[question]:
        came = world.drawn.first([(step, "answered")], size)[rows] <= world.clock
        words = world.drawn.words.get((step, "answered"), np.full(size, None, dtype=object))[rows]
        for place in np.flatnonzero(came):
            word = words[place] or "answered"
            said[place] = [word] if list_of_words else word
    if question in world.marks:
        return as_marks(pa.array([None if word is None else str(word) for word in said], pa.string()))
    return pa.array(said.tolist(), world.profiles[question].type if known else pa.string())


def _counted_on(name: str, column: pa.ChunkedArray, days: NDArray[np.int64]) -> pa.ChunkedArray:
    """Days since and days until, as they stand so many days later."""
    sign = 1 if name.startswith("since_") or name == "overdue" else -1 if name.startswith("until_") else 0
    return pc.add(column, pa.array(sign * days).cast(column.type)) if sign else column
