"""What `reactivate match` reads: its files as one table of records in our names, and remarks on what was odd."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, field, frozen

from reactivate.matching.alone import OURS, Columns, as_records, mapped_columns
from reactivate.normalise.cells import count_distinct
from reactivate.plainfiles.tables import Read, read_every
from reactivate.plainfiles.texts import as_text
from reactivate.text import counted

_SHOWN = 3
_JOINED = {"phone": "; ", "email": "; ", "address": "\n"}
"""Fields that may be given several columns, and what stands between their values."""

Given = Mapping[str, tuple[str, ...]]
"""Our field -> their columns."""


@define
class Records:
    """`table`: records of all files, text but for `birth_date`; `unread_dates`: cells under it that are no date.

    Columns of theirs that were not taken are `ignored`; those that were taken and hold nothing at all, `empty`.
    """

    table: pa.Table
    ignored: list[str] = field(factory=list)
    empty: list[str] = field(factory=list)
    unread_dates: int = 0

    def hand_over(self) -> pa.Table:
        """The whole table, of which only the ids are kept here: what is matched need not stay in memory twice."""
        whole, self.table = self.table, self.table.select(["record_id"])
        return whole


@frozen
class _File:
    path: str
    read: Read
    name: str


def read_records(
    paths: tuple[str, ...],
    given: Given,
    fields: Mapping[str, str],
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    say: Callable[[str], None],
) -> Records:
    """All files as one table; `say` is told what is odd.

    Faults as `read_every`, and DataError R611 for a column that is in no file.
    """
    stems = [Path(path).stem for path in paths]
    names = stems if len(set(stems)) == len(stems) else list(paths)
    if len(paths) == 1:
        names = ["file"]  # the source breaks ties in crowded blocks: yesterday's name must not move today's people
    files = [_File(path, read_every(path, encoding, delimiter), name) for path, name in zip(paths, names, strict=True)]
    for file in files:
        _say_odd(file, say)
    everywhere = list(dict.fromkeys(name for file in files for name in file.read.table.column_names))
    if any(file.read.table.num_columns for file in files):
        wanted = [*(their for theirs in given.values() for their in theirs[1:]), *fields]
        mapped_columns(everywhere, {our: theirs[0] for our, theirs in given.items()}, dict.fromkeys(wanted, "exact"))
    found = Records(pa.table({}))
    parts = [_records(file, given, fields, found) for file in files]
    found.table = _identified(parts, files, say)
    found.empty = _without_values(found)
    return found


def _without_values(found: Records) -> list[str]:
    """Columns that were taken, in our name or with theirs, and hold nothing."""
    table = found.table
    read = [name for name in table.column_names if not (name == "birth_date" and found.unread_dates)]
    return [name.removeprefix("x_") for name in read if 0 < table.num_rows == table[name].null_count]


def _say_odd(file: _File, say: Callable[[str], None]) -> None:
    read = file.read
    if read.empty:
        say(f"{file.path} is empty")
    elif read.table.num_rows == 0:
        say(f"{file.path} holds a header and no records")
    if read.encoding not in (None, "utf-8", "utf-16"):
        say(f"{file.path} is read as {read.encoding} (--encoding, if that is wrong)")
    if read.odd:
        shown = "; ".join(f"line {odd.line} {odd.reason}" for odd in read.odd[:_SHOWN])
        more = f"; and {counted(len(read.odd) - _SHOWN, 'more row')}" if len(read.odd) > _SHOWN else ""
        say(f"{file.path}: {counted(len(read.odd), 'row')} read as far as possible: {shown}{more}")


def _records(file: _File, given: Given, fields: Mapping[str, str], found: Records) -> pa.Table:
    table = file.read.table
    mapping = {}
    joined: list[str] = []
    for our, theirs in given.items():
        there = [their for their in theirs if their in table.column_names]
        if len(there) > 1:
            values = [as_text(table[their], their) for their in there]
            name = " and ".join(there)
            cells = pc.binary_join_element_wise(*values, _JOINED[OURS[our]], null_handling="skip")
            table = table.append_column(name, cells)
            joined += there
            there = [name]
        if there:
            mapping[our] = there[0]
    extra = {their: how for their, how in fields.items() if their in table.column_names}
    columns = mapped_columns(table.column_names, mapping, extra)
    found.ignored += [name for name in columns.ignored if name not in {*joined, *found.ignored}]
    records = as_records(table, columns, file.name)
    found.unread_dates += _unread(table, columns, records)
    return records if "record_id" in columns.ours else records.drop_columns("record_id")


def _unread(table: pa.Table, columns: Columns, records: pa.Table) -> int:
    """Cells under birth date that are no date."""
    their = columns.ours.get("birth_date")
    if their is None:
        return 0
    written = pc.is_valid(as_text(table[their], their))
    return int(pc.sum(pc.and_(written, pc.is_null(records["birth_date"].combine_chunks()))).as_py() or 0)


def _identified(parts: list[pa.Table], files: list[_File], say: Callable[[str], None]) -> pa.Table:
    """One table; a record without an id is called by its place, and ids that stand in several files by their file."""
    named = [file for part, file in zip(parts, files, strict=True) if "record_id" in part.column_names]
    records = pa.concat_tables(parts, promote_options="default").combine_chunks()
    count = records.num_rows
    places = pa.array(np.arange(1, count + 1)).cast(pa.string())
    if not named:
        if count:
            say("no column bears ids: records are called by their number, from 1 on (--id COLUMN if there is one)")
        return records.append_column("record_id", places)
    ids = records["record_id"].combine_chunks()
    bare = pc.fill_null(pc.equal(ids, ""), True)
    without = pc.sum(bare).as_py() or 0
    if without:
        first = places.filter(bare)[0]
        say(f"{counted(without, 'record')} without an id: called by the place, such as `record {first}`")
        ids = pc.if_else(bare, pc.binary_join_element_wise("record", places, " "), ids)
    shared = _in_several(ids, records["source"].combine_chunks()) if len(named) > 1 else 0
    if shared:
        ids = pc.binary_join_element_wise(records["source"].combine_chunks(), ids, ":")
        say(f"several files have the same ids ({shared:,}): records are called FILE:ID, such as {ids[0]}")
    repeated = count - count_distinct(ids)
    if repeated:
        say(f"{counted(repeated, 'row')} with an id that another row has: each row is matched on its own")
    return records.set_column(records.schema.get_field_index("record_id"), "record_id", ids)


def _in_several(ids: pa.Array, sources: pa.Array) -> int:
    """How many ids stand in more than one file."""
    once = pa.table({"id": ids, "source": sources}).group_by(["id", "source"]).aggregate([])
    return int(once.num_rows - pc.count_distinct(once["id"]).as_py())
