"""The strictest consent of a merged card: what one of its records refused, another one's yes does not allow."""

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.stages.unify import person_ids

# A refusal is lifted by a newer consent of the same record, or of a contact; never by that of another record which a
# matcher, who may be wrong, holds for the same person.
_LIFTING = """
select distinct c.row
from consents c join refusals r
  on c.person = r.person and c.record != r.record and (r.channel = 'all' or r.channel = c.channel)
where r.refused_on is null or c.given_on is null or c.given_on >= r.refused_on
"""


def strictest(consents: pa.Table, suppressions: pa.Table, members: pa.Table) -> pa.Table:
    """`consents` less those by which a record would lift what another record of its person refused.

    All tables by contract; rows that name a contact and no record are kept. In the order given.
    """
    given, refused = _of_records(consents, members), _of_records(suppressions, members)
    if not given.num_rows or not refused.num_rows:
        return consents
    with duckdb.connect() as base:
        base.register("consents", given)
        base.register("refusals", refused)
        lifting = base.sql(_LIFTING).to_arrow_table()["row"].combine_chunks()
    rows = pa.array(range(consents.num_rows), pa.int64())
    return consents.filter(pc.invert(pc.is_in(rows, value_set=lifting.cast(pa.int64()))))


def _of_records(table: pa.Table, members: pa.Table) -> pa.Table:
    """`row`, `person`, `record` and the table's own columns, of rows that name a record whose person is known."""
    told = table.append_column("row", pa.array(range(table.num_rows), pa.int64()))
    told = told.append_column("person", person_ids(members, table["source"], table["record_id"]))
    told = told.append_column("record", pc.binary_join_element_wise(table["source"], table["record_id"], "\x1f"))
    return told.filter(pc.and_(pc.is_valid(told["person"]), pc.is_valid(told["record"])))
