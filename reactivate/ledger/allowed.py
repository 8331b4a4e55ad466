"""May this person be written to at this address? The answer inside the transaction in which a message leaves.

The same law as `consents.consent_now` and `suppressions.suppressed`, asked for a handful of rows.
"""

from sqlalchemy import Connection, bindparam, or_, select

from reactivate.ledger import schema as t
from reactivate.ledger.suppressions import LASTING, NOBODY, NOWHERE


def allowed(
    connection: Connection,
    asked: list[tuple[str, frozenset[int]]],
    channel: str,
    scope: str,
    purposes: tuple[str, ...] | None,
) -> list[str | None]:
    """Per (person, points of the address), inside the intent transaction: None = may be written to, else why not.

    The words are `suppressed` and `no_consent`.
    """
    persons = [person for person, _ in asked]
    points = sorted({point for _, own in asked for point in own})
    bars = _bars_of(connection, persons, points, channel, scope)
    proven, last_yes = _consents_of(connection, persons, channel, purposes)
    found: list[str | None] = []
    for person, own in asked:
        yes = last_yes.get(person)
        places = [(person, NOWHERE), *((who, point) for who in (NOBODY, person) for point in own)]
        hits = [
            reason
            for place in places
            for reason, at in bars.get(place, ())
            if reason in LASTING or yes is None or yes <= at
        ]
        lacks = purposes is not None and person not in proven
        found.append("suppressed" if hits else "no_consent" if lacks else None)
    return found


_BARS_OF = select(t.suppression.c.person_id, t.suppression.c.point, t.suppression.c.reason, t.suppression.c.at).where(
    t.suppression.c.channel.in_(["all", bindparam("channel")]),
    t.suppression.c.scope.in_(["all", bindparam("scope")]),
    or_(
        t.suppression.c.person_id.in_(bindparam("people", expanding=True)),
        (t.suppression.c.person_id == NOBODY) & t.suppression.c.point.in_(bindparam("points", expanding=True)),
    ),
)
_CONSENTS_OF = select(t.consent.c.person_id, t.consent.c.purpose, t.consent.c.at).where(
    t.consent.c.person_id.in_(bindparam("people", expanding=True)),
    t.consent.c.channel == bindparam("channel"),
    t.consent.c.at.is_not(None),
    t.consent.c.proof.is_not(None),
)


def _bars_of(
    connection: Connection, persons: list[str], points: list[int], channel: str, scope: str
) -> dict[tuple[str, int], list[tuple[str, int]]]:
    asked = {"people": persons, "points": points, "channel": channel, "scope": scope}
    bars: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for person, point, reason, at in connection.execute(_BARS_OF, asked):
        bars.setdefault((person, point), []).append((reason, at))
    return bars


def _consents_of(
    connection: Connection, persons: list[str], channel: str, purposes: tuple[str, ...] | None
) -> tuple[set[str], dict[str, int]]:
    """Persons with a proven consent for one of `purposes`, and the date of their last proven one for anything."""
    proven: set[str] = set()
    last_yes: dict[str, int] = {}
    for person, purpose, at in connection.execute(_CONSENTS_OF, {"people": persons, "channel": channel}):
        last_yes[person] = max(at, last_yes.get(person, at))
        if purposes is not None and purpose in purposes:
            proven.add(person)
    return proven, last_yes
