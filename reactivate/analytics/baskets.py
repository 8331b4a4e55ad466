"""Order lines as baskets of numbered items, for everything that counts what goes with what.

Titles, orders and people become whole numbers before anything is joined, in the alphabet, so that neither the order of
the rows nor the length of a title matters.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.analytics.arrays import Ints, day_number, day_numbers, whole

MOST_ITEMS = 100
"""Larger baskets (a wholesaler stocking up) say nothing of what goes together; their pairs grow with the square."""
STILL_SOLD_DAYS = 180
"""What nobody bought in so many days before the last sale of all is out of stock, and is not recommended."""
WARM_UP_DAYS = 30
"""What was sold in the first days of a history may have been on the shelf for years: nobody knows that it is new."""

_TABLES = """
create temp table bought as select distinct person, basket, day, item from rows where not returned;
create temp table baskets as
    select person, basket, day, item from bought
    semi join (select basket from bought group by all having count(distinct item) <= $most_items) using (basket);
create temp table taken as select distinct person, item from rows where person is not null;
create temp table goods as
    select item, min(day) as since, max(day) as last_day, count(distinct basket) as sold, mode(category) as category
    from (select distinct basket, day, item, category from rows where not returned) group by item;
create temp table shelf as
    select *, since > (select min(day) from bought) + $warm_up as news
    from goods where last_day > (select max(last_day) from goods) - $still_sold;
"""


@frozen(eq=False)
class Baskets:
    """A connection with the tables `bought`, `baskets` (those of a household's size), `taken`, `goods`, `shelf`.

    `people`, `items` and `categories` are the words behind the numbers, in the alphabet. `taken` is what a person ever
    bought or gave back; `shelf` the goods that are still sold, `news` those that came after the history began.
    """

    connection: Any
    people: pa.Array
    items: pa.Array
    categories: pa.Array

    def table(self, query: str, **parameters: Any) -> pa.Table:
        """The answer to a query, numbers and all."""
        return self.connection.sql(query, params=parameters or None).to_arrow_table()

    def titles(self, column: Any) -> pa.Array:
        """Titles of a column of item numbers."""
        return self.items.take(whole(column))


@contextmanager
def baskets(lines: pa.Table, *, as_of: date) -> Iterator[Baskets]:
    """Baskets of `lines` (contract LINES with `person_id`; null = nobody known) up to `as_of`.

    Fees and lines without a title are left out. A negative quantity is a return: no purchase, but remembered, so that
    nobody is offered what he gave back. A title is the same whatever blanks stand around it.
    """
    import duckdb

    kept = _wanted(lines, as_of)
    person, people = _numbers(kept["person_id"])
    item, items = _numbers(pc.utf8_trim_whitespace(kept["item"].cast(pa.string())))
    source, _ = _numbers(kept["source"])
    order, orders = _numbers(kept["order_id"])
    category, categories = _numbers(_column(kept, "category"))
    rows = {
        "person": _nullable(person),
        "basket": pa.array(source * (len(orders) + 1) + order),
        "day": pa.array(day_numbers(kept["ordered_on"])),
        "item": pa.array(item),
        "category": _nullable(category),
        "returned": pc.less_equal(pc.coalesce(kept["quantity"].cast(pa.float64()), pa.scalar(1.0)), 0.0),
    }
    with duckdb.connect() as connection:
        connection.register("rows", pa.table(rows))
        limits = {"most_items": MOST_ITEMS, "warm_up": WARM_UP_DAYS, "still_sold": STILL_SOLD_DAYS}
        for statement in filter(str.strip, _TABLES.split(";")):
            connection.execute(statement, {name: n for name, n in limits.items() if f"${name}" in statement})
        yield Baskets(connection, people, items, categories)


def _wanted(lines: pa.Table, as_of: date) -> pa.Table:
    """Lines of products with a title up to the day."""
    keep = pc.and_(lines["is_product"], pc.is_valid(lines["item"]))
    keep = pc.and_(keep, pc.not_equal(pc.fill_null(pc.utf8_trim_whitespace(lines["item"].cast(pa.string())), ""), ""))
    keep = pc.and_(keep, pc.less_equal(lines["ordered_on"].cast(pa.int32()), day_number(as_of)))
    return lines.filter(pc.fill_null(keep, False))


def _column(table: pa.Table, name: str) -> Any:
    return table[name] if name in table.column_names else pa.nulls(table.num_rows, pa.string())


def _numbers(column: Any) -> tuple[Ints, pa.Array]:
    """Each cell as its place in the alphabet of the column's words (-1 = null), and those words."""
    encoded = whole(pc.dictionary_encode(whole(column.cast(pa.string()))))
    words = encoded.dictionary
    order = pc.sort_indices(words)
    place = np.empty(len(words) + 1, np.int64)
    place[np.asarray(order)] = np.arange(len(words))
    place[-1] = -1
    return place[np.asarray(encoded.indices.fill_null(-1), np.int64)], words.take(order)


def _nullable(numbers: Ints) -> pa.Array:
    return pa.array(numbers, mask=numbers < 0)
