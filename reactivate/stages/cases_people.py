"""The person of a case as a profile of one row: orders counted by `analytics.profile`, the rest as the case says."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from reactivate.analytics import window_name, window_of
from reactivate.contracts.contract import MOMENT, TEXTS
from reactivate.contracts.schemas import ORDERS, PEOPLE
from reactivate.contracts.settings import Share
from reactivate.contracts.values import Duration, Money
from reactivate.diagnostics import Collector
from reactivate.rules.types import Kind, Name
from reactivate.spec.business import Business
from reactivate.spec.load import Loaded
from reactivate.spec.scalars import READERS, Around, Unreadable
from reactivate.spec.tree import Node, Scalar, Sequence
from reactivate.stages.asof import AsOf
from reactivate.stages.case_file import Case, Order
from reactivate.stages.profile import Heard, profiles
from reactivate.stages.rulebook import Rulebook
from reactivate.stages.tables import with_columns
from reactivate.text import nearest

_AHEAD = "expected_orders"
_NOON = time(12)
_READ: dict[Kind, Any] = {
    Kind.COUNT: (int, int),
    Kind.MONEY: (Money, lambda money: money.amount),
    Kind.SHARE: (Share, float),
    Kind.DURATION: (Duration, lambda length: length.days),
    Kind.DATE: (date, lambda day: day),
    Kind.YESNO: (bool, bool),
}
"""How a column is read from the file, and what of it goes into the profile."""


def profile_of(case: Case, loaded: Loaded, rules: Rulebook, moment: AsOf, found: Collector) -> pa.Table:
    """One row by the names of the rules. Columns that compare with other customers are missing unless given.

    Everybody starts with no contact, no answer and no tag; `can_…` is what `reached_by` says, all channels without it.
    """
    business, person = loaded.business, case.person
    windows = [window for window in rules.windows if window[0] != _AHEAD]
    table = profiles(
        PEOPLE.table(person_id=[case.name], records=[1], tags=[[]], country=[None]),
        _orders(case.name, person.orders, business.zone),
        as_of=moment.day,
        zone=business.zone,
        windows=windows,
        margin=_margins(business),
        heard=_nothing_heard(business),
    )
    ahead = {window_name(*window): pa.nulls(1, pa.float64()) for window in rules.windows if window[0] == _AHEAD}
    reached = business.channels if person.reached_by is None else person.reached_by
    staff = [name for name, channel in business.channels.items() if channel.reaches in ("staff", "ads")]
    can = {f"can_{name}": pa.array([name in reached or name in staff]) for name in business.channels}
    table = rules.with_missing(with_columns(table, {**ahead, **can}))
    given = {}
    for key, value in person.columns:
        column = _column(key, value, table, rules, business, found)
        if column is not None:
            given[_source(key.text, rules)] = column
    return with_columns(table, given)


def _orders(person: str, orders: tuple[Order, ...], zone: ZoneInfo) -> pa.Table:
    numbers = [str(number) for number in range(1, len(orders) + 1)]
    table = ORDERS.table(
        source=["test"] * len(orders),
        record_id=[person] * len(orders),
        order_id=numbers,
        ordered_at=pa.array([datetime.combine(order.on, _NOON, zone) for order in orders], MOMENT),
        ordered_on=pa.array([order.on for order in orders], pa.date32()),
        amount=pa.array([order.amount for order in orders], ORDERS.schema.field("amount").type),
        paid=pa.array([True] * len(orders), pa.bool_()),
        items=pa.array([list(order.items) or None for order in orders], TEXTS),
        category=pa.array([order.category for order in orders], pa.string()),
    )
    return table.append_column("person_id", pa.array([person] * len(orders), pa.string()))


def _nothing_heard(business: Business) -> Heard:
    def empty(*names: str) -> pa.Table:
        return pa.schema([(name, MOMENT if name == "at" else pa.string()) for name in names]).empty_table()

    return Heard(
        answers=empty("person_id", "question", "value", "at"),
        touched=empty("person_id", "at"),
        clicked=empty("person_id", "at"),
        tagged=empty("person_id", "tag"),
        inside=empty("person_id", "campaign"),
        questions={name: question.pick == "many" for name, question in business.questions.items()},
        marks=business.marks,
    )


def _margins(business: Business) -> dict[str, float] | None:
    margin = business.margin
    if margin is None:
        return None
    return {str(k): float(v) for k, v in margin.items()} if isinstance(margin, dict) else {"default": float(margin)}


def _name(written: str, rules: Rulebook) -> Name | None:
    window = window_of(written)
    return rules.scopes.people.get(window[0] if window else written)


def _source(written: str, rules: Rulebook) -> str:
    name = _name(written, rules)
    return name.source if name is not None and window_of(written) is None else written


def _column(
    key: Scalar, value: Node, table: pa.Table, rules: Rulebook, business: Business, found: Collector
) -> pa.Array | None:
    """One given column as an array of one; None after a complaint."""
    name = _name(key.text, rules)
    if name is None:
        close = nearest(key.text, rules.scopes.people)
        hint = f"did you mean {close}?" if close else "a column is a name that audience rules may use"
        found.error("R281", f"there is no column {key.text!r}", key.span, hint)
        return None
    source = _source(key.text, rules)
    kind = table.schema.field(source).type if source in table.column_names else None
    cell = _cell(name, value, business, found)
    if cell is None:
        return None
    return pa.array([cell]) if kind is None or pa.types.is_null(kind) else pa.array([cell]).cast(kind)


def _cell(name: Name, node: Node, business: Business, found: Collector) -> Any:
    if name.kind is Kind.LIST and isinstance(node, Sequence):
        words = [item.text for item in node.items if isinstance(item, Scalar)]
        return words if all(_fits(name, item, found) for item in node.items) else None
    if not isinstance(node, Scalar) or name.kind is Kind.LIST:
        found.error("R281", f"{name.name}: expected {name.kind}, got {node.kind}", node.span)
        return None
    if name.kind is Kind.TEXT:
        return node.text if _fits(name, node, found) else None
    return _typed(_READ[name.kind], node, business, found)


def _fits(name: Name, node: Node, found: Collector) -> bool:
    """Whether a word is one of the fixed set of its column."""
    text = node.text if isinstance(node, Scalar) else ""
    if not name.words or text in name.words:
        return True
    close = nearest(text, name.words)
    found.error("R281", f"{name.name} is never {text!r}", node.span, f"did you mean {close}?" if close else None)
    return False


def _typed(how: tuple[Any, Any], node: Scalar, business: Business, found: Collector) -> Any:
    kind, made = how
    try:
        return made(READERS[kind].read(node, Around(business.folder, business.currency)))
    except Unreadable as fault:
        found.error(fault.code, fault.message, node.span, fault.hint)
        return None
