"""What a study looks at, whether it came from a plain file or from the base of a campaign."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from attrs import field, frozen

from reactivate.analytics.lifecycle import stage
from reactivate.analytics.profiles import profile
from reactivate.analytics.scoring import rfm

Segment = Callable[[pa.Table, pa.Table, date], pa.Table]
"""(profiles, orders up to the day, the day) -> `person_id` and columns: a segmenter."""


def usual_rfm(profiles: pa.Table, orders: pa.Table, as_of: date) -> pa.Table:
    """RFM as it is without a word in a business file."""
    return rfm(profiles, orders, as_of=as_of)


def usual_stage(profiles: pa.Table, orders: pa.Table, as_of: date) -> pa.Table:
    """Stages by everybody's own rhythm."""
    return stage(profiles, orders, as_of=as_of)


@frozen(eq=False)
class Shop:
    """`people`: ids, each once. `orders`: contract ORDERS with `person_id`. `lines`: contract LINES with `person_id`.

    `rfm` and `stage` are the segmenters as the business has set them.
    """

    name: str
    people: pa.Array
    orders: pa.Table
    as_of: date
    lines: pa.Table | None = None
    currency: str | None = None
    rfm: Segment = field(default=usual_rfm)
    stage: Segment = field(default=usual_stage)

    def until(self, day: date) -> pa.Table:
        """Orders up to a day."""
        return self.orders.filter(pc.less_equal(self.orders["ordered_on"], pa.scalar(day)))

    def profiles(self, day: date) -> pa.Table:
        """Everybody as he stood at the end of a day."""
        return profile(self.people, self.until(day), as_of=day)

    def head(self) -> dict[str, Any]:
        """What every result begins with."""
        return {"name": self.name, "as_of": self.as_of.isoformat(), "people": len(self.people)}


@frozen(eq=False)
class Study:
    """`result` is the JSON of the study, `people` a table with one row per person, `table` the figures behind it."""

    result: dict[str, Any]
    people: pa.Table | None
    table: pa.Table


def in_files(table: pa.Table) -> pa.Table:
    """Names as files have them: the person is `customer_id`, durations say their unit."""
    names = {"person_id": "customer_id", "lapse_line": "lapse_line_days", "lost_line": "lost_line_days"}
    names["since_last_order"] = "since_last_order_days"
    return table.rename_columns([names.get(name, name) for name in table.column_names])
