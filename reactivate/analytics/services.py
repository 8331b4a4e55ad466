"""Services due: the part that wears out next, by time or by mileage, whichever comes first."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.analytics.arrays import whole
from reactivate.analytics.history import ids


@frozen
class Service:
    """The norm of one service: every so many days, every so many km, or both."""

    every_days: float | None = None
    km: float | None = None


_DUE = """
with mine as (
    select person_id, coalesce(vehicle, '') as vehicle, ordered_on, mileage, lower(trim(service)) as service
    from orders semi join people using (person_id)
    where paid and ordered_on <= $as_of and coalesce(amount, 0) >= 0
),
pace as (
    select person_id, vehicle,
        (max(mileage) - min(mileage)) / nullif(max(ordered_on) - min(ordered_on), 0) as km_per_day
    from mine where mileage is not null group by all
),
done as (
    select person_id, vehicle, service, max(ordered_on) as last_on from mine where service is not null group by all
),
due as (
    select person_id, norms.service, last_on + cast(floor(least(
        coalesce(every_days, 'infinity'::double), coalesce(km / nullif(km_per_day, 0), 'infinity'::double)
    )) as integer) as due_on
    from done join norms on lower(norms.service) = done.service left join pace using (person_id, vehicle)
    where every_days is not null or km_per_day > 0
)
select person_id, arg_min(service, (due_on, service)) as due_service, min(due_on) - $as_of as until_service
from due group by person_id
"""


def due(people: Any, orders: pa.Table, services: Mapping[str, Service], *, as_of: date) -> pa.Table:
    """`person_id, due_service, until_service` for each of `people`, in order.

    A service falls due `every_days` after it was last done, or when the vehicle has gone `km` since, at the pace
    between its first and last reading of the odometer. `due_service` is the earliest of all vehicles of the person,
    `until_service` the calendar days to it, negative when it is past. Null for people without such a service.
    """
    import duckdb

    wanted = ids(people)
    if not services:
        return _aligned(wanted, None)
    norms = pa.table(
        {
            "service": list(services),
            "every_days": pa.array([norm.every_days for norm in services.values()], pa.float64()),
            "km": pa.array([norm.km for norm in services.values()], pa.float64()),
        }
    )
    with duckdb.connect() as connection:
        connection.register("people", pa.table({"person_id": wanted}))
        connection.register("norms", norms)
        columns = ["person_id", "vehicle", "ordered_on", "mileage", "service", "paid", "amount"]
        connection.register("orders", orders.select(columns))
        return _aligned(wanted, connection.sql(_DUE, params={"as_of": as_of}).to_arrow_table())


def _aligned(wanted: pa.Array, found: pa.Table | None) -> pa.Table:
    if found is None:
        columns = pa.nulls(len(wanted), pa.string()), pa.nulls(len(wanted), pa.int32())
    else:
        place = pc.index_in(wanted, value_set=whole(found["person_id"]))
        columns = found["due_service"].take(place), found["until_service"].take(place).cast(pa.int32())
    return pa.table({"person_id": wanted, "due_service": columns[0], "until_service": columns[1]})
