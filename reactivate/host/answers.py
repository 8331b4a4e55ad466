"""What a plug-in may answer: each check returns the answer, or raises WrongAnswer with words that end "gave …"."""

from collections.abc import Callable
from typing import Any, get_args

from reactivate.contracts.messages import Receipt, ReceiptState
from reactivate.errors import DataError
from reactivate.host.protocols import BadRow, Batch, Rows, Terms


class WrongAnswer(Exception):
    """A plug-in returned what its contract forbids."""


def item_of_source(answer: Any, _given: tuple[Any, ...], _descriptor: Any) -> Any:
    """A Batch of raw columns, or a BadRow."""
    import pyarrow as pa

    if isinstance(answer, BadRow):
        return answer
    if not isinstance(answer, Batch):
        raise WrongAnswer(f"{_kind(answer)}, expected a Batch or a BadRow")
    if not isinstance(answer.table, pa.RecordBatch):
        raise WrongAnswer(f"a Batch with {_kind(answer.table)}, expected an Arrow RecordBatch")
    if answer.rows not in get_args(Rows):
        raise WrongAnswer(f"a Batch of {answer.rows!r}, expected one of {', '.join(get_args(Rows))}")
    if answer.row_numbers is not None and len(answer.row_numbers) != answer.table.num_rows:
        raise WrongAnswer(f"{len(answer.row_numbers):,} row numbers for {answer.table.num_rows:,} rows")
    return answer


def links(answer: Any, given: tuple[Any, ...], _descriptor: Any) -> Any:
    """A table by contract LINKS whose positions are those of the records given."""
    import pyarrow.compute as pc

    from reactivate.contracts.schemas import LINKS

    try:
        table = LINKS.conform(_table(answer))
    except DataError as fault:
        raise WrongAnswer(f"a wrong table: {fault.diagnostics[0].message}") from None
    rows = getattr(given[0], "num_rows", None) if given else None
    if table.num_rows and rows is not None and (_least(table["left"]) < 0 or pc.max(table["right"]).as_py() >= rows):
        raise WrongAnswer(f"links to records that are not there: {rows:,} records were given")
    if table.num_rows and pc.any(pc.greater_equal(table["left"], table["right"])).as_py():
        raise WrongAnswer("a link whose left record does not stand before its right one")
    fits = pc.and_(pc.greater_equal(table["probability"], 0), pc.less_equal(table["probability"], 1))
    if table.num_rows and not pc.all(fits).as_py():
        raise WrongAnswer("a probability that is not between 0 and 1")
    return table


def columns(answer: Any, given: tuple[Any, ...], descriptor: Any) -> Any:
    """`person_id`, each at most once, and the columns that the descriptor promises, of their types."""
    import pyarrow.compute as pc

    from reactivate.contracts.contract import repeated

    table = _table(answer)
    missing = [name for name in ("person_id", *(one.name for one in descriptor.adds)) if name not in table.column_names]
    if missing:
        raise WrongAnswer(f"a table without {', '.join(map(repr, missing))}")
    _texts(table, "person_id")
    if table.num_rows and repeated(table, ("person_id",)):
        raise WrongAnswer("a table in which a person stands twice")
    if table.num_rows and given and hasattr(given[0], "column_names"):
        known = pc.is_in(table["person_id"], given[0]["person_id"].combine_chunks())
        if not pc.all(known).as_py():
            raise WrongAnswer("people who are not among the profiles")
    for added in descriptor.adds:
        if not _fits(table.schema.field(added.name).type, added.type):
            told = table.schema.field(added.name).type
            raise WrongAnswer(f"a table whose column {added.name!r} is {told}, its descriptor says {added.type}")
    return table


def refusals(answer: Any, _given: tuple[Any, ...], _descriptor: Any) -> Any:
    """`person_id`, `offer` and `verdict` of what is refused."""
    table = _table(answer)
    missing = [name for name in ("person_id", "offer", "verdict") if name not in table.column_names]
    if missing:
        raise WrongAnswer(f"a table without {', '.join(map(repr, missing))}")
    for name in ("person_id", "offer", "verdict"):
        _texts(table, name)
    return table


