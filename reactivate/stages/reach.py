"""Who can be contacted on a channel, at which address, and if not, why not."""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.stages.tables import first_per, marked

ADDRESS_KIND = {"email": "email", "sms": "phone", "call": "phone", "messenger": "phone"}
"""Which contact a kind of channel needs; kinds not named here (staff, ads, push) need none of ours."""

WHY = {
    "no_address": "no address of this kind is known",
    "bad_address": "every address of this kind is invalid, a placeholder or shared by many",
    "refused": "refused this channel, or the address is closed",
    "no_consent": "no proven consent for this purpose and channel",
}
"""The reasons in order of discovery: what must be mended first stands first."""

Suppressed = Callable[[pa.Table], pa.Array]
"""contacts (person_id, kind, value) -> boolean, true where nothing may be sent."""


def reach(
    people: pa.Array,
    contacts: pa.Table,
    *,
    channel_kind: str,
    suppressed: Suppressed,
    consented: pa.Array | None,
) -> pa.Table:
    """`person_id, value, display, why`, one row per person of `people`, in that order.

    `contacts` is the base's table; `consented` holds the ids of persons with a proven consent for the purpose and
    this kind of channel, None where the policy asks for none. `why` is a word of `WHY`, null = can be contacted.
    Staff channels contact nobody: everybody can be named there.
    """
    kind = ADDRESS_KIND.get(channel_kind)
    if kind is None:
        empty = pa.nulls(len(people), pa.string())
        return pa.table({"person_id": people, "value": empty, "display": empty, "why": empty})
    of_kind = contacts.filter(pc.equal(contacts["kind"], kind))
    usable = pc.fill_null(of_kind["good"], False)
    if channel_kind == "sms":
        usable = pc.and_(usable, pc.fill_null(of_kind["mobile"], False))
    good = of_kind.filter(usable)
    free = good.filter(pc.invert(suppressed(good)))
    best = first_per(free.select(["person_id", "value", "display", "rank"]), "person_id", "rank")
    place = pc.index_in(people, best["person_id"].combine_chunks())
    why = _reason(people, of_kind["person_id"], good["person_id"], free["person_id"], consented)
    return pa.table(
        {
            "person_id": people,
            "value": best["value"].combine_chunks().take(place),
            "display": best["display"].combine_chunks().take(place),
            "why": why,
        }
    )


def _reason(
    people: pa.Array, known: pa.ChunkedArray, good: pa.ChunkedArray, free: pa.ChunkedArray, consented: pa.Array | None
) -> pa.Array:
    may = marked(people, consented) if consented is not None else pa.repeat(pa.scalar(True), len(people))
    return pc.case_when(
        pc.make_struct(
            pc.invert(marked(people, known)),
            pc.invert(marked(people, good)),
            pc.invert(marked(people, free)),
            pc.invert(may),
        ),
        *(pa.scalar(word) for word in WHY),
        pa.scalar(None, pa.string()),
    )
