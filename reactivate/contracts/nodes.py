"""A campaign's journey as a flat table of nodes, in document order: what the journey kernel walks.

`spec` compiles it, the ledger stores it as JSON with each version of a campaign, `journey` reads nothing else.
"""

import json
from typing import Any, Literal

from attrs import asdict, field, frozen

Verb = Literal["send", "call", "ads", "wait", "tag", "stop"]


@frozen
class Variant:
    """One arm of a `split`: the fields that differ from the step's own."""

    name: str
    share: float
    template: str | None = None
    subject: str | None = None
    offer: str | None = None


@frozen
class Node:
    """One step. Durations and rules are texts as written; `name` is identity for send, call and ads."""

    index: int
    verb: Verb
    name: str | None = None
    rule: str | None = None
    # send, call, ads
    by: tuple[str, ...] = ()
    template: str | None = None
    subject: str | None = None
    ask: tuple[str, ...] = ()
    offer: str | None = None
    at: str | None = None
    split: tuple[Variant, ...] = ()
    expires: str = "7d"
    purpose: str = "marketing"
    attempts: int = 3
    within: str = "14d"
    keep_for: str | None = None
    # wait
    wait: str | None = None
    or_until: str | None = None
    # tag, stop
    tag: str | None = None
    outcome: str | None = None
    pause: tuple[str, ...] = ()
    cool_off: str | None = None
    line: int = 0

    @property
    def contacts(self) -> bool:
        """Whether the step hands something over to a channel."""
        return self.verb in ("send", "call", "ads")


@frozen
class NodeTable:
    """The nodes of one segment (`''` where the campaign has no segments), and what follows the goal."""

    campaign: str
    segment: str
    nodes: tuple[Node, ...]
    after_goal: tuple[Node, ...] = field(default=())

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "NodeTable":
        raw = json.loads(text)
        return cls(
            raw["campaign"],
            raw["segment"],
            tuple(_node(item) for item in raw["nodes"]),
            tuple(_node(item) for item in raw["after_goal"]),
        )


def _node(raw: dict[str, Any]) -> Node:
    fixed: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    fixed["split"] = tuple(Variant(**item) for item in raw["split"])
    return Node(**fixed)