def costs(answer: Any, given: tuple[Any, ...], _descriptor: Any) -> Any:
    """As many numbers as there were orders, none below zero; unknown only where the order is."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not isinstance(answer, pa.Array | pa.ChunkedArray):
        raise WrongAnswer(f"{_kind(answer)}, expected an Arrow array")
    if given and len(answer) != len(given[0]):
        raise WrongAnswer(f"{len(answer):,} costs for {len(given[0]):,} orders")
    if answer.type != pa.float64():
        raise WrongAnswer(f"costs as {answer.type}, expected double")
    if pc.any(pc.invert(pc.greater_equal(answer, 0))).as_py():
        raise WrongAnswer("a cost below zero, or one that is no number")
    if given and pc.any(pc.and_(pc.is_null(answer), pc.is_valid(given[0]))).as_py():
        raise WrongAnswer("no cost for an order whose sum is known")
    return answer


def code(answer: Any, _given: tuple[Any, ...], _descriptor: Any) -> Any:
    """A code is a text that is not empty."""
    if not isinstance(answer, str) or not answer.strip():
        raise WrongAnswer("a code that is no text, or an empty one")
    return answer


def terms(answer: Any, _given: tuple[Any, ...], _descriptor: Any) -> Any:
    """The terms of an offer are Terms."""
    if not isinstance(answer, Terms):
        raise WrongAnswer(f"{_kind(answer)}, expected Terms")
    return answer


def receipt(answer: Any, given: tuple[Any, ...], _descriptor: Any) -> Any:
    """A Receipt with a known state, for one of the messages given."""
    if not isinstance(answer, Receipt):
        raise WrongAnswer(f"{_kind(answer)}, expected a Receipt")
    if answer.state not in get_args(ReceiptState):
        raise WrongAnswer(f"a receipt whose state is {answer.state!r}, not one of {', '.join(get_args(ReceiptState))}")
    if given and answer.key not in {message.key for message in given[0]}:
        raise WrongAnswer(f"a receipt for {answer.key!r}, a message that it was not given")
    return answer


def known_receipt(answer: Any, given: tuple[Any, ...], descriptor: Any) -> Any:
    """None, or the Receipt of that very message."""
    if answer is None:
        return None
    receipt(answer, (), descriptor)
    if given and answer.key != given[0]:
        raise WrongAnswer(f"the receipt of {answer.key!r}, asked for {given[0]!r}")
    return answer


CHECKS: dict[str, Callable[[Any, tuple[Any, ...], Any], Any]] = {
    "read": item_of_source,
    "link": links,
    "assign": columns,
    "judge": refusals,
    "cost": costs,
    "codes": code,
    "terms": terms,
    "send": receipt,
    "lookup": known_receipt,
}
"""By the method that answers; of `read`, `codes` and `send` each item is looked at."""


def _table(answer: Any) -> Any:
    import pyarrow as pa

    if not isinstance(answer, pa.Table):
        raise WrongAnswer(f"{_kind(answer)}, expected an Arrow table")
    return answer


def _texts(table: Any, name: str) -> None:
    """A column of texts without empty cells."""
    import pyarrow.types as at

    column = table[name]
    type_ = column.type.value_type if at.is_dictionary(column.type) else column.type
    if column.null_count:
        raise WrongAnswer(f"a table whose column {name!r} has {column.null_count} empty cells")
    if len(column) and not (at.is_string(type_) or at.is_large_string(type_)):
        raise WrongAnswer(f"a table whose column {name!r} is {column.type}, expected string")


def _least(column: Any) -> int:
    import pyarrow.compute as pc

    return int(pc.min(column).as_py())


def _kind(answer: Any) -> str:
    return "nothing" if answer is None else f"a {type(answer).__name__}"


def _fits(type_: Any, promised: str) -> bool:
    """Whether an Arrow type can hold what the rule language calls `promised`; a column of nulls only always can."""
    import pyarrow.types as at

    if at.is_dictionary(type_):
        type_ = type_.value_type
    number = at.is_integer(type_) or at.is_floating(type_) or at.is_decimal(type_)
    fits = {
        "count": number,
        "money": number,
        "share": number,
        "duration": number,
        "date": at.is_date(type_) or at.is_timestamp(type_),
        "text": at.is_string(type_) or at.is_large_string(type_),
        "list": at.is_list(type_) or at.is_large_list(type_),
        "yes/no": at.is_boolean(type_),
    }
    return bool(at.is_null(type_) or fits[promised])
