"""Why two records are one person or two: what each field says, the links that lead from one to the other."""

from collections import deque
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.errors import DataError
from reactivate.host.remembering import Memory
from reactivate.ledger.decisions import Decision, Key
from reactivate.stages.decided import Decided
from reactivate.stages.match import asked
from reactivate.stages.opened import Opened
from reactivate.stages.review import cards_of
from reactivate.stages.review_undo import key_of
from reactivate.stages.story import find_person
from reactivate.stages.sync import matcher_of, matching_folder
from reactivate.stages.tables import whole


def explain_pair(opened: Opened, one: str, two: str) -> dict[str, Any]:
    """`pair/1`: both cards, the evidence, the verdict, the path of links, the reviewers' decision.

    `one` and `two`: a record as `source:id`, or a person (id, e-mail, phone), for whom the record speaks that the
    surest link joins to the other side. DataError R685, R642, R643; R687 when both are one record.
    """
    left, right = _pair(opened, one, two)
    if left == right:
        raise DataError.because("R687", f"{one} and {two} are one record", "name two records, or two persons")
    cards = cards_of(opened.base, [left, right])
    path = _path(opened, left, right)
    return {
        "format": "pair/1",
        "left": _told(cards[0]),
        "right": _told(cards[1]),
        "one_person": cards[0].person == cards[1].person,
        "decision": _decision(opened, left, right),
        "evidence": _evidence(opened, left, right),
        "link": _between(opened, left, right),
        "path": path,
        "weakest": min(path, key=lambda link: link["probability"]) if path else None,
    }


def weakest_bridge(opened: Opened, person: str) -> dict[str, Any] | None:
    """The link that holds a person's records together worst; None with a single record."""
    members = opened.base.table("members")
    mine = members.filter(pc.equal(members["person_id"], person))
    theirs = pc.binary_join_element_wise(mine["source"], mine["record_id"], "\x1f")
    links = opened.base.table("links")
    merge = links.filter(pc.equal(links["band"], "merge"))
    keys = whole(pc.binary_join_element_wise(merge["left_source"], merge["left_record_id"], "\x1f"))
    bridges = merge.filter(pc.is_in(keys, value_set=whole(theirs)))
    if not bridges.num_rows:
        return None
    shakiest = bridges.sort_by([("probability", "ascending"), ("left_record_id", "ascending")]).slice(0, 1)
    return dict(shakiest.to_pylist()[0])


def _pair(opened: Opened, one: str, two: str) -> tuple[Key, Key]:
    sides = [_records(opened, text) for text in (one, two)]
    if len(sides[0]) == len(sides[1]) == 1:
        return sides[0][0], sides[1][0]
    between = [
        (link["probability"], *ends)
        for link in _links(opened, sides[0])
        for ends in ((_left(link), _right(link)), (_right(link), _left(link)))
        if ends[0] in sides[0] and ends[1] in sides[1]
    ]
    if between:
        _, left, right = max(between)
        return left, right
    return sides[0][0], sides[1][0]


def _records(opened: Opened, text: str) -> list[Key]:
    """The record named, or all of the person named."""
    members = opened.base.table("members")
    if ":" in text:
        return [key_of(opened.base, text)]
    theirs = members.filter(pc.equal(members["person_id"], find_person(opened, text)))
    return list(zip(theirs["source"].to_pylist(), theirs["record_id"].to_pylist(), strict=True))


def _evidence(opened: Opened, left: Key, right: Key) -> dict[str, Any] | None:
    """What the matcher says field by field; None when it cannot tell more than the reason of its link."""
    matcher = matcher_of(opened.business, opened.moment.now)
    if not hasattr(matcher, "explain_pair"):
        return None
    records = opened.base.table("records")
    keys = whole(pc.binary_join_element_wise(records["source"], records["record_id"], "\x1f"))
    rows = pc.index_in(pa.array(["\x1f".join(left), "\x1f".join(right)]), value_set=keys).to_pylist()
    said = Decided.of(opened.ledger.identity.decisions(), records)
    memory = Memory(matching_folder(opened.ledger), said.must_link, said.cannot_link)
    told = asked(lambda: matcher.explain_pair(records, *rows, memory))
    fields = [
        {"field": item.field, "left": item.left, "right": item.right, "level": item.level, "bits": item.bits}
        for item in told.evidence
    ]
    return {"fields": fields, "prior_bits": told.prior_bits, "total_bits": told.total_bits,
            "probability": told.probability}  # fmt: skip


def _path(opened: Opened, left: Key, right: Key) -> list[dict[str, Any]]:
    """The merge links that lead from one record to the other; empty when none do."""
    near: dict[Key, list[tuple[Key, dict[str, Any]]]] = {}
    for link in _links(opened, _theirs(opened, left)):
        if link["band"] == "merge":
            near.setdefault(_left(link), []).append((_right(link), link))
            near.setdefault(_right(link), []).append((_left(link), link))
    came: dict[Key, tuple[Key, dict[str, Any]] | None] = {left: None}
    waiting = deque([left])
    while waiting and right not in came:
        node = waiting.popleft()
        for other, link in near.get(node, []):
            if other not in came:
                came[other] = (node, link)
                waiting.append(other)
    steps, node = [], right
    while (step := came.get(node)) is not None:
        node = step[0]
        steps.append(step[1])
    return steps[::-1]


def _links(opened: Opened, records: list[Key]) -> list[dict[str, Any]]:
    """Links with an end among these records."""
    links = opened.base.table("links")
    wanted = pa.array(["\x1f".join(key) for key in records])
    ends = (whole(pc.binary_join_element_wise(links[f"{side}_source"], links[f"{side}_record_id"], "\x1f"))
            for side in ("left", "right"))  # fmt: skip
    touching = pc.or_(*(pc.is_in(keys, value_set=wanted) for keys in ends))
    rows: list[dict[str, Any]] = links.filter(touching).to_pylist()
    return rows


def _theirs(opened: Opened, key: Key) -> list[Key]:
    """All records of the person that a record is."""
    members = opened.base.table("members")
    mine = pc.and_(pc.equal(members["source"], key[0]), pc.equal(members["record_id"], key[1]))
    person = members.filter(mine)["person_id"][0]
    theirs = members.filter(pc.equal(members["person_id"], person))
    return list(zip(theirs["source"].to_pylist(), theirs["record_id"].to_pylist(), strict=True))


def _between(opened: Opened, left: Key, right: Key) -> dict[str, Any] | None:
    """The matcher's own link between the two; null = it laid none."""
    return next((link for link in _links(opened, [left]) if {_left(link), _right(link)} == {left, right}), None)


def _left(link: dict[str, Any]) -> Key:
    return link["left_source"], link["left_record_id"]


def _right(link: dict[str, Any]) -> Key:
    return link["right_source"], link["right_record_id"]


def _decision(opened: Opened, left: Key, right: Key) -> dict[str, Any] | None:
    asked_for = Decision.about(left, right, True)
    for row in opened.ledger.identity.decisions().to_pylist():
        pair = ((row["left_source"], row["left_record_id"]), (row["right_source"], row["right_record_id"]))
        if pair == (asked_for.left, asked_for.right):
            return {"same": row["same"], "by_whom": row["by_whom"], "at": row["at"].isoformat(), "note": row["note"]}
    return None


def _told(card: Any) -> dict[str, Any]:
    return {"record": card.word, "person_id": card.person, "name": card.name, **card.values}
