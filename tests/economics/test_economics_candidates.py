"""The candidates table: terms with sources, refusals in words, the ordinary mess."""

import numpy as np
import pyarrow as pa
import pytest

from reactivate import economics
from reactivate.economics import Assumptions, OfferSums, candidates
from reactivate.errors import DataError

PLAIN = Assumptions(brought_forward=0, permission_loss=0)


def shop(n=1, **columns):
    base = {
        "person_id": [f"p{i}" for i in range(n)],
        "base_rate": [0.02] * n,
        "order_value": [45.0] * n,
        "margin": [18.0] * n,
        "contact_cost": [0.01] * n,
    }
    return pa.table({**base, **columns})


def rows(table, offer):
    return [row for row in table.to_pylist() if row["offer"] == offer]


class TestSums:
    def test_worked_spice_shop(self):
        coupon = OfferSums(lift=0.18, lift_source="measured", cost=21.0, word="coupon")
        found = rows(candidates(shop(), {"coupon": coupon}, assumptions=PLAIN), "coupon")[0]
        assert round(found["expected_profit"], 2) == -0.97
        assert found["break_even_lift"] is None
        assert found["verdict"] == "each extra order loses 3.00: margin 18.00, coupon 21.00"

    def test_an_assumed_lift_is_halved_once_and_marked(self):
        found = rows(candidates(shop(), {"gift": OfferSums(lift=0.08, cost=1.0)}, assumptions=PLAIN), "gift")[0]
        assert (found["lift"], found["lift_source"]) == (0.04, "assumption")
        assert found["expected_profit"] == pytest.approx(0.04 * 17 - 0.02 - 0.01)
        assert found["verdict"] is None

    def test_every_term_and_source_is_kept(self):
        people = shop(base_source=["history"], later_margin=[5.0], later_source=["model"])
        table = candidates(people, {"gift": OfferSums(lift=0.08, cost=1.0, extra_use=0.9, base_use=0.5)})
        found = rows(table, "gift")[0]
        assert (found["base_source"], found["later_source"], found["use_source"]) == ("history", "model", "history")
        assert (found["extra_use"], found["base_use"], found["brought_forward"]) == (0.9, 0.5, 0.2)
        assert found["permission_cost"] == pytest.approx(0.002 * 18)
        assert found["expected_cost"] == pytest.approx(0.01 + (0.02 * 0.5 + 0.04 * 0.9) * 1)
        assert found["most_cost"] == pytest.approx(1.01)
        assert found["wasted_share"] == pytest.approx(0.01 / (0.01 + 0.036))

    def test_later_orders_come_from_the_repeat_rate(self):
        people = shop(repeat_rate=[0.3], gap_days=[60.0])
        found = rows(candidates(people, {}), "none")[0]
        assert found["later_margin"] == pytest.approx(economics.later_margin(18, 0.3, 60))

    def test_a_staff_bonus_counts_as_a_cost(self):
        without = rows(candidates(shop(), {"none": OfferSums(lift=0.1)}, assumptions=PLAIN), "none")[0]
        bonus = rows(candidates(shop(bonus=[2.0]), {"none": OfferSums(lift=0.1)}, assumptions=PLAIN), "none")[0]
        assert without["expected_profit"] - bonus["expected_profit"] == pytest.approx((0.05 + 0.02) * 2)
        assert (bonus["bonus_cost"], bonus["offer_cost"], bonus["expected_cost"]) == (2.0, 0.0, 0.01)

    def test_each_term_says_where_it_comes_from(self):
        found = rows(candidates(shop(later_source=["model"]), {"gift": OfferSums(lift=0.08, cost=1.0)}), "gift")[0]
        assert {name: word for name, word in found.items() if name.endswith("_source")} == {
            "base_source": None,
            "lift_source": "assumption",
            "value_source": "history",
            "margin_source": "stated",
            "offer_source": "stated",
            "use_source": "constant",
            "contact_source": "assumption",
            "permission_source": "constant",
            "forward_source": "constant",
            "later_source": "model",
        }

    def test_one_offer_may_be_measured_for_some_and_assumed_for_others(self):
        sums = OfferSums(
            lift=pa.array([0.08, 0.08]),
            lift_low=pa.array([None, 0.01]),
            lift_source=pa.array(["assumption", "measured"]),
            cost=9.0,
        )
        first, second = rows(candidates(shop(2, base_rate=[0.2, 0.2]), {"x": sums}, assumptions=PLAIN), "x")
        assert (first["lift"], first["lift_low"], first["lift_source"]) == (0.04, None, "assumption")
        assert (second["lift"], second["lift_low"], second["lift_source"]) == (0.08, 0.01, "measured")
        assert first["verdict"].endswith("4.0 are counted on (assumed, halved)")
        assert second["verdict"].endswith("1.0 are counted on (measured, lower end of its 80% interval)")


