"""Matching on a plain table: map its columns to ours, read its dates, give one person per record."""

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import field, frozen

from reactivate.errors import DataError
from reactivate.matching.clusters import components
from reactivate.matching.constant import without_constants
from reactivate.matching.fields import WORDS, columns_for
from reactivate.matching.linked import Linked
from reactivate.matching.linking import MERGE_AT, REVIEW_AT, Pair, link
from reactivate.matching.threads import in_threads
from reactivate.normalise import normalised
from reactivate.normalise.cells import count_distinct
from reactivate.plainfiles.texts import as_text
from reactivate.text import nearest, one_of

OURS = {
    "id": "record_id", "record_id": "record_id", "name": "name", "full_name": "name", "first_name": "first_name",
    "last_name": "last_name", "patronymic": "patronymic", "phone": "phone", "email": "email", "address": "address",
    "birth_date": "birth_date", "city": "city", "postcode": "postcode", "comment": "comment", "tax_id": "tax_id",
    "vehicle": "vehicle",
}  # fmt: skip
_DATES = ((r"^\d{4}-\d{1,2}-\d{1,2}", "%Y-%m-%d"), (r"^\d{8}$", "%Y%m%d"), (r"^\d{1,2}\.\d{1,2}\.\d{4}$", "%d.%m.%Y"),
          (r"^\d{4}/\d{1,2}/\d{1,2}$", "%Y/%m/%d"), (r"^\d{1,2}-\d{1,2}-\d{4}$", "%d-%m-%Y"))  # fmt: skip


@frozen
class Columns:
    """`ours`: our field -> their column; `extra`: their column -> exact or fuzzy; `ignored`: their other columns."""

    ours: dict[str, str]
    extra: dict[str, str]
    ignored: tuple[str, ...] = field(default=())


def mapped_columns(names: list[str], mapping: dict[str, str], extra: dict[str, str]) -> Columns:
    """Which of their columns is which of our fields. Raises DataError R611 naming every column that is not there."""
    there = {name.strip(): name for name in names}
    wrong = [their for their in [*mapping.values(), *extra] if their not in there]
    unknown = [our for our in mapping if our not in OURS]
    if unknown:
        hint = _meant(unknown[0], mapping[unknown[0]], there)
        raise DataError.because("R611", f"no field of ours is called {unknown[0]!r}", hint)
    if wrong:
        close = nearest(wrong[0], there)
        hint = f"did you mean {close!r}?" if close else f"columns: {one_of(there, 12)}"
        raise DataError.because("R611", f"the file has no column {wrong[0]!r}", hint)
    ours = {OURS[our]: there[their] for our, their in mapping.items()}
    taken = set(ours.values()) | {there[their] for their in extra}
    for tidy, name in there.items():
        our = OURS.get(tidy.lower())
        if our and our not in ours and name not in taken:
            ours[our] = name
            taken.add(name)
    ignored = tuple(tidy for tidy, name in there.items() if name not in taken)
    return Columns(ours, {there[their]: how for their, how in extra.items()}, ignored)


def _meant(our: str, their: str, there: Iterable[str]) -> str:
    """A way out for `--map our=their` where `our` is no field of ours."""
    if their in OURS and our in there:
        return f"our field stands first: {their}={our}"
    close = nearest(our, OURS)
    return f"did you mean {close!r}?" if close else f"our fields: {one_of(OURS, 20)}"


def as_records(table: pa.Table, columns: Columns, source: Any = "file") -> pa.Table:
    """The table in our names, text but for `birth_date`; blanks are null. Extra columns get `x_` before their name."""
    count = table.num_rows
    out: dict[str, Any] = {"source": pa.array(source) if isinstance(source, list) else pa.repeat(source, count)}
    theirs = list(columns.ours.values())
    for our, text in zip(columns.ours, in_threads(lambda their: as_text(table[their], their), theirs), strict=True):
        out[our] = birth_days(text) if our == "birth_date" else text
    if "record_id" not in out:
        out["record_id"] = pa.array([str(row + 1) for row in range(count)], pa.string())
    out["record_id"] = pc.fill_null(out["record_id"], "")
    for their in columns.extra:
        out[f"x_{their.strip()}"] = pc.utf8_lower(as_text(table[their], their))
    return pa.table(out)


def birth_days(text: pa.Array) -> pa.Array:
    """Days written as 1956-04-09, 19560409, 09.04.1956 or 09/04/1956; anything else is null. Years 1 to 9999 count.

    Dates with slashes begin with the month where a column has such as 04/29/1956 and none that begin with the day.
    """
    encoded = text.dictionary_encode()
    written = encoded.dictionary
    out = pa.nulls(len(written), pa.date32())
    for pattern, form in (*_DATES, (r"^\d{1,2}/\d{1,2}/\d{4}$", _slashes(written))):
        shaped = pc.fill_null(pc.match_substring_regex(written, pattern), False)
        fits = pc.if_else(shaped, written, pa.scalar(None, pa.string()))
        short = pc.utf8_slice_codeunits(fits, 0, 10)
        read = pc.strptime(short, format=form, unit="s", error_is_null=True).cast(pa.date32())
        out = pc.coalesce(out, _real(read, short, form))
    return out.take(encoded.indices)


