"""The stratum of each pass: the group of which the holdout took its exact share, as it was at the entry."""

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, select

from reactivate.ledger import schema as t
from reactivate.ledger.store import Store, table_of

STRATA = pa.schema([("pass_id", pa.int64()), ("stratum", pa.string())])


def put(store: Store, connection: Connection, opened: pa.Table, entrants: pa.Table) -> None:
    """Keep the strata of `opened` passes, as `entrants` (person_id, stratum) have them; nothing without that column."""
    if "stratum" not in entrants.column_names or not opened.num_rows:
        return
    place = pc.index_in(opened["person_id"].combine_chunks(), entrants["person_id"].combine_chunks())
    names = entrants["stratum"].combine_chunks().take(place)
    columns = {"pass_id": opened["pass_id"], "name": names}
    store.bulk(connection, store.put(t.stratum).on_conflict_do_nothing(), columns)


def of_campaign(connection: Connection, campaign: str) -> pa.Table:
    """STRATA of the passes of a campaign; passes that were drawn without strata are not there."""
    query = (
        select(t.stratum.c.pass_id, t.stratum.c.name)
        .join(t.passage, t.passage.c.id == t.stratum.c.pass_id)
        .join(t.campaign, t.campaign.c.id == t.passage.c.campaign_id)
        .where(t.campaign.c.name == campaign)
        .order_by(t.stratum.c.pass_id)
    )
    return table_of(connection, query, STRATA)
