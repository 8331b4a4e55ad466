"""Margin of a person: booked sums times the share that is left of each category."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.analytics.arrays import Floats, cents, money, whole
from reactivate.analytics.history import History


def margins(found: History, orders: pa.Table, lines: pa.Table | None, margin: Mapping[str, float] | None) -> pa.Array:
    """Sum of amount x margin share per person, returns taken off; all null without `margin`.

    With `lines` the share of an order is that of its lines, weighted by their sums; an order without lines, and every
    order without `lines`, takes the share of its own category.
    """
    if margin is None:
        return pa.nulls(found.persons, pa.decimal128(18, 2))
    share = _shares(_category(orders), margin)[found.row]
    if lines is not None and lines.num_rows:
        mixed = _mixed(found, orders, lines, margin)
        share = np.where(np.isnan(mixed), share, mixed)
    total = np.bincount(found.person, found.cents * share, minlength=found.persons)
    return money(np.round(total).astype(np.int64))


def _category(table: pa.Table) -> Any:
    return table["category"] if "category" in table.column_names else pa.nulls(table.num_rows, pa.string())


def _shares(category: Any, margin: Mapping[str, float]) -> Floats:
    """Margin share of each cell; letter case of a category does not matter."""
    encoded = whole(pc.dictionary_encode(whole(category)))
    folded = {name.casefold(): share for name, share in margin.items()}
    default = folded.get("default", 0.0)
    table = [folded.get(str(word).casefold(), default) for word in encoded.dictionary.to_pylist()]
    codes = np.asarray(encoded.indices.fill_null(len(table)), np.int64)
    return np.asarray([*table, default], np.float64)[codes]


def _mixed(found: History, orders: pa.Table, lines: pa.Table, margin: Mapping[str, float]) -> Floats:
    """Margin share of each order of `found` from its lines; NaN where their sums say nothing."""
    key = _keys(orders.take(pa.array(found.row)))
    order = np.asarray(whole(pc.index_in(_keys(lines), value_set=key)).fill_null(-1), np.int64)
    amount, _ = cents(lines["amount"])
    weight = np.abs(amount[order >= 0]).astype(np.float64)
    share = _shares(_category(lines), margin)[order >= 0]
    place = order[order >= 0]
    gross = np.bincount(place, weight, minlength=len(found.row))
    kept = np.bincount(place, weight * share, minlength=len(found.row))
    return np.where(gross > 0, kept / np.maximum(gross, 1e-9), np.nan)


def _keys(table: pa.Table) -> pa.Array:
    return whole(pc.binary_join_element_wise(table["source"], table["order_id"], "\x1f"))
