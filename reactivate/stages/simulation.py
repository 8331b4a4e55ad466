"""A campaign on a fake clock: the same draft and journey kernel, supposed answers; the ledger is only read."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.contracts.nodes import Node
from reactivate.contracts.schemas import PASSES
from reactivate.diagnostics import Collector
from reactivate.errors import EnvironmentFault, SpecError
from reactivate.journey import Responses, Simulation, funnel, simulate
from reactivate.spec.tree import Mapping, Scalar, Sequence
from reactivate.spec.yaml import read
from reactivate.stages.draft import Draft, draft
from reactivate.stages.opened import Opened
from reactivate.stages.response import effect, respond
from reactivate.stages.tables import whole


def play(opened: Opened, responses: Responses, days: int, drafted: Draft | None = None) -> dict[str, Any]:
    """Let those who would enter now pass through the campaign; `simulation/1`: the funnel and what it would cost."""
    drafted = drafted or draft(opened)
    within = opened.campaign.goal.within
    response = None
    if responses.orders is not None:
        response = respond(responses.orders, drafted.entry.entrants, within.days, responses.seed)
    result = simulate(
        opened.tables,
        starting(opened, drafted),
        drafted.profiles,
        _rules(opened),
        responses,
        start=opened.moment.now,
        days=days,
        zone=opened.zone,
        goal=opened.campaign.goal.event,
        within=within,
        allowed=lambda node, passes, now: _open(opened, drafted, node, passes, now),
        capacity=_capacity(opened),
        marks=opened.business.marks,
        fates=None if response is None else response.fates,
    )
    shown = {} if response is None else {"effect": effect(response, result)}
    return told(opened, result, days, responses.seed) | shown


def starting(opened: Opened, drafted: Draft) -> pa.Table:
    """The entrants as passes that exist only here: numbered from 1, nothing of them is in the ledger."""
    entrants = drafted.entry.entrants
    rows = entrants.num_rows
    now = pa.repeat(pa.scalar(opened.moment.now, pa.timestamp("us", tz="UTC")), rows)
    segment = entrants["segment"] if opened.campaign.divided else pa.repeat(pa.scalar(""), rows)
    return PASSES.table(
        pass_id=pa.array(range(1, rows + 1), pa.int64()),
        person_id=entrants["person_id"],
        number=pa.repeat(pa.scalar(1, pa.int32()), rows),
        version=pa.repeat(pa.scalar(0, pa.int64()), rows),
        segment=segment,
        arm=entrants["arm"],
        entered_at=now,
        node=pa.repeat(pa.scalar(0, pa.int32()), rows),
        part=pa.repeat(pa.scalar("journey"), rows),
        since_at=now,
        state=pa.repeat(pa.scalar("inside"), rows),
        offer=entrants["offer"],
    )


def told(opened: Opened, result: Simulation, days: int, seed: int) -> dict[str, Any]:
    """The outcome as JSON: funnel with denominators, touches per step and state, cost."""
    steps = [str(n.name) for table in opened.tables.values() for n in (*table.nodes, *table.after_goal) if n.contacts]
    counts = funnel(result.passes, result.touches, result.events, dict.fromkeys(steps))
    nodes = {str(n.name): n for table in opened.tables.values() for n in (*table.nodes, *table.after_goal)}
    sent = result.touches.filter(pc.equal(result.touches["state"], "accepted"))
    paid = sent.group_by(["step", "channel"]).aggregate([([], "count_all")]).to_pylist()
    cost = sum(row["count_all"] * opened.outbound.contact_price(row["channel"], nodes[row["step"]]) for row in paid)
    return {
        "format": "simulation/1",
        "campaign": opened.campaign.name,
        "spec_hash": opened.loaded.hash,
        "as_of": str(opened.moment.day),
        "days": days,
        "seed": seed,
        "funnel": [count.to_json() for count in counts],
        "cost": {"amount": round(cost, 2), "currency": opened.business.currency},
    }


def read_responses(path: str | None) -> Responses:
    """Supposed answers from a YAML file; nobody answers without one. EnvironmentFault R903, SpecError R280 and R1xx."""
    if path is None:
        return Responses()
    try:
        data = Path(path).read_bytes()
    except OSError as fault:
        raise EnvironmentFault.because("R903", f"cannot read {path}: {fault.strerror}") from None
    found = Collector()
    tree, _ = read(data, path, found)
    if found.failed or tree is None:
        raise SpecError(found.errors)
    return Responses.parse(_plain(tree), path)


def _plain(node: Mapping | Sequence | Scalar) -> Any:
    if isinstance(node, Mapping):
        return {entry.key.text: _plain(entry.value) for entry in node.entries}
    return [_plain(item) for item in node.items] if isinstance(node, Sequence) else node.text


def _rules(opened: Opened) -> dict[str, Any]:
    return {text: rule for table in opened.tables.values() for text, rule in opened.rules.journey(table).items()}


def _open(opened: Opened, drafted: Draft, node: Node, passes: pa.Table, now: datetime) -> pa.Array:
    """Hours at the simulated moment, on the first channel of the step that has any."""
    channel = node.by[0]
    return whole(opened.permission.open_hours(passes["person_id"], channel, node, drafted.profiles, now))


def _capacity(opened: Opened) -> dict[str, int]:
    """Contacts per calendar day of the channels that have a daily limit."""
    limits = {name: channel.at_most for name, channel in opened.business.channels.items()}
    return {name: int(rate.amount) for name, rate in limits.items() if rate is not None and rate.per == "day"}
