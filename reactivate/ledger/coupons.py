"""Coupon codes: free -> reserved (on entering) -> issued (at the intent) -> redeemed; released when the pass ends.

A pool belongs to an offer of a campaign, but a code is given once in the whole ledger: two campaigns that name one file
share its codes.
"""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, exists, func, select, update
from sqlalchemy.exc import IntegrityError

from reactivate.ledger import keys
from reactivate.ledger import schema as t
from reactivate.ledger.store import CHUNK, Store, table_of


def add_codes(
    store: Store, connection: Connection, secret: bytes, campaign: int, offer: str, codes: Iterable[str]
) -> int:
    """Fill an offer's pool; codes known already are passed over. Returns how many are free now."""
    c = t.coupon.c
    start = connection.execute(
        select(func.coalesce(func.max(c.position), 0)).where(c.campaign_id == campaign, c.offer == offer)
    ).scalar_one()
    listed = list(dict.fromkeys(codes))
    for first in range(0, len(listed), CHUNK):
        part = listed[first : first + CHUNK]
        columns = {
            "code": pa.array(part, pa.string()),
            "code_hash": pa.array([hash_of(secret, code) for code in part], pa.int64()),
            "position": pa.array(range(start + first + 1, start + first + len(part) + 1), pa.int64()),
        }
        fixed = {"campaign_id": campaign, "offer": offer, "state": "free"}
        store.bulk(connection, store.put(t.coupon).on_conflict_do_nothing(), {**columns, **fixed})
    return free(connection, campaign, offer)


def hash_of(secret: bytes, code: str) -> int:
    """What a code is found by when it comes back; letter case does not matter."""
    return keys.number_of(secret, f"coupon\x1f{code.strip().casefold()}")


def free(connection: Connection, campaign: int, offer: str) -> int:
    """Codes not yet given to anybody, whatever pool they stand in."""
    c = t.coupon.c
    mine = select(func.count()).where(c.campaign_id == campaign, c.offer == offer, c.state == "free", _nobodys())
    return int(connection.execute(mine).scalar_one())


def _nobodys() -> ColumnElement[bool]:
    """The code of a row is not given out from another pool either."""
    other = t.coupon.alias()
    return ~exists().where(other.c.code_hash == t.coupon.c.code_hash, other.c.state != "free")


def gone(connection: Connection) -> list[str]:
    """Every code of the ledger that is somebody's, or was."""
    return [
        str(code) for code in connection.execute(select(t.coupon.c.code).where(t.coupon.c.state != "free")).scalars()
    ]


def given(connection: Connection, campaign: int, offer: str) -> int:
    """Codes that are somebody's, or were: whatever is not free."""
    c = t.coupon.c
    query = select(func.count()).where(c.campaign_id == campaign, c.offer == offer, c.state != "free")
    return int(connection.execute(query).scalar_one())


def reserve_code(connection: Connection, pass_id: int, offer: str, at: int) -> str | None:
    """The code of this pass for this offer: the one it has, else the next free one; None when the pool is dry."""
    c, p = t.coupon.c, t.passage.c
    holder = connection.execute(select(p.campaign_id, p.person_id).where(p.id == pass_id)).one()
    mine = (c.campaign_id == holder.campaign_id) & (c.offer == offer) & (c.pass_id == pass_id)
    own = connection.execute(select(c.code).where(mine, c.state.in_(["reserved", "issued", "redeemed"])))
    known = own.scalar_one_or_none()
    if known is not None:
        return str(known)
    pool = (c.campaign_id == holder.campaign_id) & (c.offer == offer)
    next_free = select(c.code).where(pool, c.state == "free", _nobodys()).order_by(c.position).limit(1)
    taken = {"state": "reserved", "pass_id": pass_id, "person_id": holder.person_id, "reserved_at": at}
    while (code := connection.execute(_locked(next_free)).scalar_one_or_none()) is not None:
        try:
            with connection.begin_nested():
                connection.execute(update(t.coupon).where(pool, c.code == code).values(**taken))
        except IntegrityError:
            continue  # another run has just given the same code out of another pool
        return str(code)
    return None


def prune(connection: Connection, pass_ids: list[int]) -> None:
    """Take codes that were given out from another pool out of the pools of the campaign of these passes."""
    c, p = t.coupon.c, t.passage.c
    if not pass_ids:
        return
    campaign = connection.execute(select(p.campaign_id).where(p.id == pass_ids[0])).scalar_one_or_none()
    connection.execute(delete(t.coupon).where(c.campaign_id == campaign, c.state == "free", ~_nobodys()))


def _locked(query: Select[tuple[str]]) -> Select[tuple[str]]:
    """Rows that a concurrent run of the same pool has taken are passed over, not waited for."""
    return query.with_for_update(skip_locked=True, of=t.coupon)


def open_offers(connection: Connection, now: int) -> list[tuple[str, str, str, int | None]]:
    """Person, campaign, offer and end (null = not handed over yet) of codes that are somebody's and not used yet."""
    c = t.coupon.c
    live = c.state.in_(["reserved", "issued"]) & (c.expires_at.is_(None) | (c.expires_at >= now))
    query = select(c.person_id, t.campaign.c.name, c.offer, c.expires_at).join(
        t.campaign, t.campaign.c.id == c.campaign_id
    )
    rows = connection.execute(query.where(live, c.person_id.is_not(None)).order_by(c.person_id, c.expires_at))
    return [(row[0], row[1], row[2], row[3]) for row in rows]


