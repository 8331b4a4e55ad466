"""Why a person has each word: the segmenters' own sentences, the service due, the titles recommended."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.analytics import nextproduct, why
from reactivate.stages.opened import Opened
from reactivate.stages.profile import Column
from reactivate.stages.shelf import sold_lines

_SHOWN = 3


def reasons(opened: Opened, person: str, row: dict[str, Any]) -> dict[str, str]:
    """Column -> one sentence, for every word of the person that somebody can explain. `row` is the profile."""
    day = opened.moment.day
    orders = opened.base.table("orders")
    mine = orders.filter(pc.equal(orders["person_id"], person))
    found = {column.name: said for column in opened.columns if (said := _said(column, row, mine, opened))}
    if opened.services and "due_service" not in found:
        found["due_service"] = why.why_due(row, mine, opened.services, as_of=day)
    if "recommended" in opened.shelf:
        found["recommended"] = _titles(opened, person, orders)
    return found


def _said(column: Column, row: dict[str, Any], orders: pa.Table, opened: Opened) -> str | None:
    """The sentence of a segmenter that can explain itself; its first column stands in the row under its own name."""
    explain = getattr(column.segmenter, "why", None)
    if explain is None:
        return None
    own = column.descriptor.adds[0].name
    return str(explain({**row, own: row[column.name]}, orders, opened.moment.day))


def _titles(opened: Opened, person: str, orders: pa.Table) -> str:
    sold = sold_lines(orders, opened.base.table("lines"))
    found = nextproduct.recommendations(pa.array([person]), sold, as_of=opened.moment.day, most=_SHOWN)
    return "; ".join(why.why_recommended(found)) or "nothing: no title of the person's goes with another often enough"
