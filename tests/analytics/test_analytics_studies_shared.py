"""The studies on real shops: the figures that docs/explanation/insight.md prints."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from reactivate.analytics.lifecycle import Learn
from reactivate.analytics.orderfile import Mapping, collapse
from reactivate.analytics.studies.cohorts import study_cohorts
from reactivate.analytics.studies.lapse import study_lapse
from reactivate.analytics.studies.rfm import study_rfm
from reactivate.analytics.studies.shop import Shop

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the team's ../shared/data is not here"),
]


@pytest.fixture(scope="module")
def retail():
    lines = pq.read_table(SHARED / "online_retail_2010_2011" / "lines.parquet")
    total = pc.multiply(lines["quantity"].cast(pa.float64()), lines["unit_price"].cast(pa.float64()))
    mapping = Mapping("customer_id", "invoice_at", "total", order="invoice")
    found = collapse(lines.append_column("total", total), mapping)
    return Shop("Online Retail", found.people, found.orders, date(2011, 12, 9))


def test_who_moved_in_the_autumn_of_online_retail(retail):
    found = study_rfm(retail, since=date(2011, 9, 10)).result
    assert found["with_orders"] == 4339
    assert found["moved_by"] == {"order": 2142, "return": 21, "silence": 842, "others": 10, "stayed": 1324}


def test_cohorts_of_online_retail(retail):
    found = [row for row in study_cohorts(retail).result["cohorts"] if row["month"] == 2]
    people, came = (sum(row[name] for row in found) for name in ("people", "returned"))
    assert (people, round(came / people, 3)) == (3317, 0.453)


def test_online_retail_shows_no_line_and_cdnow_does(retail):
    assert study_lapse(retail, learn=Learn()).result["line_days"] is None
    rows = pq.read_table(SHARED / "cdnow" / "master.parquet")
    found = collapse(rows, Mapping("customer_id", "date", "dollar_value"))
    shop = Shop("CDNOW", found.people, found.orders, date(1998, 6, 30))
    told = study_lapse(shop, learn=Learn(0.1, 90)).result
    assert told["line_days"] == 220
    assert sum(told["stages"].values()) == told["people"] == 23_570
