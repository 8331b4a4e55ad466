"""A typed rule on Arrow columns, one record batch at a time.

Inside, every kind has one shape: counts and durations int64 or float64, shares float64, money int64 hundredths, dates
int64 days since 1970, claims bool. Arrow would otherwise wrap 32-bit sums, widen decimals until it gives up, raise on a
division of whole numbers by zero and treat NaN as a value; here each of these is missing, that is null.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.errors import DataError
from reactivate.rules import typed
from reactivate.rules.lookup import folded
from reactivate.rules.types import Kind

MOST_CENTS = 10**18 - 1
"""Money is decimal128(18,2); a sum beyond it is missing."""
FIRST_DAY, LAST_DAY = (date.min - date(1970, 1, 1)).days, (date.max - date(1970, 1, 1)).days
_EPOCH = date(1970, 1, 1)
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": pc.equal, "!=": pc.not_equal, "<": pc.less, "<=": pc.less_equal, ">": pc.greater, ">=": pc.greater_equal,
}  # fmt: skip
_PLAIN: dict[str, Callable[[Any, Any], Any]] = {"+": pc.add, "-": pc.subtract, "*": pc.multiply, "/": pc.divide}

Edges = Mapping[typed.Top, Any]
"""For every `in top`, the smallest value that is still in; a null scalar when nobody has one."""


def evaluate(node: typed.Value, batch: pa.RecordBatch, edges: Edges) -> Any:  # noqa: PLR0911 - one case each
    """The value of `node` for every row: an Arrow array in the shape of its kind, or a scalar for a constant."""
    match node:
        case typed.Const():
            return _constant(node)
        case typed.Column(kind, column):
            return column_of(batch, column, kind)
        case typed.Arithmetic():
            return _reckon(node, evaluate(node.left, batch, edges), evaluate(node.right, batch, edges))
        case typed.Compare(operator, left, right):
            return _COMPARE[operator](*_alike(evaluate(left, batch, edges), evaluate(right, batch, edges)))
        case typed.Among(left, words, negated):
            found = _among(evaluate(left, batch, edges), words)
            return pc.invert(found) if negated else found
        case typed.Contains(left, word):
            return _contains(evaluate(left, batch, edges), word)
        case typed.Top(left):
            return pc.greater_equal(*_alike(evaluate(left, batch, edges), edges[node]))
        case typed.Missing(operand, negated):
            value = evaluate(operand, batch, edges)
            return pc.is_valid(value) if negated else pc.is_null(value)
        case typed.Not(operand):
            return pc.invert(evaluate(operand, batch, edges))
        case typed.All(parts):
            return _joined(pc.and_kleene, parts, batch, edges)
        case typed.Any(parts):
            return _joined(pc.or_kleene, parts, batch, edges)


def _joined(
    join: Callable[[Any, Any], Any], parts: tuple[typed.Value, ...], batch: pa.RecordBatch, edges: Edges
) -> Any:
    found = evaluate(parts[0], batch, edges)
    for part in parts[1:]:
        found = join(found, evaluate(part, batch, edges))
    return found


def _constant(node: typed.Const) -> pa.Scalar:
    match node.value:
        case date() as day:
            return pa.scalar((day - _EPOCH).days, pa.int64())
        case Decimal() as sum_:
            return pa.scalar(int(sum_ * 100), pa.int64())
        case int() as whole if node.kind is not Kind.SHARE and node.kind is not Kind.POINTS:
            return pa.scalar(whole, pa.int64())
        case number:
            return pa.scalar(float(number), pa.float64())


# columns


def column_of(batch: pa.RecordBatch, name: str, kind: Kind) -> pa.Array:
    """A column in the shape of its kind. Raises DataError: R601 no such column, R602 not of this kind."""
    at = batch.schema.get_field_index(name)
    if at < 0:
        raise DataError.because("R601", f"a rule reads {name!r}, the table has no such column")
    values = batch.column(at)
    try:
        shaped = _SHAPES[kind](values)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        shaped = None
    if shaped is None:
        raise DataError.because("R602", f"a rule reads {name!r} as {kind}, the column is {values.type}")
    return shaped


def _number(values: pa.Array) -> pa.Array | None:
    type_ = values.type
    if pa.types.is_integer(type_) or pa.types.is_null(type_):
        return values.cast(pa.int64())
    if pa.types.is_floating(type_) or pa.types.is_decimal(type_):
        return _no_nan(values.cast(pa.float64()))
    return None


def _share(values: pa.Array) -> pa.Array | None:
    found = _number(values)
    return None if found is None else _double(found)


def _money(values: pa.Array) -> pa.Array | None:
    type_ = values.type
    if pa.types.is_decimal(type_):
        exact = values if type_.scale <= 2 else pc.round(values, 2, round_mode="half_to_even")
        return exact.cast(pa.decimal128(38, 2)).view(pa.decimal128(38, 0)).cast(pa.int64())
    if pa.types.is_null(type_):
        return values.cast(pa.int64())
    found = _number(values)
    return None if found is None else _cents(pc.multiply(_double(found), 100.0))


def _days(values: pa.Array) -> pa.Array | None:
    type_ = values.type
    if pa.types.is_null(type_):
        return values.cast(pa.int64())
    if not (pa.types.is_date(type_) or pa.types.is_timestamp(type_)):
        return None
    return values.cast(pa.date32(), safe=False).cast(pa.int32()).cast(pa.int64())


def _text(values: pa.Array) -> pa.Array | None:
    if pa.types.is_null(values.type):
        return values.cast(pa.string())
    inner = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    return values if _is_text(inner) else None


def _list(values: pa.Array) -> pa.Array | None:
    type_ = values.type
    if pa.types.is_null(type_):
        return values.cast(pa.list_(pa.string()))
    if not (pa.types.is_list(type_) or pa.types.is_large_list(type_)):
        return None
    return values if pa.types.is_null(type_.value_type) or _text(pa.nulls(0, type_.value_type)) is not None else None


def _yes_no(values: pa.Array) -> pa.Array | None:
    good = pa.types.is_boolean(values.type) or pa.types.is_null(values.type)
    return values.cast(pa.bool_()) if good else None


def _is_text(type_: pa.DataType) -> bool:
    return bool(pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_string_view(type_))


_SHAPES: dict[Kind, Callable[[pa.Array], pa.Array | None]] = {
    Kind.COUNT: _number,
    Kind.DURATION: _number,
    Kind.SHARE: _share,
    Kind.POINTS: _share,
    Kind.MONEY: _money,
    Kind.DATE: _days,
    Kind.TEXT: _text,
    Kind.LIST: _list,
    Kind.YESNO: _yes_no,
}


# numbers


def _double(value: Any) -> Any:
    # unsafe: a whole number beyond 2**53 takes the nearest double instead of raising
    return value if value.type == pa.float64() else pc.cast(value, pa.float64(), safe=False)


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    return (left, right) if left.type == right.type else (_double(left), _double(right))


def _no_nan(value: Any) -> Any:
    return pc.if_else(pc.is_nan(value), pa.scalar(None, pa.float64()), value)


def _within(value: Any, low: float, high: float) -> Any:
    inside = pc.and_(pc.greater_equal(value, low), pc.less_equal(value, high))
    return pc.if_else(inside, value, pa.scalar(None, value.type))


def _cents(value: Any) -> Any:
    """Whole hundredths from floats; what does not fit is missing."""
    rounded = pc.round(_no_nan(value), 0, round_mode="half_to_even")
    # 1e18 as a double is the first that is too large, so compare with the double below it.
    return pc.cast(_within(rounded, -float(np.nextafter(1e18, 0)), float(np.nextafter(1e18, 0))), pa.int64())


def _reckon(node: typed.Arithmetic, left: Any, right: Any) -> Any:
    one, two = typed.kind_of(node.left), typed.kind_of(node.right)
    if node.kind is Kind.MONEY and node.operator in "+-":
        return _within(_PLAIN[node.operator](left, right), -MOST_CENTS, MOST_CENTS)
    if one is two is Kind.DATE:
        return pc.subtract(left, right)
    value = _floating(node.operator, left, right)
    if node.kind is Kind.MONEY:
        return _cents(value)
    if node.kind is Kind.DATE:
        return pc.cast(_within(pc.floor(value), FIRST_DAY, LAST_DAY), pa.int64())
    return value


def _floating(operator: str, left: Any, right: Any) -> Any:
    left, right = _double(left), _double(right)
    if operator == "/":
        right = pc.if_else(pc.equal(right, 0.0), pa.scalar(None, pa.float64()), right)
    return _no_nan(_PLAIN[operator](left, right))


# words


def _among(values: Any, words: frozenset[str]) -> Any:
    # Many rows share few words: fold each distinct word once, then look the rows up.
    encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    hits = _is_one_of(encoded.dictionary, words)
    return hits.take(encoded.indices)


def _is_one_of(values: pa.Array, words: frozenset[str]) -> pa.Array:
    lower = pc.utf8_lower(pc.utf8_normalize(values.cast(pa.string()), form="NFC"))
    wanted = pa.array(sorted({folded(word) for word in words}), pa.string())
    found = pc.is_in(lower, value_set=wanted)
    return pc.if_else(pc.is_valid(values), found, pa.scalar(None, pa.bool_()))


def _contains(lists: Any, word: str) -> pa.Array:
    # Arrow has no kernel for it: find the word among all elements, then mark the rows that own one.
    elements = lists.flatten()
    if pa.types.is_null(elements.type):
        elements = elements.cast(pa.string())
    owners = pc.list_parent_indices(lists)
    hits = pc.fill_null(_among(elements, frozenset({word})), False)
    found = np.zeros(len(lists), dtype=bool)
    found[owners.filter(hits).to_numpy(zero_copy_only=False)] = True
    return pa.array(found, mask=pc.is_null(lists).to_numpy(zero_copy_only=False))
