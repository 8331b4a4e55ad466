"""Segmenters: one row per person, the columns promised, the same for any order and any batches."""

from typing import Any

import pyarrow as pa

from reactivate.host.answers import columns as promised
from reactivate.testing import samples
from reactivate.testing.subject import Place


def columns_are_as_promised(place: Place) -> None:
    """`person_id` and the added columns, of the types and the words that the descriptor names."""
    descriptor = place.subject.descriptor
    table = promised(_assigned(place), (), descriptor)
    for added in descriptor.adds:
        strange = set(table[added.name].drop_null().to_pylist()) - set(added.words) if added.words else set()
        assert not strange, f"column {added.name!r} holds {sorted(strange)[:3]}, not among its words"
    extra = set(table.column_names) - {"person_id", *(added.name for added in descriptor.adds)}
    assert not extra, f"columns nobody was told of: {sorted(extra)}"


def everybody_stands_once(place: Place) -> None:
    """Each person of the profiles stands in the result once, those without orders too."""
    ids = _assigned(place)["person_id"].to_pylist()
    assert sorted(ids) == sorted(samples.profiles()["person_id"].to_pylist()), "other people than in the profiles"


def nobody_and_nothing_break_nothing(place: Place) -> None:
    """An empty base, a base without orders, and profiles of which all is unknown."""
    profiles, orders = samples.profiles(), samples.orders()
    assert _assigned(place, profiles.slice(0, 0), orders.slice(0, 0)).num_rows == 0, "rows from an empty base"
    for some in (_assigned(place, profiles, orders.slice(0, 0)), _assigned(place, samples.nulls(profiles), orders)):
        assert some.num_rows == profiles.num_rows, "people were lost"


def batches_change_nothing(place: Place) -> None:
    """Batches of 7 and of 4,096 rows give the same; a second call too."""
    profiles, orders = samples.profiles(), samples.orders()
    once = _rows(_assigned(place))
    for rows in (7, 4096):
        found = _rows(_assigned(place, samples.cut(profiles, rows), samples.cut(orders, rows)))
        assert found == once, f"batches of {rows} rows give another result"
    assert _rows(_assigned(place)) == once, "a second call gives another result"


def order_changes_nothing(place: Place) -> None:
    """Profiles and orders turned round give the same for the same person."""
    found = _assigned(place, samples.turned(samples.profiles()), samples.turned(samples.orders()))
    assert _rows(found) == _rows(_assigned(place)), "the order of the rows matters"


def tables_stay_as_they_are(place: Place) -> None:
    """The tables given are not changed."""
    before = samples.profiles().to_pylist(), samples.orders().to_pylist()
    _assigned(place)
    assert (samples.profiles().to_pylist(), samples.orders().to_pylist()) == before, "a table was changed"


def _assigned(place: Place, profiles: pa.Table | None = None, orders: pa.Table | None = None) -> pa.Table:
    people = samples.profiles() if profiles is None else profiles
    bought = samples.orders() if orders is None else orders
    return place.make().assign(people, bought, samples.AS_OF)


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    return [
        {name: round(cell, 9) if isinstance(cell, float) else cell for name, cell in row.items()}
        for row in samples.rows_of(table, "person_id")
    ]
