"""Steps that bring a ledger made by an older version up to this one, without making it unreadable for that version.

A table or an index more is no new version of the schema: the older program neither sees nor misses it.
"""

from sqlalchemy import Connection, func, select, text, update

from reactivate.ledger import schema as t

_LIVELIEST = ("redeemed", "issued", "reserved", "expired")
"""Of two people who hold one code, whose it stays: who used it, who has seen it, who waits for it."""
_GIVEN_UP = {"state": "free", "pass_id": None, "person_id": None, "reserved_at": None, "issued_at": None,
             "expires_at": None}  # fmt: skip
_NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()",
}


def add_indexes(connection: Connection) -> None:
    """Indexes that this version has and the ledger's maker had not."""
    query = _NAMES.get(connection.dialect.name)
    there = set(connection.execute(text(query)).scalars()) if query else set()
    missing = [index for table in t.META.sorted_tables for index in table.indexes if index.name not in there]
    if not query or not missing:
        return
    if any(index.name == "coupon_once" for index in missing):
        _one_holder_per_code(connection)
    for index in missing:
        index.create(connection)


def _one_holder_per_code(connection: Connection) -> None:
    """Of a code that two pools gave out, keep the liveliest holder; for the others it stands in the pool again.

    There nobody gets it a third time, because it is somebody's (`coupons`). Before a code was unique in the whole
    ledger, two campaigns could hand out one file's codes twice.
    """
    c = t.coupon.c
    twice = select(c.code_hash).where(c.state != "free").group_by(c.code_hash).having(func.count() > 1)
    rows = connection.execute(
        select(c.code_hash, c.campaign_id, c.offer, c.code, c.state, c.issued_at, c.reserved_at)
        .where(c.state != "free", c.code_hash.in_(twice))
        .order_by(c.code_hash)
    ).all()
    by_code: dict[int, list[tuple[object, ...]]] = {}
    for row in rows:
        by_code.setdefault(row.code_hash, []).append(tuple(row))
    for holders in by_code.values():
        for _, campaign, offer, code, *_ in sorted(holders, key=_first)[1:]:
            mine = (c.campaign_id == campaign) & (c.offer == offer) & (c.code == code)
            connection.execute(update(t.coupon).where(mine).values(**_GIVEN_UP))


def _first(row: tuple[object, ...]) -> tuple[int, float, str, str]:
    _, campaign, offer, _, state, issued_at, reserved_at = row
    since = issued_at if issued_at is not None else reserved_at
    return _LIVELIEST.index(str(state)), float(since or 0), str(campaign), str(offer)  # type: ignore[arg-type]
