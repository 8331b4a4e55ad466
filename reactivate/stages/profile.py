"""The profile of everybody at one moment: orders, own columns, segmenters, answers, contact history, reach."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from attrs import field, frozen

from reactivate import analytics
from reactivate.contracts.contract import MOMENT, TEXTS
from reactivate.host.descriptors import SegmenterType
from reactivate.host.protocols import Segmenter
from reactivate.normalise.marks import as_marks
from reactivate.stages.facts import since_days
from reactivate.stages.shelf import shelf_columns
from reactivate.stages.tables import aligned, first_per, whole, with_columns

_NO_TEXT = pa.array([], pa.string())
_CARD = ("first_name", "last_name", "patronymic", "language", "city", "country", "birth_date", "household")


@frozen
class Column:
    """One entry under `columns`: its YAML name, the segmenter and what it adds."""

    name: str
    segmenter: Segmenter
    descriptor: SegmenterType


@frozen
class Heard:
    """What the ledger knows of people. `answers`: person_id, question, value, at. `touched`: person_id, at.

    `clicked`: person_id, at. `tagged`: person_id, tag. `inside`: person_id, campaign. `questions`: word -> many?
    `marks`: those of them that are answered by a number from 0 to 10. `reacted`: person_id, channel, a row for each
    click or answer to a message on that channel.
    """

    answers: pa.Table
    touched: pa.Table
    clicked: pa.Table
    tagged: pa.Table
    inside: pa.Table
    questions: Mapping[str, bool]
    marks: frozenset[str] = frozenset()
    reacted: pa.Table = field(factory=lambda: pa.table({"person_id": _NO_TEXT, "channel": _NO_TEXT}))


def profiles(
    people: pa.Table,
    orders: pa.Table,
    *,
    as_of: date,
    zone: ZoneInfo,
    until: date | None = None,
    windows: Iterable[tuple[str, float]] = (),
    margin: Mapping[str, float] | None = None,
    columns: Iterable[Column] = (),
    heard: Heard | None = None,
    forecasts: Iterable[str] = (),
    goal_days: int = 90,
    services: Mapping[str, analytics.Service] | None = None,
    lines: pa.Table | None = None,
    shelf: Iterable[str] = (),
) -> pa.Table:
    """One row per person of `people`, in that order. Orders after `until` (default `as_of`) do not exist yet.

    `forecasts`: columns of the buying models that a rule asks for; fitting them takes a while, so only those are made.
    `shelf`: lists of titles that a rule or a letter reads (`shelf.NAMES`), from `lines`; they take a while too.
    """
    last = until or as_of
    table = analytics.profile(
        people,
        orders,
        as_of=as_of,
        until=last,
        windows=_of_orders(windows),
        margin=margin,
        timezone=str(zone),
        forecasts=tuple(forecasts),
        goal_days=goal_days,
        services=services,
    )
    table = with_columns(table, _of_card(people))
    past = orders.filter(pc.less_equal(orders["ordered_on"], pa.scalar(last)))
    for column in columns:
        table = with_columns(table, _added(column, table, past, as_of))
    if lines is not None:
        table = with_columns(table, shelf_columns(table, past, lines, shelf, as_of=last))
    if heard is not None:
        now = datetime.combine(as_of, time(23, 59, 59), zone)
        table = with_columns(table, _heard(table, heard, now, zone, windows))
    return table


def _of_card(people: pa.Table) -> dict[str, pa.ChunkedArray]:
    """What the merged card says, and the own columns of the sources under their own names."""
    cards = {name: people[name] for name in _CARD if name in people.column_names}
    own = {name.removeprefix("x_"): people[name] for name in people.column_names if name.startswith("x_")}
    return {**own, **cards, "tags": people["tags"]}


def _added(column: Column, table: pa.Table, past: pa.Table, as_of: date) -> dict[str, pa.ChunkedArray]:
    """The columns of one segmenter, in the order of the people."""
    found = aligned(table["person_id"], column.segmenter.assign(table, past, as_of))
    return {_named(column, name): found[name] for name in found.column_names if name != "person_id"}


def _named(column: Column, added: str) -> str:
    """The first column a segmenter adds bears the name it has in YAML; the others keep theirs."""
    first = column.descriptor.adds[0].name if column.descriptor.adds else None
    return column.name if added == first else added


def _heard(
    table: pa.Table, heard: Heard, now: datetime, zone: ZoneInfo, windows: Iterable[tuple[str, float]]
) -> dict[str, pa.Array]:
    ids = table["person_id"]
    found = {
        "tags": _united(ids, table["tags"], heard.tagged),
        "inside": _lists(ids, heard.inside, "campaign"),
        "touches": _count(ids, heard.touched),
        "clicks": _count(ids, heard.clicked),
        "favourite_channel": _most_frequent(ids, heard.reacted, "channel"),
        "since_last_touch": since_days(_latest(ids, heard.touched), now, zone),
        "since_last_click": since_days(_latest(ids, heard.clicked), now, zone),
    }
    for name, days in windows:
        source = {"touches": heard.touched, "clicks": heard.clicked}.get(name)
        if source is not None:
            since = pa.scalar(now - timedelta(days=days), MOMENT)
            found[analytics.window_name(name, days)] = _count(ids, source.filter(pc.greater(source["at"], since)))
    for question, many in heard.questions.items():
        mine = heard.answers.filter(pc.equal(heard.answers["question"], question))
        latest = first_per(mine.select(["person_id", "value", "at"]), "person_id", "at", descending=True)
        row = aligned(ids, latest)
        value = as_marks(whole(row["value"])) if question in heard.marks else whole(row["value"])
        found[question] = pc.split_pattern(value, ",").cast(TEXTS) if many else value
        found[f"since_{question}"] = since_days(whole(row["at"]), now, zone)
    return found


def _of_orders(windows: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    return [(name, days) for name, days in windows if name not in ("touches", "clicks")]


def _count(ids: pa.ChunkedArray, happened: pa.Table) -> pa.Array:
    counted = happened.group_by("person_id").aggregate([([], "count_all")])
    return pc.fill_null(whole(aligned(ids, counted)["count_all"]), 0).cast(pa.int32())


def _most_frequent(ids: pa.ChunkedArray, happened: pa.Table, value: str) -> pa.Array:
    """The value that came most often per person, of equal ones the first in the alphabet; null where none came."""
    counted = happened.group_by(["person_id", value]).aggregate([([], "count_all")])
    ranked = counted.sort_by([("person_id", "ascending"), ("count_all", "descending"), (value, "ascending")])
    first = ranked.group_by("person_id", use_threads=False).aggregate([(value, "first")])
    return whole(aligned(ids, first)[f"{value}_first"])


def _latest(ids: pa.ChunkedArray, happened: pa.Table) -> pa.Array:
    latest = happened.group_by("person_id").aggregate([("at", "max")])
    return whole(aligned(ids, latest)["at_max"]).cast(MOMENT)


def _lists(ids: pa.ChunkedArray, pairs: pa.Table, value: str) -> pa.Array:
    """A list per person, empty where there is none: absence is known here, so it is not null."""
    distinct = (
        pairs.group_by(["person_id", value]).aggregate([]).sort_by([("person_id", "ascending"), (value, "ascending")])
    )
    gathered = distinct.group_by("person_id", use_threads=False).aggregate([(value, "list")])
    found = whole(aligned(ids, gathered)[f"{value}_list"]).cast(TEXTS)
    return pc.coalesce(found, pa.scalar([], TEXTS))


def _united(ids: pa.ChunkedArray, tags: pa.ChunkedArray, tagged: pa.Table) -> pa.Array:
    """Tags of the cards and tags given by journeys, each once."""
    card = whole(tags).cast(TEXTS)
    owners = whole(ids).take(pc.list_parent_indices(card))
    own = pa.table({"person_id": owners, "tag": pc.list_flatten(card)})
    return _lists(ids, pa.concat_tables([own, tagged.select(["person_id", "tag"])]), "tag")
