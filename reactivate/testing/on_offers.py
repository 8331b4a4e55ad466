"""Offers: a cost for every order, codes that differ, terms that can be told."""

from itertools import islice
from typing import Any

import pyarrow as pa

from reactivate.host.protocols import Terms
from reactivate.testing.samples import ORDER_VALUES
from reactivate.testing.subject import Place


def one_cost_per_order(place: Place) -> None:
    """As many float64 costs as orders, none below zero, none NaN; an unknown order may have an unknown cost."""
    cost = _cost(place.make(), ORDER_VALUES)
    assert cost.type == pa.float64(), f"costs are {cost.type}, not double"
    assert len(cost) == len(ORDER_VALUES), f"{len(cost)} costs for {len(ORDER_VALUES)} orders"
    for value, order in zip(cost.to_pylist(), ORDER_VALUES.to_pylist(), strict=True):
        assert value is not None or order is None, f"no cost for an order of {order}"
        assert value is None or value >= 0, f"a cost of {value}"


def no_orders_no_costs(place: Place) -> None:
    """An empty base costs nothing."""
    assert len(_cost(place.make(), pa.array([], pa.float64()))) == 0


def costs_are_alike_twice_and_in_any_order(place: Place) -> None:
    """The same orders cost the same, again and turned round; the orders given stay as they are."""
    offer, before = place.make(), ORDER_VALUES.to_pylist()
    once = _cost(offer, ORDER_VALUES).to_pylist()
    assert _cost(offer, ORDER_VALUES).to_pylist() == once, "a second call differs"
    turned = pa.array(before[::-1], pa.float64())
    assert _cost(offer, turned).to_pylist()[::-1] == once, "the order of the rows matters"
    assert ORDER_VALUES.to_pylist() == before, "the orders were changed"


def codes_differ(place: Place) -> None:
    """Codes come in order and never twice; an offer that needs codes has some."""
    codes = place.make().codes()
    if codes is None:
        assert not place.subject.descriptor.needs_codes, "needs codes and has none"
        return
    first = list(islice(codes, 1000))
    assert first, "not one code"
    assert all(isinstance(code, str) and code.strip() == code and code for code in first), "a code with blank edges"
    assert len(set(first)) == len(first), "a code comes twice"


def terms_can_be_told(place: Place) -> None:
    """`terms` is a Terms: what is given is one line, the least order and the stock are no negative numbers."""
    terms = place.make().terms
    assert isinstance(terms, Terms), f"terms are a {type(terms).__name__}"
    assert "\n" not in terms.gives, "what is given has several lines"
    assert terms.min_order is None or terms.min_order >= 0, "a least order below zero"
    assert terms.stock is None or terms.stock >= 0, "a stock below zero"


def _cost(offer: Any, values: Any) -> Any:
    found = offer.cost(values)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
