"""What campaigns teach, strata, and money settled by codes: the same on SQLite and on PostgreSQL."""

from datetime import timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from ledger.ledger_kit import START, Clock, open_ledger, populate

from reactivate.ledger.coupons import issue
from reactivate.ledger.migrate import add_indexes

STARTED = {
    ("goal/ordered", "", "v1"): (1.0, 4),
    ("within_days", "", "v1"): (14.0, 4),
    ("holdout", "", "v1"): (0.25, 4),
}


def campaign_of(folder, *, people=4, offer="ten", at=START):
    """A ledger with one campaign: all but the last treated, codes reserved and issued, strata kept."""
    clock = Clock(at)
    ledger = open_ledger(folder, clock)
    ids = populate(ledger, people)
    version = ledger.campaigns.campaign_version("c", "hash", {"": '{"nodes": []}'}, "text")
    assert version == 1
    entrants = pa.table(
        {
            "person_id": ids,
            "segment": ["rest"] * people,
            "arm": ["treated"] * (people - 1) + ["holdout"],
            "offer": [offer] * people,
            "entered_at": pa.array([at] * people, pa.timestamp("us", tz="UTC")),
            "stratum": ["a"] * (people - 1) + ["b"],
        }
    )
    passes = ledger.enter("c", version, entrants, None)
    ledger.campaigns.put_baseline("c", STARTED)
    ledger.money.add_codes("c", "ten", [f"TEN-{number}" for number in range(people)])
    treated = [row["pass_id"] for row in passes.to_pylist() if row["arm"] == "treated"]
    codes = [ledger.money.reserve_code(number, "ten") for number in treated]
    return ledger, clock, passes, treated, codes


def reach(ledger, passes, numbers, at):
    """These passes reached the goal and ended."""
    rows = [row | ({"goal_at": at, "state": "ended", "outcome": "goal", "ended_at": at}
                   if row["pass_id"] in numbers else {}) for row in passes.to_pylist()]  # fmt: skip
    ledger.save_passes(pa.Table.from_pylist(rows, passes.schema))


@pytest.mark.usefixtures("dialect")
class TestLearned:
    def test_only_whole_windows_teach(self, tmp_path):
        ledger, clock, passes, treated, _ = campaign_of(tmp_path)
        with ledger:
            reach(ledger, passes, treated[:2], START + timedelta(days=3))
            clock.forward(days=13)
            assert ledger.campaigns.taught().num_rows == 0
            clock.forward(days=2)
            rows = {row["arm"]: row for row in ledger.campaigns.taught().to_pylist()}
            assert (rows["treated"]["people"], rows["treated"]["reached"]) == (3, 2)
            assert (rows["holdout"]["people"], rows["holdout"]["reached"]) == (1, 0)
            assert (rows["treated"]["goal"], rows["treated"]["version"]) == ("goal/ordered", 1)

    def test_codes_that_came_back_are_counted_beside_the_goals(self, tmp_path):
        ledger, clock, passes, treated, codes = campaign_of(tmp_path)
        with ledger:
            with ledger.store.write() as connection:
                issue(connection, treated, 1)
            reach(ledger, passes, treated[:2], START + timedelta(days=3))
            clock.forward(days=15)
            assert [row["used"] for row in ledger.campaigns.used().to_pylist()] == [0]
            assert ledger.money.redeem_code(codes[0], "order-1")
            row = ledger.campaigns.used().to_pylist()[0]
            assert (row["people"], row["reached"], row["used"], row["offer"]) == (3, 2, 1, "ten")
            assert ledger.money.redeemed("c").to_pylist() == treated[:1]

    def test_strata_stand_beside_the_passes(self, tmp_path):
        ledger, _, passes, _, _ = campaign_of(tmp_path)
        with ledger:
            found = dict(zip(*ledger.campaigns.strata("c").to_pydict().values(), strict=True))
            assert sorted(found) == sorted(passes["pass_id"].to_pylist())
            assert sorted(found.values()) == ["a", "a", "a", "b"]

    def test_codes_say_whether_they_can_still_be_used(self, tmp_path):
        ledger, clock, _, treated, codes = campaign_of(tmp_path)
        with ledger:
            ledger.money.code_until(treated[1], "ten", START + timedelta(days=1))
            ledger.money.redeem_code(codes[0])
            clock.forward(days=2)
            rows = {row["pass_id"]: (row["state"], row["open"]) for row in ledger.money.codes_of("c").to_pylist()}
            assert rows == {treated[0]: ("redeemed", False), treated[1]: ("reserved", False),
                            treated[2]: ("reserved", True)}  # fmt: skip

    def test_a_later_word_corrects_what_an_offer_came_to(self, tmp_path):
        ledger, _, _, treated, _ = campaign_of(tmp_path)
        with ledger:
            ledger.money.set_budget("c", Decimal(10))
            ledger.money.book_offers("c", "all", {treated[0]: Decimal("2.50")})
            ledger.money.settle_offers("c", {treated[0]: Decimal(0)})
            assert ledger.money.budget("c")["all"] == (10, 0, 0)
            ledger.money.settle_offers("c", {treated[0]: Decimal(5)})
            ledger.money.settle_offers("c", {treated[0]: Decimal(5)})
            assert ledger.money.budget("c")["all"] == (10, 0, 5)
            row = ledger.money.offer_bookings("c").to_pylist()[0]
            assert (row["period"], row["reserved"], row["spent"]) == ("all", 0, 5)


@pytest.mark.usefixtures("dialect")
class TestOldLedgers:
    def test_a_ledger_made_before_codes_were_unique_gets_its_index_and_one_holder_per_code(self, tmp_path):
        ledger, _, _, treated, _ = campaign_of(tmp_path)
        with ledger:
            with ledger.store.write() as connection:
                connection.exec_driver_sql("DROP INDEX coupon_once")
                connection.exec_driver_sql(
                    "INSERT INTO coupon (campaign_id, offer, code, code_hash, position, state, person_id, pass_id, "
                    "reserved_at) SELECT 99, 'other', code, code_hash, 1, 'reserved', 'somebody', -5, 1 FROM coupon "
                    f"WHERE pass_id = {treated[0]}"
                )
                connection.exec_driver_sql(
                    f"UPDATE coupon SET state = 'issued', issued_at = 7 WHERE pass_id = {treated[0]}"
                )
            with ledger.store.write() as connection:
                add_indexes(connection)
                rows = connection.exec_driver_sql(
                    "SELECT offer, state, pass_id FROM coupon WHERE code = "
                    f"(SELECT code FROM coupon WHERE pass_id = {treated[0]}) ORDER BY offer"
                ).all()
                assert [tuple(row) for row in rows] == [("other", "free", None), ("ten", "issued", treated[0])]
            with pytest.raises(Exception, match=r"(?i)unique"), ledger.store.engine.begin() as connection:
                connection.exec_driver_sql("UPDATE coupon SET state = 'reserved' WHERE offer = 'other'")

    def test_a_ledger_that_has_all_is_left_alone(self, tmp_path):
        ledger, *_ = campaign_of(tmp_path)
        with ledger, ledger.store.write() as connection:
            before = connection.exec_driver_sql("SELECT count(*) FROM coupon WHERE state = 'reserved'").scalar_one()
            add_indexes(connection)
            after = connection.exec_driver_sql("SELECT count(*) FROM coupon WHERE state = 'reserved'").scalar_one()
            assert before == after == 3
