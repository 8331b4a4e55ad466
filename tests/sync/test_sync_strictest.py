"""A merged card may be written to only as its strictest record allows."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from reactivate.contracts.schemas import CONSENTS, MEMBERS, SUPPRESSIONS
from reactivate.host.registry import Registry
from reactivate.ledger import Ledger
from reactivate.spec.load import load
from reactivate.stages.strictest import strictest
from reactivate.stages.sync import sync

MEMBER = MEMBERS.table(source=["s"] * 3, record_id=["a", "b", "c"], person_id=["p", "p", "q"], probability=[1.0] * 3)


def consents(*rows):
    """Rows of (record, channel, day)."""
    record, channel, day = zip(*rows, strict=True)
    return CONSENTS.table(source=["s"] * len(rows), record_id=record, channel=channel, purpose=["marketing"] * len(rows),
                          given_on=pa.array(day, pa.date32()), email=["x@y.z"] * len(rows))  # fmt: skip


def refusals(*rows):
    record, channel, day = zip(*rows, strict=True)
    return SUPPRESSIONS.table(source=["s"] * len(rows), record_id=record, channel=channel,
                              refused_on=pa.array(day, pa.date32()))  # fmt: skip


OLD, NEW = date(2020, 1, 1), date(2024, 1, 1)


@pytest.mark.parametrize(
    ("given", "refused", "kept"),
    [
        (("b", "email", NEW), ("a", "email", OLD), 0),
        (("b", "email", NEW), ("a", "all", None), 0),
        (("b", "email", NEW), ("a", "sms", OLD), 1),
        (("a", "email", NEW), ("a", "email", OLD), 1),
        (("c", "email", NEW), ("a", "email", OLD), 1),
        (("b", "email", OLD), ("a", "email", NEW), 1),
        ((None, "email", NEW), ("a", "email", OLD), 1),
        (("b", "email", NEW), (None, "email", OLD), 1),
    ],
    ids=["another card's yes", "a refusal of everything without a day", "another channel", "its own yes",
         "another person", "the refusal is newer anyway", "a contact's yes", "a contact's no"],
)  # fmt: skip
def test_whose_yes_lifts_whose_no(given, refused, kept):
    assert strictest(consents(given), refusals(refused), MEMBER).num_rows == kept


def test_the_order_stays_and_nothing_refused_keeps_all():
    table = consents(("b", "email", NEW), ("c", "sms", NEW), ("b", "sms", NEW))
    assert strictest(table, SUPPRESSIONS.empty(), MEMBER).equals(table)
    assert strictest(CONSENTS.empty(), refusals(("a", "all", OLD)), MEMBER).num_rows == 0
    found = strictest(table, refusals(("a", "email", OLD)), MEMBER)
    assert found["record_id"].to_pylist() == ["c", "b"]


def test_from_files_to_the_ledger(tmp_path):
    (tmp_path / "business.yml").write_text(
        """
brand: "Сова"
currency: UAH
timezone: Europe/Kyiv
policy: ua
sources:
  shop: {use: csv, path: shop.csv, rows: people, map: {id: id, name: name, phone: phone, email: email}}
  crm: {use: csv, path: crm.csv, rows: people, map: {id: id, name: name, phone: phone}}
  permits: {use: csv, path: yes.csv, rows: consents}
  refused: {use: csv, path: no.csv, rows: refusals}
match: {use: exact, by: [phone]}
""",
        encoding="utf-8",
    )
    (tmp_path / "shop.csv").write_text("id,name,phone,email\ns1,Анна Коваль,0671112233,a@ukr.net\n", encoding="utf-8")
    (tmp_path / "crm.csv").write_text("id,name,phone\nc1,Ганна Коваль,0671112233\n", encoding="utf-8")
    (tmp_path / "yes.csv").write_text(
        "id,channel,purpose,given_on,proof\ns1,email,marketing,2024-01-01,site\n", encoding="utf-8"
    )
    (tmp_path / "no.csv").write_text("id,channel,refused_on\nc1,email,2020-01-01\n", encoding="utf-8")
    now = datetime(2026, 11, 2, tzinfo=UTC)
    with Ledger.open(tmp_path / ".reactivate" / "ledger.db", create=True, now=lambda: now) as ledger:
        registry = Registry()
        business = load(str(tmp_path / "business.yml"), registry, None).raise_if_failed().business
        base = sync(business, registry, ledger, now=now)
        assert base.manifest.counts["people"] == 1
        mine = base.table("contacts")
        assert ledger.permissions.suppressed(mine, "email").to_pylist() == [True] * mine.num_rows
        assert base.table("consents").num_rows == 1, "nothing is thrown away"
