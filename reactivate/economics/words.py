"""Why an offer is refused, as a sentence with its sum; made column by column, only for those refused."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen
from numpy.typing import NDArray

from reactivate.economics.profit import ProfitTerms

Mask = NDArray[np.bool_]
NOT_ALLOWED = "not for this person: the offer's `if` is not true"
OPEN_OFFER = "has an open offer already"
NO_MARGIN = "no offer without a margin: write `margin:` in the business file"
_MOST = 1e15


@frozen
class Success:
    """What the goal is called in a refusal, and what one is worth; without `valued` nobody has said it."""

    word: str = "order"
    worth: str = "margin"
    valued: bool = True


ORDER = Success()


def money(values: Any) -> Any:
    """`3.00`: two decimals, no separator; `?` for what is not known."""
    return _decimal(values, 2)


def points(values: Any) -> Any:
    """A difference of shares in points with one decimal: 0.084 is `8.4`."""
    return _decimal(np.asarray(values) * 100, 1)


def no_hope(terms: ProfitTerms, word: str, success: Success = ORDER) -> Any:
    """`each extra order loses 3.00: margin 18.00, coupon 21.00`; other parts only where they are not zero."""
    later = np.broadcast_to(terms.later_margin, terms.margin.shape)
    forward = terms.brought_forward * (terms.margin + later)
    return pc.binary_join_element_wise(
        pc.binary_join_element_wise(f"each extra {success.word} loses ", money(-terms.extra_order), ""),
        pc.binary_join_element_wise(
            pc.binary_join_element_wise(f"{success.worth} ", money(terms.margin), ""),
            _part(", later orders ", later),
            _part(", of both brought forward ", forward),
            _part(f", {word} ", terms.extra_use * terms.offer_cost),
            _part(", staff bonus ", np.broadcast_to(terms.bonus_cost, terms.margin.shape)),
            "",
        ),
        ": ",
    )


def below_break_even(needed: Any, judged: Any, reason: str) -> Any:
    """`breaks even at a lift of 8.1 points, 4.0 are counted on (assumed 8.0, halved)`."""
    return pc.binary_join_element_wise(
        "breaks even at a lift of ", points(needed), " points, ", points(judged), f" are counted on ({reason})", ""
    )


def late(orders: Any, limit: int) -> Any:
    """`the money is back after 3 later orders, the limit is 1`."""
    count = pa.array(np.nan_to_num(orders, nan=-1).astype(np.int64)).cast(pa.string())
    later = pc.binary_join_element_wise(
        "the money is back after ", count, pc.if_else(pc.equal(count, "1"), " later order", " later orders"), ""
    )
    never = "the money is never back within the horizon of later orders"
    known = pa.array(np.isfinite(orders))
    return pc.binary_join_element_wise(pc.if_else(known, later, never), f", the limit is {limit}", "")


def scattered(rows: int, parts: list[tuple[Mask, Any]]) -> Any:
    """A text column of `rows`: the first mask that is true gives its sentence, elsewhere null.

    `parts` hold (mask over all rows, sentences of the rows where it is true).
    """
    pool, index = [pa.array([], pa.string())], np.full(rows, -1, dtype=np.int64)
    start = 0
    for mask, sentences in parts:
        places = np.flatnonzero(mask)
        free = index[places] < 0
        index[places[free]] = start + np.flatnonzero(free)
        pool.append(sentences)
        start += len(sentences)
    return pa.concat_arrays(pool).take(pa.array(index, mask=index < 0))


def _part(label: str, values: Any) -> Any:
    text = pc.binary_join_element_wise(label, money(values), "")
    return pc.if_else(pa.array(np.abs(values) >= 0.005), text, "")


def _decimal(values: Any, digits: int) -> Any:
    values = np.asarray(values, dtype=np.float64)
    known = np.isfinite(values) & (np.abs(values) < _MOST)
    # Adding zero turns -0.0 into 0.0, which would print as -0.00.
    tidy = np.where(known, np.round(values, digits) + 0.0, 0.0)
    text = pc.cast(pa.array(tidy), pa.decimal128(18, digits)).cast(pa.string())
    return pc.if_else(pa.array(known), text, "?")
