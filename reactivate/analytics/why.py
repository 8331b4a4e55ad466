"""Why a person has a word: one sentence for `explain`, from the row of the profile and the person's own orders."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.analytics.services import Service

Row = Mapping[str, Any]

_DRAWN = {
    "rhythm": "19 of 20 own gaps are shorter",
    "base": "no rhythm of the person's own yet, so that of the base counts",
    "told": "told by the business",
    "category": "told for the category of the last order",
    "business": "usual in this kind of business",
    "learned": "learned: past it hardly anybody of this category comes back unasked",
    "service": "a quarter past the next service",
    "grace": "a quarter past the own expected order, which is later than the business's line",
}


def why_stage(row: Row) -> str:
    """The reason behind `stage`, from a profile row that has it, in whole days."""
    word, silence = row["stage"], row["since_last_order"]
    if word == "potential":
        return "potential: no paid order yet"
    told = [f"last order {silence} days ago ({_orders(row)})"]
    if word == "won_back":
        told.append("it ended a gap longer than the lapse line, and the word stays until the next order or lapse")
    if row.get("rhythm") is not None:
        told.append(f"usual gap {row['rhythm']:.0f} days")
    line, drawn = row.get("lapse_line"), row.get("lapse_by")
    if line is not None:
        told.append(f"lapsed after {line:.0f} days ({_DRAWN.get(drawn or '', 'the lapse line')})")
        told.append(f"lost after {row['lost_line']:.0f} days")
    return f"{word}: {', '.join(told)}"


def why_rfm(row: Row) -> str:
    """The reason behind `rfm`, from a profile row that has r, f and m."""
    if row["rfm"] is None:
        return "rfm is missing: no paid order"
    return (
        f"{row['rfm']}: r {row['r']} (last order {row['since_last_order']} days ago), "
        f"f {row['f']} ({_orders(row)}), m {row['m']} ({row['revenue']:,} in all)"
    )


_PLACE = {"high": "in the best fifth", "middle": "in the three tenths below", "low": "in the lower half"}


def why_value(row: Row) -> str:
    """The reason behind `value`, from a row that has the forecasts."""
    word = row["value"]
    if word is None:
        return "value is missing: no order, or no sum known"
    told = [f"{row['expected_value']:,} expected in the next 365 days, {_PLACE[word]} of the base"]
    if row.get("chance_alive") is not None:
        told.append(f"chance to be still a customer {row['chance_alive']:.0%}")
    if row.get("chance_order") is not None:
        told.append(f"chance of an order {row['chance_order']:.0%}")
    if row.get("stage") in ("lapsed", "lost") and word == "high":
        told.append(f"{row['stage']} and yet worth the effort: a promising lost")
    return f"{word}: {', '.join(told)}"


def why_topics(row: Row, orders: pa.Table, *, as_of: date) -> str:
    """The reason behind `topics`: how often each category was bought, and when last. `orders` are the person's own."""
    if not row["topics"]:
        return "topics: none known, no order has a category"
    bought = _bought(orders, as_of).select(["category", "ordered_on"])
    counted = bought.group_by("category").aggregate([([], "count_all"), ("ordered_on", "max")]).to_pylist()
    found = {one["category"]: one for one in counted}
    told = [
        f"{topic} ({_times(found[topic]['count_all'])}, last on {found[topic]['ordered_on_max']})"
        for topic in row["topics"]
        if topic in found
    ]
    return f"topics: {', '.join(told)}; recent orders count more"


def why_due(row: Row, orders: pa.Table, services: Mapping[str, Service], *, as_of: date) -> str:
    """The reason behind `due_service`: when it was done last, its norm, the pace of the odometer."""
    name = row["due_service"]
    if name is None:
        return "due_service is missing: none of the services was done before"
    until = int(row["until_service"])
    told = [f"due in {until} days" if until >= 0 else f"due {-until} days ago"]
    bought = _bought(orders, as_of)
    same = pc.equal(pc.utf8_lower(pc.utf8_trim_whitespace(bought["service"])), name.strip().lower())
    mine = bought.filter(pc.fill_null(same, False))
    last = pc.max(mine["ordered_on"]).as_py()
    if last is not None:
        told.append(f"last done on {last}")
    norm = services.get(name)
    if norm is not None:
        spans = [f"{norm.every_days:.0f} days" if norm.every_days else "", f"{norm.km:,.0f} km" if norm.km else ""]
        told.append(f"every {' or '.join(filter(None, spans))}")
    pace = _pace(mine, bought)
    if norm is not None and norm.km and pace:
        told.append(f"at {pace:.0f} km a day {norm.km / pace:.0f} days")
    return f"{name}: {', '.join(told)}"


def why_recommended(found: pa.Table) -> list[str]:
    """One sentence for each title, from the rows of `nextproduct.recommendations` of one person."""
    return [_why_title(row) for row in found.to_pylist()]


def _why_title(row: Row) -> str:
    if row["reason"] == "category":
        return f"{row['item']}: a best seller of the last category, {row['because']} ({row['share']:.1%} of its sales)"
    if row["reason"] == "next":
        who = f"{row['share']:.1%} of those who bought {row['because']} took it on their next day of shopping"
    else:
        who = f"{row['share']:.1%} of the orders with {row['because']} hold it too"
    return f"{row['item']}: {who} (lift {row['lift']:.1f})"


def _bought(orders: pa.Table, as_of: date) -> pa.Table:
    """Paid orders up to the day; returns are none."""
    kept = pc.and_(pc.fill_null(orders["paid"], False), pc.less_equal(orders["ordered_on"], pa.scalar(as_of)))
    returned = pc.fill_null(pc.less(orders["amount"].cast(pa.float64()), 0.0), False)
    return orders.filter(pc.and_(kept, pc.invert(returned)))


def _pace(serviced: pa.Table, bought: pa.Table) -> float | None:
    """Kilometres a day of the vehicle that was serviced last, between its first and last reading."""
    if not serviced.num_rows:
        return None
    vehicle = serviced.sort_by("ordered_on")["vehicle"][-1]
    same = pc.is_null(bought["vehicle"]) if not vehicle.is_valid else pc.equal(bought["vehicle"], vehicle)
    read = bought.filter(pc.and_(pc.fill_null(same, False), pc.is_valid(bought["mileage"])))
    if read.num_rows < 2:
        return None
    km, day = (pc.min_max(read[name]).as_py() for name in ("mileage", "ordered_on"))
    days = (day["max"] - day["min"]) / timedelta(days=1)
    return (km["max"] - km["min"]) / days if days and km["max"] > km["min"] else None


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _orders(row: Row) -> str:
    return f"{row['orders']} order{'' if row['orders'] == 1 else 's'}"
