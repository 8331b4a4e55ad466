"""What to offer next: items bought together, usually bought next, novelties. Plain counts that can be explained."""

from datetime import date
from typing import Any

import pyarrow as pa

from reactivate.analytics.history import ids

_MOST_ITEMS = 100
"""Larger baskets (a wholesaler stocking up) say nothing of what goes together; their pairs grow with the square."""

_BASKETS = """
with wanted as (
    select distinct person_id, order_id, source, ordered_on, item from lines
    where is_product and item is not null and trim(item) <> '' and coalesce(quantity, 1) > 0 and ordered_on <= $as_of
),
small as (select source, order_id from wanted group by all having count(*) <= $most_items)
select person_id, source || chr(31) || order_id as basket, ordered_on, item
from wanted semi join small using (source, order_id)
"""

_TOGETHER = """
with one as (
    select item, count(distinct basket) as baskets from baskets group by item having count(distinct basket) >= $least
),
kept as (select basket, item from baskets semi join one using (item)),
pairs as (
    select a.item as item, b.item as other, count(*) as together
    from kept a join kept b on a.basket = b.basket and a.item <> b.item group by all having count(*) >= $least
)
select pairs.item, other, together, together / x.baskets as share,
    together * (select count(distinct basket) from baskets)::double / (x.baskets::double * y.baskets) as lift
from pairs join one x on x.item = pairs.item join one y on y.item = pairs.other
where together * (select count(distinct basket) from baskets)::double > x.baskets::double * y.baskets
order by pairs.item, together desc, other
"""

_NEXT = """
with days as (
    select person_id, ordered_on, dense_rank() over (partition by person_id order by ordered_on) as visit, item
    from baskets where person_id is not null
),
steps as (
    select a.item as item, b.item as other, count(distinct a.person_id) as people
    from days a join days b on a.person_id = b.person_id and b.visit = a.visit + 1 and a.item <> b.item
    group by all having count(distinct a.person_id) >= $least
),
had as (select item, count(distinct person_id) as people from days group by item),
everybody as (select count(distinct person_id) as people from days)
select steps.item, other, steps.people, steps.people / x.people as share,
    steps.people * everybody.people::double / (x.people::double * y.people) as lift
from steps join had x on x.item = steps.item join had y on y.item = steps.other cross join everybody
order by steps.item, steps.people desc, other
"""

_RECOMMENDED = """
with mine as (select person_id, item, max(ordered_on) as last_on from baskets group by all),
latest as (
    select person_id, item from mine
    qualify row_number() over (partition by person_id order by last_on desc, item) <= 10
),
scores as (
    select latest.person_id, together.other as item, max(share) as share
    from latest join together on together.item = latest.item
    anti join mine on mine.person_id = latest.person_id and mine.item = together.other
    group by all
)
select person_id, item, share from scores
qualify row_number() over (partition by person_id order by share desc, item) <= $most
order by person_id, share desc, item
"""


def bought_together(lines: pa.Table, *, as_of: date, least: int = 5) -> pa.Table:
    """`item, other, together, share, lift`: pairs in at least `least` baskets, more often than chance would have it.

    `lines` is contract LINES with `person_id`. `share` is the part of the baskets with `item` that also hold `other`,
    `lift` that share over the one among all baskets. Returns, fees and baskets of more than 100 items are left out.
    """
    with _baskets(lines, as_of) as connection:
        return connection.sql(_TOGETHER, params={"least": least}).to_arrow_table()


def usually_next(lines: pa.Table, *, as_of: date, least: int = 5) -> pa.Table:
    """`item, other, people, share, lift`: what at least `least` people bought on the very next day of shopping."""
    with _baskets(lines, as_of) as connection:
        return connection.sql(_NEXT, params={"least": least}).to_arrow_table()


def recommended(people: Any, lines: pa.Table, *, as_of: date, most: int = 3, least: int = 5) -> pa.Table:
    """`person_id, recommended`: at most `most` titles per person, best first; an empty list when nothing is known.

    Items bought together with the person's ten latest, never one that the person ever bought (or returned).
    """
    wanted = ids(people)
    with _baskets(lines, as_of) as connection:
        together = connection.sql(_TOGETHER, params={"least": least}).to_arrow_table()
        connection.register("together", together)
        found = connection.sql(_RECOMMENDED, params={"most": most}).to_arrow_table()
    return pa.table({"person_id": wanted, "recommended": _lists(wanted, found)})


def novelties(people: Any, lines: pa.Table, *, as_of: date, most: int = 3) -> pa.Table:
    """`person_id, novelties`: items first sold after the person's last order, the best selling first."""
    wanted = ids(people)
    query = """
        with born as (select item, min(ordered_on) as since, count(distinct basket) as sold from baskets group by item),
        seen as (select person_id, max(ordered_on) as last_on from baskets group by person_id)
        select person_id, item from seen join born on born.since > seen.last_on
        qualify row_number() over (partition by person_id order by sold desc, item) <= $most
        order by person_id, sold desc, item
    """
    with _baskets(lines, as_of) as connection:
        found = connection.sql(query, params={"most": most}).to_arrow_table()
    return pa.table({"person_id": wanted, "novelties": _lists(wanted, found)})


def _baskets(lines: pa.Table, as_of: date) -> Any:
    import duckdb

    connection = duckdb.connect()
    connection.register("lines", lines)
    baskets = connection.sql(_BASKETS, params={"as_of": as_of, "most_items": _MOST_ITEMS}).to_arrow_table()
    connection.register("baskets", baskets)
    return connection


def _lists(wanted: pa.Array, found: pa.Table) -> pa.Array:
    import numpy as np
    import pyarrow.compute as pc

    from reactivate.analytics.arrays import lists, whole

    place = whole(pc.index_in(found["person_id"], value_set=wanted))
    kept = np.flatnonzero(np.asarray(place.is_valid()))
    owner = np.asarray(place.fill_null(0), np.int64)[kept]
    order = np.argsort(owner, kind="stable")
    items = whole(found["item"]).take(pa.array(kept[order]))
    return lists(items.cast(pa.string()), owner[order], len(wanted))
