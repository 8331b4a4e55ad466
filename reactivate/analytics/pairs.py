"""What goes with what: items bought together, and what people usually buy next. Plain counts that can be explained.

`share` is a conditional share (the confidence of Agrawal, Imielinski and Swami 1993, SIGMOD), `lift` that share over
the one to be expected if the two had nothing to do with each other (Brin, Motwani, Ullman and Tsur 1997, SIGMOD).
"""

from datetime import date

import pyarrow as pa

from reactivate.analytics.baskets import Baskets, baskets

TOGETHER = """
with one as (select item, count(*) as baskets from baskets group by item having count(*) >= $least),
kept as (select basket, item from baskets semi join one using (item)),
pairs as (
    select a.item as item, b.item as other, count(*) as together
    from kept a join kept b on a.basket = b.basket and a.item < b.item group by all having count(*) >= $least
),
size as (select count(distinct basket)::double as baskets from baskets),
lifted as (
    select pairs.item, other, together, x.baskets as mine, y.baskets as theirs,
        x.baskets::double * y.baskets / size.baskets as expected, together / expected as lift
    from pairs join one x on x.item = pairs.item join one y on y.item = pairs.other cross join size
    where together - expected > 2 * sqrt(expected * (1 - mine / size.baskets) * (1 - theirs / size.baskets))
)
select item, other, together, together / mine as share, lift from lifted
union all
select other, item, together, together / theirs, lift from lifted
order by item, together desc, other
"""

NEXT = """
with days as (
    select distinct person, dense_rank() over (partition by person order by day) as visit, item
    from baskets where person is not null
),
steps as (
    select a.item as item, b.item as other, count(distinct a.person) as people
    from days a join days b on a.person = b.person and b.visit = a.visit + 1 and a.item <> b.item
    group by all having count(distinct a.person) >= $least
),
had as (select item, count(distinct person) as people from days group by item),
everybody as (select count(distinct person)::double as people from days)
select steps.item, other, steps.people, steps.people / x.people as share,
    steps.people * everybody.people / (x.people::double * y.people) as lift,
    steps.people - steps.people / lift > 2 * sqrt(
        steps.people / lift * (1 - x.people / everybody.people) * (1 - y.people / everybody.people)
    ) as beyond_chance
from steps join had x on x.item = steps.item join had y on y.item = steps.other cross join everybody
order by steps.item, steps.people desc, other
"""


def bought_together(lines: pa.Table, *, as_of: date, least: int = 5) -> pa.Table:
    """`item, other, together, share, lift`: pairs in at least `least` baskets, more often than by chance.

    That is: by more than two standard deviations of what two titles have in common that have nothing to do with each
    other (hypergeometric), so that the long list of rare titles is not taken for knowledge.

    `lines` is contract LINES with `person_id`. `share` is the part of the baskets with `item` that also hold `other`,
    `lift` that share over the one among all baskets. Returns, fees and baskets of more than 100 items are left out.
    """
    with baskets(lines, as_of=as_of) as found:
        return named(found, found.table(TOGETHER, least=least))


def usually_next(lines: pa.Table, *, as_of: date, least: int = 5) -> pa.Table:
    """`item, other, people, share, lift, beyond_chance`: what at least `least` people bought on their next day.

    `share` is the part of those who bought `item` at all, `lift` that share over the part of all who bought `other`;
    `beyond_chance`: two standard deviations more people than if the two had nothing to do with each other.
    """
    with baskets(lines, as_of=as_of) as found:
        return named(found, found.table(NEXT, least=least))


def named(found: Baskets, pairs: pa.Table) -> pa.Table:
    """Pairs with titles in place of numbers."""
    titles = {name: found.titles(pairs[name]) for name in ("item", "other")}
    return pa.table({**titles, **{name: pairs[name] for name in pairs.column_names[2:]}})
