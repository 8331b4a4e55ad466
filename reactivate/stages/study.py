"""The base of a business as a shop to study, with its segmenters as the business has set them."""

from datetime import date

import pyarrow as pa

from reactivate.analytics.studies.shop import Segment, Shop, usual_rfm, usual_stage
from reactivate.stages.opened import Opened
from reactivate.stages.profile import profiles
from reactivate.stages.shelf import sold_lines
from reactivate.stages.tables import whole


def shop_of(opened: Opened) -> Shop:
    """Everybody in the base and all that was ordered, at the moment of `opened`."""
    orders = opened.base.table("orders")
    return Shop(
        name=opened.business.brand,
        people=whole(opened.base.table("people")["person_id"]),
        orders=orders,
        as_of=opened.moment.day,
        lines=sold_lines(orders, opened.base.table("lines")),
        currency=opened.business.currency,
        rfm=_segment(opened, "rfm") or usual_rfm,
        stage=_segment(opened, "stage") or usual_stage,
    )


def _segment(opened: Opened, word: str) -> Segment | None:
    """The first column made by this segmenter, under the names that the segmenter itself gives."""
    column = next((one for one in opened.columns if one.descriptor.name == word), None)
    if column is None:
        return None
    people = opened.base.table("people")

    def assign(_: pa.Table, orders: pa.Table, as_of: date) -> pa.Table:
        # The business's own profiles: its segmenter may read services and columns that a plain file has not.
        known = profiles(people, orders, as_of=as_of, zone=opened.zone, services=opened.services)
        return column.segmenter.assign(known, orders, as_of)

    return assign
