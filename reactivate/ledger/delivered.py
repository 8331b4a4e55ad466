"""What became of the touches that were due, as the ledger has it after a delivery."""

from typing import TYPE_CHECKING

import pyarrow as pa
from sqlalchemy import select

from reactivate.ledger import schema as t

if TYPE_CHECKING:
    from reactivate.ledger.ledger import Ledger

DELIVERED = pa.schema(
    [
        ("key", pa.string()),
        ("pass_id", pa.int64()),
        ("person_id", pa.string()),
        ("step", pa.string()),
        ("state", pa.string()),
        ("reason", pa.string()),
        ("provider_id", pa.string()),
    ]
)
"""One row per due touch; `state` planned = held back, `provider_id` null until the channel told one."""


def as_it_stands(ledger: "Ledger", due: pa.Table, halted: str | None) -> pa.Table:
    """State, reason and provider's id of every row of `due` now; `halted` is the reason of what was held back by it."""
    c, m = t.touch.c, t.message.c
    found: dict[int, tuple[str, str | None, str | None]] = {}
    ids, step = due["pass_id"].to_pylist(), due["step"][0].as_py()
    with ledger.store.read() as connection:
        for start in range(0, len(ids), 500):
            query = (
                select(c.pass_id, c.state, c.reason, m.provider_id)
                .join(t.step, t.step.c.id == c.step_id)
                .outerjoin(t.message, (m.pass_id == c.pass_id) & (m.step_id == c.step_id))
                .where(c.pass_id.in_(ids[start : start + 500]), t.step.c.name == step)
            )
            for pass_id, state, reason, provider in connection.execute(query):
                found[pass_id] = (state, halted if state == "planned" and halted else reason, provider)
    states = [found[pass_id] for pass_id in ids]
    columns = {name: due[name] for name in ("key", "pass_id", "person_id", "step")}
    told = zip(*states, strict=True)
    columns |= {name: pa.array(values, pa.string()) for name, values in zip(DELIVERED.names[4:], told, strict=True)}
    return pa.table(columns).cast(DELIVERED)
