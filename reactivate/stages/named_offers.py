"""Offers that a step names: given to all who come there, so they are judged for all of them together."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.diagnostics import Diagnostic
from reactivate.economics import NONE
from reactivate.economics.words import NOT_ALLOWED, OPEN_OFFER
from reactivate.stages.allocation import pools
from reactivate.stages.choice import Choice
from reactivate.stages.opened import Opened
from reactivate.stages.tables import counts, marked, whole

BEST = "best"


def given(opened: Opened) -> list[str]:
    """What the steps and variants of the campaign give: names of offers, `best`."""
    nodes = [node for table in opened.tables.values() for node in (*table.nodes, *table.after_goal)]
    named = [name for node in nodes for name in (node.offer, *(variant.offer for variant in node.split))]
    return list(dict.fromkeys(name for name in named if name not in (None, NONE)))


def competing(opened: Opened, candidates: pa.Table) -> pa.Table:
    """The candidates that a person may get: all where a step gives the `best`, else only what the steps name.

    Whoever may have a named offer cannot go without it; whoever may not, by its `if`, goes without.
    """
    names = given(opened)
    if BEST in names:
        return candidates
    mine = pc.and_(marked(candidates["offer"], pa.array(names, pa.string())), _may_have(candidates))
    plain = pc.equal(candidates["offer"], NONE)
    bound = marked(candidates["person_id"], candidates["person_id"].filter(mine))
    return candidates.filter(pc.or_(mine, pc.and_(plain, pc.invert(bound))))


def _may_have(candidates: pa.Table) -> pa.Array:
    verdict = candidates["verdict"]
    barred = pc.or_(pc.equal(verdict, NOT_ALLOWED), pc.starts_with(verdict, OPEN_OFFER))
    return whole(pc.invert(pc.fill_null(barred, False)))


def refusals(opened: Opened, candidates: pa.Table, choice: Choice) -> Iterator[Diagnostic]:
    """R726: a named offer that loses money on those who would get it. R727: fewer codes than people who get one."""
    judged = pa.concat_arrays([whole(choice.taken["person_id"]), whole(choice.left["person_id"])])
    mine = candidates.filter(pc.and_(marked(candidates["person_id"], judged), _may_have(candidates)))
    left = pools(opened)
    for name in given(opened):
        rows = mine.filter(pc.equal(mine["offer"], name))
        if name != BEST and rows.num_rows:
            yield from _losing(name, rows, opened.business.currency)
        people = pc.sum(pc.equal(choice.taken["offer"], name)).as_py() or 0
        if people > left.get(name, people):
            said = f"offer {name!r} is given to {people:,} people and has {left[name]:,} left"
            yield Diagnostic("R727", said, hint="add codes, or `limits: people`, or let a step give the `best` offer")


def _losing(name: str, rows: pa.Table, currency: str) -> Iterator[Diagnostic]:
    refused = counts(rows["verdict"])
    profit = pc.sum(rows["expected_profit"]).as_py()
    if sum(refused.values()) < rows.num_rows and (profit is None or profit > 0):
        return
    why = f": {next(iter(refused))}" if refused else ""
    lost = "loses money" if profit is None else f"is expected to bring {profit:,.2f} {currency} in all"
    said = f"offer {name!r} is given to all who come to its step and {lost}{why}"
    yield Diagnostic("R726", said, hint="let the step give `best`, say in `if` who may have it, or make it smaller")
