"""What a plug-in may answer: each check returns the answer, or raises WrongAnswer with words that end "gave …"."""

from collections.abc import Callable
from typing import Any

from reactivate.errors import DataError
from reactivate.host.protocols import BadRow, Batch


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
    return answer


def links(answer: Any, _given: tuple[Any, ...], _descriptor: Any) -> Any:
    """A table by contract LINKS."""
    from reactivate.contracts.schemas import LINKS

    try:
        return LINKS.conform(_table(answer))
    except DataError as fault:
        raise WrongAnswer(f"a wrong table: {fault.diagnostics[0].message}") from None


def columns(answer: Any, given: tuple[Any, ...], descriptor: Any) -> Any:
    """`person_id`, each at most once, and the columns that the descriptor promises, of their types."""
    from reactivate.contracts.contract import repeated

    table = _table(answer)
    missing = [name for name in ("person_id", *(one.name for one in descriptor.adds)) if name not in table.column_names]
    if missing:
        raise WrongAnswer(f"a table without {', '.join(map(repr, missing))}")
    if repeated(table, ("person_id",)):
        raise WrongAnswer("a table in which a person stands twice")
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
    return table


def costs(answer: Any, given: tuple[Any, ...], _descriptor: Any) -> Any:
    """As many numbers as there were orders."""
    import pyarrow as pa

    if not isinstance(answer, pa.Array | pa.ChunkedArray):
        raise WrongAnswer(f"{_kind(answer)}, expected an Arrow array")
    if given and len(answer) != len(given[0]):
        raise WrongAnswer(f"{len(answer):,} costs for {len(given[0]):,} orders")
    if answer.type != pa.float64():
        raise WrongAnswer(f"costs as {answer.type}, expected double")
    return answer


def code(answer: Any, _given: tuple[Any, ...], _descriptor: Any) -> Any:
    """A code is a text that is not empty."""
    if not isinstance(answer, str) or not answer.strip():
        raise WrongAnswer("a code that is no text, or an empty one")
    return answer


CHECKS: dict[str, Callable[[Any, tuple[Any, ...], Any], Any]] = {
    "read": item_of_source,
    "link": links,
    "assign": columns,
    "judge": refusals,
    "cost": costs,
    "codes": code,
}
"""By the method that answers; of `read` and `codes` each item is looked at."""


def _table(answer: Any) -> Any:
    import pyarrow as pa

    if not isinstance(answer, pa.Table):
        raise WrongAnswer(f"{_kind(answer)}, expected an Arrow table")
    return answer


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
