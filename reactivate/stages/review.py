"""What reviewers are asked: pairs of persons who may be one, the most worthwhile first."""

from base64 import b32encode
from datetime import date
from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import field, frozen

from reactivate.ledger.decisions import Key
from reactivate.stages.base import Base
from reactivate.stages.tables import whole

_SHOWN = ("phone", "email", "address", "birth_date", "city", "comment")


@frozen
class Card:
    """One record as it was read, and what hangs on its person: records, paid orders, the last of them."""

    key: Key
    person: str
    name: str | None
    values: dict[str, str]
    records: int
    orders: int
    last_order_on: date | None

    @property
    def word(self) -> str:
        """`source:id`, as commands take it."""
        return ":".join(self.key)


@frozen
class Question:
    """Are these two records one person? `chance` as the matcher sees it; `worth`: see `questions`."""

    left: Card
    right: Card
    chance: float
    reason: str | None
    worth: float
    pair: str = field(init=False)

    @pair.default
    def _pair(self) -> str:
        return pair_id(self.left.key, self.right.key)


def pair_id(one: Key, two: Key) -> str:
    """A short name of a pair of records that a spreadsheet takes for nothing but text."""
    told = "\x1e".join("\x1f".join(key) for key in sorted((one, two)))
    return "p" + b32encode(sha256(told.encode()).digest()).decode()[:11].lower()


def open_pairs(base: Base, decisions: pa.Table) -> pa.Table:
    """Pairs in the review band that nobody has decided, one per two persons, most worthwhile first.

    Columns of `links` with `worth`, `left_person`, `right_person`. A decision is worth the chance that keeping the two
    apart is wrong, times the orders whose history it would put right (and one for the two cards themselves).
    """
    links, members = base.table("links"), base.table("members")
    pairs = links.filter(pc.equal(links["band"], "review"))
    sides = {side: _keys(pairs, f"{side}_source", f"{side}_record_id") for side in ("left", "right")}
    known = pc.is_in(_joint(sides["left"], sides["right"]), value_set=_decided(decisions))
    member_keys, persons = _keys(members, "source", "record_id"), whole(members["person_id"])
    for side, keys in sides.items():
        pairs = pairs.append_column(f"{side}_person", persons.take(pc.index_in(keys, value_set=member_keys)))
    pairs = pairs.filter(pc.and_(pc.invert(known), pc.not_equal(pairs["left_person"], pairs["right_person"])))
    if not pairs.num_rows:
        return pairs.append_column("worth", pa.array([], pa.float64()))
    orders = _orders(base.table("orders"))
    held = pc.add(*(_count(orders, pairs[f"{side}_person"]) for side in ("left", "right")))
    worth = pc.multiply(pairs["probability"], pc.add(held, 1).cast(pa.float64()))
    return _one_per_persons(pairs.append_column("worth", worth))


def questions(base: Base, decisions: pa.Table, most: int | None = None) -> list[Question]:
    """The questions of `open_pairs` with both cards, at most so many."""
    return asked(base, open_pairs(base, decisions).slice(0, most))


def asked(base: Base, pairs: pa.Table) -> list[Question]:
    """Some pairs as questions, in their order."""
    rows = pairs.to_pylist()
    keys = [(row[f"{side}_source"], row[f"{side}_record_id"]) for row in rows for side in ("left", "right")]
    cards = cards_of(base, keys)
    return [
        Question(cards[2 * place], cards[2 * place + 1], row["probability"], row["reason"], row["worth"])
        for place, row in enumerate(rows)
    ]


def cards_of(base: Base, keys: list[Key]) -> list[Card]:
    """The cards of records that are in the base, in the order asked."""
    records, members = base.table("records"), base.table("members")
    wanted = pa.array(["\x1f".join(key) for key in keys], pa.string())
    rows = records.take(pc.index_in(wanted, value_set=_keys(records, "source", "record_id"))).to_pylist()
    person = whole(members["person_id"]).take(pc.index_in(wanted, value_set=_keys(members, "source", "record_id")))
    held = {row["values"]: row["counts"] for row in pc.value_counts(whole(members["person_id"])).to_pylist()}
    orders = {row["person_id"]: row for row in _orders(base.table("orders")).to_pylist()}
    return [
        _card(key, row, who, held[who], orders.get(who, {}))
        for key, row, who in zip(keys, rows, person.to_pylist(), strict=True)
    ]


def _card(key: Key, row: dict[str, Any], person: str, records: int, orders: dict[str, Any]) -> Card:
    parts = [row[name] for name in ("last_name", "first_name", "patronymic") if row[name]]
    values = {name: " / ".join(str(row[name]).split("\n")) for name in _SHOWN if row[name] not in (None, "")}
    return Card(key, person, row["name"] or " ".join(parts) or None, values, records, orders.get("n", 0),
                orders.get("last"))  # fmt: skip


def _orders(orders: pa.Table) -> pa.Table:
    """`person_id, n, last` of paid orders."""
    paid = orders.filter(pc.and_(orders["paid"], pc.is_valid(orders["person_id"])))
    found = paid.group_by("person_id").aggregate([("ordered_on", "count"), ("ordered_on", "max")])
    return found.rename_columns(["person_id", "n", "last"])


def _count(orders: pa.Table, persons: pa.ChunkedArray) -> pa.Array:
    place = pc.index_in(whole(persons), value_set=whole(orders["person_id"]))
    return pc.fill_null(whole(orders["n"]).take(place), 0)


def _one_per_persons(pairs: pa.Table) -> pa.Table:
    """The likeliest pair of each two persons, by falling worth, then by key: the same list every time."""
    low = pc.min_element_wise(pairs["left_person"], pairs["right_person"])
    high = pc.max_element_wise(pairs["left_person"], pairs["right_person"])
    pairs = pairs.append_column("_persons", pc.binary_join_element_wise(low, high, "\x1f"))
    by_key = [(f"{side}_{name}", "ascending") for side in ("left", "right") for name in ("source", "record_id")]
    ordered = pairs.sort_by([("_persons", "ascending"), ("probability", "descending"), *by_key])
    persons = whole(ordered["_persons"]).dictionary_encode().indices.to_numpy()
    first = np.concatenate([[True], persons[1:] != persons[:-1]])
    return ordered.filter(pa.array(first)).drop_columns(["_persons"]).sort_by([("worth", "descending"), *by_key])


def _keys(table: pa.Table, source: str, record: str) -> pa.Array:
    return whole(pc.binary_join_element_wise(table[source], table[record], "\x1f"))


def _joint(one: pa.Array, two: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(pc.min_element_wise(one, two), pc.max_element_wise(one, two), "\x1e")


def _decided(decisions: pa.Table) -> pa.Array:
    return _joint(*(_keys(decisions, f"{side}_source", f"{side}_record_id") for side in ("left", "right")))
