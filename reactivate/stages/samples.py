"""A few finished messages, people masked, so that one sees what would leave."""

import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.contracts.messages import Message
from reactivate.contracts.nodes import Node
from reactivate.diagnostics import Diagnostic
from reactivate.stages.draft import Draft
from reactivate.stages.letters import Handled, Letters
from reactivate.stages.opened import Opened
from reactivate.stages.tables import aligned, whole
from reactivate.text import masked, masked_email, masked_phone

MOST = 10


def sample_messages(opened: Opened, drafted: Draft, treated: pa.Table) -> list[dict[str, Any]]:
    """Up to ten: some of each contact step, on the channel each person would get it by."""
    ways = [(segment, node) for segment, table in opened.tables.items() for node in table.nodes if node.contacts]
    if not ways or not treated.num_rows:
        return []
    each = max(1, MOST // len(ways))
    shown: list[dict[str, Any]] = []
    with Letters(opened.outbound.sender) as letters:
        for segment, node in ways:
            mine = treated.filter(pc.equal(treated["segment"], segment)) if opened.campaign.divided else treated
            shown += _of_step(opened, drafted, letters, node, mine, each)
    return shown[:MOST]


def _of_step(
    opened: Opened, drafted: Draft, letters: Letters, node: Node, people: pa.Table, most: int
) -> list[dict[str, Any]]:
    for channel in node.by:
        rows = drafted.reach[channel, node.purpose]
        able = whole(people["person_id"]).filter(pc.is_null(aligned(people["person_id"], rows)["why"]))
        if len(able):
            break
    else:
        return []
    chosen = able.slice(0, most)
    touches = pa.table(
        {
            "pass_id": pa.array(range(len(chosen)), pa.int64()),
            "person_id": chosen,
            "key": pa.array([f"sample{i}" for i in range(len(chosen))]),
            "variant": pa.array(
                [node.split[i % len(node.split)].name if node.split else None for i in range(len(chosen))], pa.string()
            ),
            "offer": _offers(node, aligned(chosen, people)),
        }
    )
    kind = opened.business.channels[channel].reaches
    words = opened.outbound.sample_words
    made = letters.make(Handled(opened.campaign.name, node, channel, kind), touches, drafted.profiles, rows, words)
    names = _names(chosen, drafted.profiles)
    return [_shown(node, channel, kind, item, names, opened) for item in made.values()]


def _offers(node: Node, people: pa.Table) -> pa.Array:
    """The step's offer; `best` is the one chosen for the person."""
    if node.offer == "best":
        return whole(people["offer"])
    return pa.repeat(pa.scalar(node.offer, pa.string()), people.num_rows)


def _names(people: pa.Array, profiles: pa.Table) -> dict[str, list[str]]:
    """The words of each person's name, which a sample must not show."""
    rows = aligned(people, profiles).to_pylist()
    parts = ("first_name", "last_name", "patronymic")
    return {row["person_id"]: [row[part] for part in parts if row.get(part)] for row in rows}


def _shown(
    node: Node, channel: str, kind: str, item: Message | Diagnostic, names: dict[str, list[str]], opened: Opened
) -> dict[str, Any]:
    if isinstance(item, Diagnostic):
        return {
            "step": node.name,
            "channel": channel,
            "to": "–",
            "subject": None,
            "text": f"cannot be made: {item.message}",
        }
    to = masked_email(item.to) if kind == "email" else masked_phone(item.to)
    hide = [*names.get(item.person, []), item.to]
    subject = _hidden(item.subject, hide, opened) if item.subject else None
    text = _hidden(item.text, hide, opened)
    return {"step": node.name, "channel": channel, "to": to, "subject": subject, "text": text}


def _hidden(text: str, hide: list[str], opened: Opened) -> str:
    """The text without the person's name and address, and without working links."""
    if opened.business.web:
        text = _cut(text, opened.business.web)
    for value in hide:
        text = text.replace(value, masked(value))
    return text


def _cut(text: str, web: str) -> str:
    """Every link under `web` without what makes it personal: `https://r.shop.example/u/…`."""
    return re.sub(rf"({re.escape(web.rstrip('/'))}/[^/\s]+/)[^\s<>\"')\]]+", r"\1…", text)