_OF_PASS = pa.schema(
    [("pass_id", pa.int64()), ("pool", pa.string()), ("state", pa.string()), ("expires_at", pa.int64())]
)


def of_campaign(connection: Connection, campaign: str, now: int) -> pa.Table:
    """`pass_id, pool, state, open` of codes that are or were of a pass of this campaign."""
    c = t.coupon.c
    query = (
        select(c.pass_id, c.offer, c.state, c.expires_at)
        .join(t.campaign, t.campaign.c.id == c.campaign_id)
        .where(t.campaign.c.name == campaign, c.pass_id.is_not(None))
        .order_by(c.pass_id, c.offer)
    )
    found = table_of(connection, query, _OF_PASS)
    live = pc.is_in(found["state"], value_set=pa.array(["reserved", "issued"]))
    good = pc.fill_null(pc.greater_equal(found["expires_at"], now), True)
    return found.drop_columns(["expires_at"]).append_column("open", pc.and_(live, good))


def keep_until(connection: Connection, pass_id: int, offer: str, until: int) -> int:
    """When the code of this pass ends. Until it is handed over that is `until`, which is noted; then it stays."""
    c = t.coupon.c
    mine = (c.pass_id == pass_id) & (c.offer == offer)
    unseen = c.expires_at.is_(None) | (c.state == "reserved")
    connection.execute(update(t.coupon).where(mine, unseen).values(expires_at=until))
    return int(connection.execute(select(func.coalesce(func.max(c.expires_at), until)).where(mine)).scalar_one())


_ISSUED = (
    update(t.coupon)
    .where(t.coupon.c.pass_id.in_(bindparam("ids", expanding=True)), t.coupon.c.state == "reserved")
    .values(state="issued", issued_at=bindparam("at"))
)


def issue(connection: Connection, pass_ids: list[int], at: int) -> None:
    """Bind the codes reserved for these passes: they are in messages that are about to leave."""
    connection.execute(_ISSUED, {"ids": pass_ids, "at": at})


def redeem(connection: Connection, secret: bytes, code: str, order_id: str | None, at: int) -> bool:
    """Note that a code came back with an order; the first time counts. False: unknown, free or used before."""
    c = t.coupon.c
    found = (c.code_hash == hash_of(secret, code)) & c.state.in_(["issued", "reserved"])
    done = connection.execute(update(t.coupon).where(found).values(state="redeemed", redeemed_at=at, order_id=order_id))
    return done.rowcount > 0


def redeem_all(connection: Connection, secret: bytes, events: pa.Table) -> None:
    """Note every code that `events` (kind, value, at_us) say was used."""
    used = events.filter(pc.equal(events["kind"], "redeemed"))
    for code, at in zip(used["value"].to_pylist(), used["at_us"].to_pylist(), strict=True):
        redeem(connection, secret, code or "", None, at)


def with_holders(connection: Connection, secret: bytes, events: pa.Table) -> pa.Table:
    """`events` with the person of a redeemed code where nobody is named: tills know codes, not people."""
    unnamed = pc.and_(pc.is_null(events["person_id"]), pc.is_null(events["key"]))
    rows = pc.and_(pc.equal(events["kind"], "redeemed"), pc.and_(unnamed, pc.is_valid(events["value"])))
    codes = events.filter(rows)["value"].to_pylist()
    if not codes:
        return events
    c = t.coupon.c
    found: dict[int, str] = {}
    hashes = {hash_of(secret, code) for code in codes}
    for first in range(0, len(hashes), 500):
        part = sorted(hashes)[first : first + 500]
        held = select(c.code_hash, c.person_id).where(c.code_hash.in_(part), c.person_id.is_not(None))
        found |= {row.code_hash: row.person_id for row in connection.execute(held)}
    persons = iter([found.get(hash_of(secret, code)) for code in codes])
    filled = [next(persons) if mine else person
              for mine, person in zip(rows.to_pylist(), events["person_id"].to_pylist(), strict=True)]  # fmt: skip
    place = events.schema.get_field_index("person_id")
    return events.set_column(place, events.schema.field(place), pa.array(filled, pa.string()))


def release(connection: Connection, pass_ids: list[int], now: int) -> None:
    """Codes of ended passes that nobody has seen go back to the pool; those sent stay with the person until expiry."""
    c = t.coupon.c
    for start in range(0, len(pass_ids), 500):
        unseen = c.pass_id.in_(pass_ids[start : start + 500]) & (c.state == "reserved")
        free_again = {"state": "free", "pass_id": None, "person_id": None, "reserved_at": None, "expires_at": None}
        connection.execute(update(t.coupon).where(unseen).values(**free_again))
    connection.execute(update(t.coupon).where(c.state == "issued", c.expires_at < now).values(state="expired"))


def counts(connection: Connection, campaign: int | None = None) -> dict[str, int]:
    """Codes by state."""
    query = select(t.coupon.c.state, func.count()).group_by(t.coupon.c.state)
    if campaign is not None:
        query = query.where(t.coupon.c.campaign_id == campaign)
    return {row[0]: row[1] for row in connection.execute(query)}