class TestRefusals:
    def verdict(self, people, sums, **over):
        return rows(candidates(people, {"x": sums}, **{"assumptions": PLAIN, **over}), "x")[0]["verdict"]

    def test_no_hope_names_later_orders_and_what_is_brought_forward(self):
        said = self.verdict(
            shop(later_margin=[2.0]), OfferSums(lift=0.1, cost=21.0, word="coupon"), assumptions=Assumptions()
        )
        assert said == (
            "each extra order loses 5.00: margin 18.00, later orders 2.00, of both brought forward 4.00, coupon 21.00"
        )

    def test_below_break_even_names_the_halved_assumption(self):
        said = self.verdict(shop(base_rate=[0.2]), OfferSums(lift=0.08, cost=9.0))
        assert said == "breaks even at a lift of 20.1 points, 4.0 are counted on (assumed 8.0, halved)"

    def test_a_measured_lift_is_judged_by_its_lower_end(self):
        sums = OfferSums(lift=0.30, lift_low=0.10, lift_source="measured", cost=9.0)
        said = self.verdict(shop(base_rate=[0.2]), sums)
        assert said == (
            "breaks even at a lift of 20.1 points, 10.0 are counted on (measured, lower end of its 80% interval)"
        )

    def test_payback(self):
        # First orders: 0.10 x 1.00 - 0.02 x 17.00 - 0.01 = -0.25; a first later order brings 0.10 x 0.5 x 18.00.
        slow = OfferSums(lift=0.10, lift_source="measured", cost=17.0)
        said = self.verdict(shop(repeat_rate=[0.5], gap_days=[60.0]), slow, payback=0)
        assert said == "the money is back after 1 later order, the limit is 0"

    def test_payback_of_a_ready_made_later_margin(self):
        slow = OfferSums(lift=0.10, lift_source="measured", cost=17.0)
        assert self.verdict(shop(later_margin=[18.0]), slow, payback=1) is None
        assert self.verdict(shop(later_margin=[18.0]), slow, payback=0) == (
            "the money is back after 1 later order, the limit is 0"
        )

    def test_the_offers_if(self):
        sums = OfferSums(lift=0.1, cost=1.0, allowed=pa.array([True, False, None]))
        found = [row["verdict"] for row in rows(candidates(shop(3), {"x": sums}, assumptions=PLAIN), "x")]
        assert found == [None, *["not for this person: the offer's `if` is not true"] * 2]

    def test_no_offer_without_a_margin_but_a_plain_letter_is_undecided(self):
        people = shop(margin=pa.nulls(1, pa.float64()))
        table = candidates(people, {"x": OfferSums(lift=0.1, cost=1.0), "none": OfferSums(lift=0.1)})
        assert rows(table, "x")[0]["verdict"].startswith("no offer without a margin")
        assert (rows(table, "none")[0]["verdict"], rows(table, "none")[0]["expected_profit"]) == (None, None)

    def test_negative_margin(self):
        said = self.verdict(shop(margin=[-4.0]), OfferSums(lift=0.1, cost=0.0))
        assert said == "each extra order loses 4.00: margin -4.00"


