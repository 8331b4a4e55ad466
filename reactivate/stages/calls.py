"""Calls whose time is over without a final result: they end as `no_answer`, or `not_called` when nobody tried."""

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.contracts.contract import MOMENT
from reactivate.stages.facts import FINAL_RESULTS
from reactivate.stages.tables import marked

SOURCE = "reactivate"


def overdue(touches: pa.Table, events: pa.Table, steps: Collection[str], now: pa.Scalar) -> pa.Table:
    """Events that close them: `source, event_id, key, kind, value, at`; `at` is the end of the step's `within`.

    `touches` and `events` of the campaign as the ledger has them; `steps`: names of call steps.
    """
    calls = touches.filter(marked(touches["step"], pa.array(sorted(steps), pa.string())))
    late = pc.and_(pc.equal(calls["state"], "accepted"), pc.less_equal(calls["expires_at"], now))
    calls = calls.filter(late)
    told = events.filter(pc.equal(events["kind"], "result"))
    final = told.filter(marked(told["value"], pa.array(sorted(FINAL_RESULTS))))
    open_ = calls.filter(pc.invert(marked(_places(calls), _places(final))))
    tried = marked(_places(open_), _places(told))
    rows = open_.num_rows
    return pa.table(
        {
            "source": pa.repeat(pa.scalar(SOURCE), rows),
            "event_id": pc.binary_join_element_wise("overdue", open_["key"], "/"),
            "key": open_["key"],
            "kind": pa.repeat(pa.scalar("result"), rows),
            "value": pc.if_else(tried, pa.scalar("no_answer"), pa.scalar("not_called")),
            "at": open_["expires_at"].cast(MOMENT),
        }
    )


def _places(table: pa.Table) -> pa.ChunkedArray:
    """Pass and step as one text."""
    return pc.binary_join_element_wise(table["pass_id"].cast(pa.string()), table["step"], "/")
