"""The study of what goes with what, and the titles for each customer."""

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.analytics.nextproduct import bought_together, novelties, recommendations, usually_next
from reactivate.analytics.studies.shop import Shop, Study, in_files

_SHOWN = 40


def study_next(shop: Shop, *, most: int = 3, least: int = 5) -> Study:
    """`study-next/1`. `people`: titles of everybody with the reason of the first; `table`: all pairs, by kind.

    A pair counts from `least` baskets (`together`) or people (`next`) on. The shop needs lines.
    """
    assert shop.lines is not None
    together = bought_together(shop.lines, as_of=shop.as_of, least=least).rename_columns({"together": "count"})
    after = usually_next(shop.lines, as_of=shop.as_of, least=least).rename_columns({"people": "count"})
    told = recommendations(shop.people, shop.lines, as_of=shop.as_of, most=most, least=least)
    news = novelties(shop.people, shop.lines, as_of=shop.as_of, most=most)
    table = pa.concat_tables([_kind(together, "together"), _kind(after.drop_columns(["beyond_chance"]), "next")])
    result = {
        "format": "study-next/1",
        **shop.head(),
        "lines": shop.lines.num_rows,
        "least": least,
        "pairs": {"together": together.num_rows, "next": int(pc.sum(after["beyond_chance"]).as_py() or 0)},
        "with_titles": pc.count_distinct(told["person_id"]).as_py(),
        "with_novelties": int(pc.sum(pc.greater(pc.list_value_length(news["novelties"]), 0)).as_py() or 0),
        "reasons": {item["values"]: item["counts"] for item in pc.value_counts(told["reason"]).to_pylist()},
        "together": _strongest(together),
        "next": _strongest(after.filter(after["beyond_chance"])),
    }
    return Study(result, in_files(_people(shop.people, told, news)), table)


def _kind(pairs: pa.Table, kind: str) -> pa.Table:
    return pairs.add_column(0, "kind", pa.repeat(pa.scalar(kind), pairs.num_rows)).cast(_PAIRS)


_PAIRS = pa.schema(
    [
        ("kind", pa.string()),
        ("item", pa.string()),
        ("other", pa.string()),
        ("count", pa.int64()),
        ("share", pa.float64()),
        ("lift", pa.float64()),
    ]
)


def _strongest(pairs: pa.Table) -> list[dict[str, object]]:
    """The most frequent partner of each item, so that no bestseller fills the page; a mirrored pair stands once."""
    ordered = pairs.sort_by([("count", "descending"), ("item", "ascending"), ("other", "ascending")])
    first = ordered.group_by("item", use_threads=False).aggregate(
        [(name, "first") for name in ("other", "count", "share", "lift")]
    )
    named = first.rename_columns([name.removesuffix("_first") for name in first.column_names])
    rows = named.sort_by([("count", "descending"), ("share", "descending"), ("item", "ascending")])
    found: dict[frozenset[str], dict[str, object]] = {}
    for row in rows.slice(0, 4 * _SHOWN).to_pylist():
        found.setdefault(frozenset((row["item"], row["other"])), row)
    return list(found.values())[:_SHOWN]


def _people(people: pa.Array, told: pa.Table, news: pa.Table) -> pa.Table:
    listed = told.group_by("person_id", use_threads=False).aggregate([("item", "list")])
    first = told.filter(pc.equal(told["place"], 1))
    empty = pa.scalar([], pa.list_(pa.string()))
    return pa.table(
        {
            "person_id": people,
            "recommended": pc.coalesce(listed["item_list"].take(pc.index_in(people, listed["person_id"])), empty),
            **{name: first[name].take(pc.index_in(people, first["person_id"])) for name in ("reason", "because")},
            "novelties": news["novelties"],
        }
    )
