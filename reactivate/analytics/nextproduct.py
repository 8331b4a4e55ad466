"""What to offer next: titles for the letter, each with the reason why it stands there."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.analytics.arrays import Ints, lists, whole
from reactivate.analytics.baskets import Baskets, baskets
from reactivate.analytics.history import ids
from reactivate.analytics.pairs import NEXT, TOGETHER, bought_together, usually_next

__all__ = ["REASONS", "bought_together", "novelties", "recommendations", "recommended", "usually_next"]

REASONS = ("together", "next", "category")
"""Why a title is recommended: often in one basket with one of the person's, usually bought on the next day of shopping,
or a best seller of the person's last category, which fills up what the first two leave empty."""

_LATEST, _PAIRS_EACH = 10, 15

_RECOMMENDED = """
with kept as (select person, item, max(day) as day from bought where person is not null group by all),
latest as (
    select person, item, day from kept anti join gone using (person, item)
    qualify row_number() over (partition by person order by day desc, item) <= $latest
),
visit as (
    select person, item from latest qualify day = max(day) over (partition by person)
),
strongest as (
    select item, other, share, lift from together
    qualify row_number() over (partition by item order by share desc, other) <= $pairs_each
),
found as (
    select person, other as item, 0 as reason, latest.item as because, share, lift
    from latest join strongest on strongest.item = latest.item
    union all
    select person, other, 1, visit.item, share, lift
    from visit join (select * from steps qualify row_number() over (partition by item order by share desc, other)
        <= $pairs_each) steps on steps.item = visit.item where beyond_chance
    union all
    select person, best.item, 2, last_of.category, best.share, null
    from last_of join best using (category)
),
reasoned as (
    select person, item, min(row(reason = 2, -share, reason, because, lift)) as why from found
    semi join shelf using (item) anti join taken using (person, item) group by person, item
)
select person, item, why[3] as reason, why[4] as because, -why[2] as share, why[5] as lift,
    row_number() over (partition by person order by why[1], why[2], why[3], item) as place
from reasoned qualify place <= $most order by person, place
"""

_LAST_CATEGORY = """
create temp table last_of as
    select person, arg_max(category, (day, -item)) as category
    from bought join goods using (item) where person is not null and category is not null group by person
"""

_BEST = """
create temp table best as
    select category, item, sold / sum(sold) over (partition by category) as share from shelf
    where category is not null qualify row_number() over (partition by category order by sold desc, item) <= $pairs_each
"""

_NOVELTIES = """
with seen as (select person, max(day) as day from bought where person is not null group by person),
asked as (select distinct day, category from seen left join last_of using (person)),
of_category as (
    select day, asked.category, item, sold, 0 as rest from asked join shelf on shelf.category = asked.category
    where news and since > day
    qualify row_number() over (partition by day, asked.category order by sold desc, item) <= $some
),
of_all as (
    select day, item, sold, 1 as rest from (select distinct day from asked) join shelf on since > day
    where news qualify row_number() over (partition by day order by sold desc, item) <= $some
),
found as (
    select person, item, sold, rest from seen left join last_of using (person)
    join of_category on of_category.day = seen.day and of_category.category = last_of.category
    union all
    select person, item, sold, rest from seen join of_all using (day)
)
select person, item from found anti join taken using (person, item) group by person, item
qualify row_number() over (partition by person order by min(rest), max(sold) desc, item) <= $most
order by person, min(rest), max(sold) desc, item
"""


def recommendations(people: Any, lines: pa.Table, *, as_of: date, most: int = 3, least: int = 5) -> pa.Table:
    """`person_id, item, place, reason, because, share, lift`: at most `most` titles for each of `people`.

    `reason` is one of `REASONS`; `because` the person's own item (or category) that led there; `share` the part of the
    baskets with it that hold the title too (of its buyers who took it next; of the category's sales), `lift` null for a
    category. `place` counts from 1. Never what the person ever bought or gave back, never what is no longer sold,
    nothing because of an item that was given back. Pairs seen fewer than `least` times say nothing.
    """
    wanted = ids(people)
    with baskets(lines, as_of=as_of) as found:
        _prepare(found, least)
        table = found.table(_RECOMMENDED, latest=_LATEST, pairs_each=_PAIRS_EACH, most=most)
        return _aligned(wanted, found, table)


def recommended(people: Any, lines: pa.Table, *, as_of: date, most: int = 3, least: int = 5) -> pa.Table:
    """`person_id, recommended`: the titles of `recommendations`, best first; an empty list when nothing is known."""
    wanted = ids(people)
    table = recommendations(people, lines, as_of=as_of, most=most, least=least)
    return pa.table({"person_id": wanted, "recommended": _lists(wanted, table["person_id"], table["item"])})


def novelties(people: Any, lines: pa.Table, *, as_of: date, most: int = 3) -> pa.Table:
    """`person_id, novelties`: items first sold after the person's last order, the best selling first.

    Those of the person's last category stand before the others. What was first sold in the first 30 days of the history
    is not known to be new.
    """
    wanted = ids(people)
    with baskets(lines, as_of=as_of) as found:
        found.connection.execute(_LAST_CATEGORY)
        table = found.table(_NOVELTIES, most=most, some=most + _LATEST)
        titles, who = found.titles(table["item"]), found.people.take(whole(table["person"]))
    return pa.table({"person_id": wanted, "novelties": _lists(wanted, who, titles)})


def _prepare(found: Baskets, least: int) -> None:
    """The tables that recommendations are looked up in."""
    run = found.connection
    run.register("pairs_together", found.table(TOGETHER, least=least))
    run.register("pairs_next", found.table(NEXT, least=least))
    run.execute("create temp view together as select item, other, share, lift from pairs_together")
    run.execute("create temp view steps as select item, other, share, lift, beyond_chance from pairs_next")
    run.execute(
        "create temp table gone as select distinct person, item from rows where returned and person is not null"
    )
    run.execute(_LAST_CATEGORY)
    run.execute(_BEST, {"pairs_each": _PAIRS_EACH})


def _aligned(wanted: pa.Array, found: Baskets, table: pa.Table) -> pa.Table:
    """Those who are wanted, in their order, with words in place of numbers."""
    kept, owner = _owners(wanted, found.people.take(whole(table["person"])))
    order = np.argsort(owner, kind="stable")
    chosen = table.take(pa.array(kept[order]))
    reason, because = (np.asarray(chosen[name], np.int64) for name in ("reason", "because"))
    own, category = (pa.array(because, mask=mask) for mask in (reason == 2, reason != 2))
    return pa.table(
        {
            "person_id": wanted.take(pa.array(owner[order])),
            "item": found.titles(chosen["item"]),
            "place": chosen["place"].cast(pa.int32()),
            "reason": pa.array(REASONS).take(pa.array(reason)),
            "because": pc.coalesce(found.items.take(own), found.categories.take(category)),
            "share": chosen["share"],
            "lift": chosen["lift"],
        }
    )


def _lists(wanted: pa.Array, who: Any, items: Any) -> pa.Array:
    """Items in their order as one list for each of `wanted`."""
    kept, owner = _owners(wanted, who)
    order = np.argsort(owner, kind="stable")
    return lists(whole(items).take(pa.array(kept[order])).cast(pa.string()), owner[order], len(wanted))


def _owners(wanted: pa.Array, who: Any) -> tuple[Ints, Ints]:
    """(rows of those who are wanted, and the place of each of them among `wanted`)."""
    place = whole(pc.index_in(whole(who), value_set=wanted))
    kept = np.flatnonzero(np.asarray(place.is_valid()))
    return kept, np.asarray(place.fill_null(0), np.int64)[kept]
