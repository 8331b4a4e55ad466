from datetime import date
from pathlib import Path

import pyarrow.compute as pc
import pytest

SHARED = Path(__file__).parents[2].parent / "shared"
RETAIL = SHARED / "data/online_retail_2010_2011/lines.parquet"


@pytest.mark.shared
@pytest.mark.skipif(not RETAIL.exists(), reason="needs ../shared/data/online_retail_2010_2011")
def test_base_rate_of_online_retail():
    import duckdb

    from reactivate import analytics

    orders = duckdb.sql(
        f"""select 'shop' as source, customer_id::varchar as record_id, customer_id::varchar as person_id,
            invoice as order_id, min(invoice_at)::timestamptz as ordered_at, min(invoice_at)::date as ordered_on,
            sum(quantity * unit_price)::decimal(18, 2) as amount, true as paid
            from '{RETAIL}' where customer_id is not null and quantity > 0 group by all"""
    ).to_arrow_table()
    people = pc.unique(orders["person_id"])
    found = analytics.profile(people, orders, as_of=date(2011, 9, 10), until=date(2011, 9, 9))
    silent = found.filter(pc.greater_equal(found["since_last_order"], 90))
    assert silent.num_rows == 1474
    came = analytics.returned(orders, silent, date(2011, 9, 10), date(2011, 12, 9))
    assert pc.sum(came).as_py() == 613


CDNOW = SHARED / "data/cdnow/master.parquet"


@pytest.mark.shared
@pytest.mark.skipif(not CDNOW.exists(), reason="needs ../shared/data/cdnow")
def test_the_forecast_of_cdnow_is_nearer_than_the_naive_rule():
    import pyarrow.parquet as pq

    from reactivate.analytics.holdout import holdout
    from reactivate.analytics.orderfile import Mapping, collapse

    lines = pq.read_table(CDNOW)
    found = collapse(lines, Mapping("customer_id", "date", "dollar_value"))
    assert (len(found.people), found.orders.num_rows) == (23_570, 67_591)
    made = holdout(found.people, found.orders, until=date(1998, 6, 30))
    people, errors = made.totals()["returning_customers"], made.errors()
    assert people["truth"] == 3301
    assert abs(people["model"] - people["truth"]) < abs(people["naive"] - people["truth"]) / 2
    assert errors["model"]["brier"] < 0.6 * errors["naive"]["brier"]
    assert errors["model"]["mae"] < errors["naive"]["mae"]