class TestOrdinaryMess:
    def test_none_is_always_there_and_undecided_without_a_lift(self):
        found = candidates(shop(), {}).to_pylist()
        assert [row["offer"] for row in found] == ["none"]
        assert found[0]["expected_profit"] is None
        assert found[0]["break_even_lift"] > 0
        assert found[0]["lift_source"] is None

    def test_nobody(self):
        assert candidates(shop(0), {"x": OfferSums(lift=0.1)}).num_rows == 0

    def test_only_ids(self):
        found = candidates(pa.table({"person_id": ["a"]}), {"x": OfferSums(lift=0.1, cost=1.0)})
        assert found.num_rows == 2

    def test_decimals_chunks_and_infinite_numbers(self):
        people = shop(2).set_column(3, "margin", pa.chunked_array([[18], [None]], pa.decimal128(18, 2)))
        cost = pa.array(np.array([np.inf, 1.0]))
        table = candidates(people, {"x": OfferSums(lift=0.1, cost=cost)})
        assert [row["expected_profit"] for row in rows(table, "x")] == [None, None]

    def test_a_margin_over_100_percent_is_refused(self):
        with pytest.raises(DataError) as fault:
            candidates(shop(2, margin=[18.0, 63.0]), {})
        assert fault.value.diagnostics[0].code == "R668"
        assert fault.value.diagnostics[0].message == (
            "the margin of 1 person is over 100%, at worst 63.00 on an order of 45.00 (140%)"
        )

    def test_own_columns_are_carried_along(self):
        table = candidates(shop(2, x_uses_desk=[0.5, 1.0]), {"x": OfferSums(lift=0.1)})
        assert table["x_uses_desk"].to_pylist() == [0.5, 1.0] * 2


class TestRemarks:
    def test_pools_waste_and_free_channels(self):
        people = shop(3, base_rate=[0.15, 0.15, 0.01])
        table = candidates(people, {"ten": OfferSums(lift=0.2, lift_source="model", cost=2.0)}, assumptions=PLAIN)
        found = economics.remarks(table, pools={"ten": 2}, channel_costs={"email": None, "sms": 0.9})
        assert [(item.code, item.severity) for item in found] == [("R723", "warning"), ("R725", "warning")]
        assert found[0].message == "offer 'ten': 2 codes for 3 people who may have it; 1 go without"
        assert found[1].message == "channel 'email' has no cost, so contacts by it seem to be free"

    def test_a_price_of_nothing_is_a_price(self):
        assert economics.remarks(candidates(shop(), {}), channel_costs={"telegram": 0.0}) == []

    def test_limits_that_let_nobody_in_are_named(self):
        table = candidates(shop(), {"ten": OfferSums(lift=0.2, lift_source="model", cost=2.0)}, assumptions=PLAIN)
        most = {"people": 0.0, "budget": 0.005, "pool.ten": 0.0, "capacity.desk": 0.0, "at_most.a": 1.0}
        assert [item.message for item in economics.closed(table, most)] == [
            "`people` lets nobody in now: none of it is left",
            "`budget` lets nobody in: 0.01 is left, the cheapest person is expected to cost 0.45",
            "the pool of 'ten' is empty",
            "channel 'desk' takes nobody more: its `at_most` is used up",
        ]
        assert economics.closed(table, {"people": 1.0, "budget": 5.0, "pool.ten": 1.0}) == []

    def test_mostly_wasted(self):
        table = candidates(
            shop(base_rate=[0.3]), {"ten": OfferSums(lift=0.2, lift_source="model", cost=2.0)}, assumptions=PLAIN
        )
        assert [item.message for item in economics.remarks(table)] == [
            "offer 'ten': 60% of those used change nothing, they would have come anyway"
        ]

    def test_nothing_to_say(self):
        assert economics.remarks(candidates(shop(0), {"ten": OfferSums(lift=0.2)}), pools={"ten": 0}) == []


def test_one_segment_is_measured_and_the_next_one_assumed():
    lift, low = pa.array([0.10, 0.10, None]), pa.array([0.06, None, None], pa.float64())
    source = pa.array(["measured", "assumption", "assumption"])
    people_ = pa.table({"person_id": ["a", "b", "c"], "base_rate": [0.02] * 3, "margin": [18.0] * 3,
                        "order_value": [45.0] * 3})  # fmt: skip
    sums = OfferSums(lift=lift, lift_low=low, lift_source=source, cost=1.0)
    rows = candidates(people_, {"gift": sums}).to_pylist()[-3:]
    assert [row["lift"] for row in rows] == [0.10, 0.05, None]
    assert [row["lift_low"] for row in rows] == [0.06, None, None]
    assert [row["lift_source"] for row in rows] == ["measured", "assumption", None]