def _slashes(written: pa.Array) -> str:
    parts = pc.extract_regex(written, r"^(?P<one>\d{1,2})/(?P<two>\d{1,2})/\d{4}$").drop_null()
    one, two = (pc.max(pc.struct_field(parts, name).cast(pa.int32())).as_py() or 0 for name in ("one", "two"))
    return "%m/%d/%Y" if two > 12 >= one else "%d/%m/%Y"


def _real(days: pa.Array, text: pa.Array, form: str) -> pa.Array:
    """Only days that exist: strptime turns 31.02 into 3 March."""
    back = pc.strftime(days, format=form)
    plain = [pc.replace_substring_regex(side, r"(^|\D)0+(\d)", r"\1\2") for side in (back, text)]
    same = pc.equal(*plain)
    return pc.if_else(pc.fill_null(same, False), days, pa.scalar(None, pa.date32()))


def _told_apart(ids: pa.Array) -> pa.Array:
    """Ids of people; where record ids repeat, the second person of one id becomes `id#2`."""
    if len(ids) == count_distinct(ids):
        return ids
    seen: dict[str, int] = {}
    out = []
    for text in ids.to_pylist():
        seen[text] = seen.get(text, 0) + 1
        out.append(text if seen[text] == 1 else f"{text}#{seen[text]}")
    return pa.array(out, pa.string())


def match_records(
    records: pa.Table,
    *,
    region: str,
    extra: dict[str, str],
    merge_at: float = MERGE_AT,
    review_at: float = REVIEW_AT,
    must_link: Sequence[Pair] = (),
    cannot_link: Sequence[Pair] = (),
) -> tuple[pa.Table, Linked]:
    """(`record_id`, `person_id`, `probability` per record in order; what the matcher said).

    `must_link`, `cannot_link`: decided pairs of positions; see `link`.
    """
    normal, contacts = normalised(records, region=region, any_country=True)
    kinds = {f"x_{their.strip()}": how for their, how in extra.items()}
    ignored = ignored_values(normal, contacts)
    # Of ten million records the texts that are not compared take more room than the matching.
    records = records.select(["record_id"])
    del contacts
    compared = ["source", "record_id", *columns_for(tuple(WORDS)), *kinds]
    normal, constant = without_constants(normal.select([name for name in compared if name in normal.column_names]))
    linked = link(
        normal,
        by=tuple(WORDS),
        merge_at=merge_at,
        review_at=min(review_at, merge_at),
        extra=kinds,
        must_link=must_link,
        cannot_link=cannot_link,
    )
    linked.stats["ignored_values"] = ignored
    linked.stats["same_in_all_records"] = constant
    return people(records, linked), linked


def ignored_values(normal: pa.Table, contacts: pa.Table) -> dict[str, dict[str, int]]:
    """Kind -> why -> how many values were not compared: placeholders, what too many share, what is none of its kind."""
    out: dict[str, dict[str, int]] = {}
    flawed = contacts.select(["kind", "flaw"]).filter(pc.is_valid(contacts["flaw"]))
    for kind in ("phone", "email", "address"):
        out[kind] = _counted(flawed["flaw"].filter(pc.equal(flawed["kind"], kind)))
    named = [pc.is_valid(normal[name]) for name in ("name", "first_name", "last_name") if name in normal.column_names]
    given = reduce(pc.or_, named) if named else None
    out["name"] = _counted(normal["n_name_flaw"].filter(given)) if named else {}
    if "birth_date" in normal.column_names:
        lost = pc.and_(pc.is_valid(normal["birth_date"]), pc.is_null(normal["n_birth"]))
        out["birth_date"] = {"placeholder": pc.sum(lost).as_py() or 0}
    return {kind: whys for kind, whys in out.items() if any(whys.values())}


def _counted(flaws: Any) -> dict[str, int]:
    counts = _whole(flaws).drop_null().value_counts()
    return {
        item["values"]: item["counts"] for item in sorted(counts.to_pylist(), key=lambda i: (-i["counts"], i["values"]))
    }


def _whole(column: Any) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def people(records: pa.Table, linked: Linked) -> pa.Table:
    """Each record with its person (the smallest record id of the cluster) and the chance of the link that holds it."""
    count = records.num_rows
    merge = linked.links.filter(pc.equal(linked.links["band"], "merge"))
    left, right, chance = (np.asarray(merge[name].combine_chunks()) for name in ("left", "right", "probability"))
    label = components(count, left, right)
    holds = np.zeros(count)
    np.maximum.at(holds, left, chance)
    np.maximum.at(holds, right, chance)
    ids = records["record_id"].combine_chunks() if count else pa.array([], pa.string())
    order = np.asarray(pc.sort_indices(ids))
    smallest = np.full(int(label.max(initial=-1)) + 1, -1, np.int64)
    smallest[label[order[::-1]]] = order[::-1]
    return pa.table(
        {
            "record_id": ids,
            "person_id": _told_apart(ids.take(pa.array(smallest, pa.int64()))).take(pa.array(label)),
            "probability": pa.array(np.where(holds == 0, 1.0, holds), pa.float64()),
        }
    )
