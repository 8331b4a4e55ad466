"""Guards of money: each refuses what it should, in words, and leaves the rest alone."""

from decimal import Decimal

import pyarrow as pa
import pytest
from plugins.test_plugins_offers import context, said, usd
from reactivate_plugins import money_guards
from reactivate_plugins.money_guards import judges

from reactivate.api import Money
from reactivate.economics import Assumptions, OfferSums, candidates, guards
from reactivate.host.registry import Registry

REGISTRY = Registry()


def table(n=1, offer_cost=5.0, lift=0.2, **columns):
    base = {
        "person_id": [f"p{i}" for i in range(n)],
        "base_rate": [0.05] * n,
        "order_value": [45.0] * n,
        "margin": [18.0] * n,
        "contact_cost": [0.01] * n,
    }
    sums = OfferSums(lift=lift, lift_source="measured", cost=offer_cost, word="coupon")
    none = OfferSums(lift=0.01, lift_source="measured")
    plain = Assumptions(brought_forward=0, permission_loss=0)
    return candidates(pa.table({**base, **columns}), {"none": none, "ten": sums}, assumptions=plain)


def guard(word, folder=".", **settings):
    kind = REGISTRY.get("guard", word)
    return kind.create(kind.settings(**settings), context(folder))


def verdicts(found):
    return [(row["person_id"], row["offer"], row["verdict"]) for row in found.to_pylist()]


@pytest.mark.parametrize(
    ("word", "settings", "made", "verdict"),
    [
        ("margin_floor", {"left": usd(14)}, {}, "margin left is 13.00 (18.00 less 5.00), the floor is 14.00"),
        ("margin_floor", {"left": 0.3}, {}, "margin left is 13.00 (18.00 less 5.00), the floor is 13.50"),
        (
            "no_hope",
            {},
            {"offer_cost": 19.0, "later_margin": [9.0]},
            "each extra order loses 1.00: margin 18.00, offer 19.00",
        ),
        (
            "payback",
            {"orders": 0},
            {"offer_cost": 17.0, "repeat_rate": [0.5], "gap_days": [30.0]},
            "the money is back after 1 later order, the limit is 0",
        ),
        ("budget", {"per_person": usd(5)}, {}, "one person can cost 5.01, the most is 5.00"),
        ("waste", {"at_most": 0.1}, {}, "20.0% of the offers used change nothing, the most is 10%"),
        (
            "fatigue",
            {"worth": usd(240), "loss": 0.01},
            {},
            "brings 2.34, less than the permission at risk: 1.00% of 240.00",
        ),
    ],
)
def test_refuses(word, settings, made, verdict):
    found = verdicts(guard(word, **settings).judge(table(**made)))
    assert ("p0", "ten", verdict) in found


@pytest.mark.parametrize(
    ("word", "settings"),
    [
        ("margin_floor", {"left": usd(13)}),
        ("no_hope", {}),
        ("payback", {"orders": 0}),
        ("budget", {"per_person": usd(6)}),
        ("waste", {}),
        ("fatigue", {"worth": usd(12)}),
    ],
)
def test_allows(word, settings):
    assert verdicts(guard(word, **settings).judge(table())) == []


class TestStock:
    def test_those_who_bring_most_go_first(self, tmp_path):
        (tmp_path / "stock.csv").write_text("item;quantity\nten;1\nten;1\n")
        people = table(3, margin=[18.0, 30.0, 24.0])
        found = guard("stock", tmp_path, path="stock.csv").judge(people)
        assert verdicts(found) == [("p0", "ten", "only 2 of 'ten' on hand")]

    def test_none_left(self, tmp_path):
        (tmp_path / "stock.csv").write_text("item,quantity\nten,0\nother,5\n")
        assert verdicts(guard("stock", tmp_path, path="stock.csv").judge(table())) == [
            ("p0", "ten", "none of 'ten' on hand")
        ]

    def test_says_what_is_wrong(self, tmp_path):
        judge = guard("stock", tmp_path, path="stock.csv").judge
        assert said(lambda: judge(table())).startswith("R903")
        (tmp_path / "stock.csv").write_text("a,b\n")
        assert "needs the columns item and quantity" in said(lambda: judge(table()))
        (tmp_path / "stock.csv").write_text("item,quantity\nten,many\n")
        assert said(lambda: judge(table())).endswith("line 2: quantity 'many' is no number")


def test_another_currency_is_refused():
    assert "is in RUB" in said(lambda: guard("budget", per_person=Money(Decimal(5), "RUB")))


def test_one_reason_is_enough():
    people = table(2, offer_cost=19.0)
    assert verdicts(guards.too_dear(people, most=1.0)) == []
    judged = guards.judged(table(2), guards.too_dear(table(2), most=5.0))
    assert [row["verdict"] for row in judged.to_pylist()] == [
        None,
        None,
        *["one person can cost 5.01, the most is 5.00"] * 2,
    ]
    assert guards.judged(judged, guards.wasteful(judged, most=0)).equals(judged)


def test_nobody():
    for word, settings in (("waste", {}), ("no_hope", {}), ("margin_floor", {"left": usd(1)})):
        assert guard(word, **settings).judge(table(0)).num_rows == 0


class TestJudges:
    """`judges` directly: each function of the module turns its settings into the sum that refuses."""

    def test_each_guard_of_the_plug_in_has_its_judge(self):
        words = {kind.name for kind in money_guards.reactivate_guards()}
        assert words == {"margin_floor", "no_hope", "payback", "budget", "waste", "fatigue", "stock"}
        assert all(callable(getattr(judges, word)) for word in words)

    def test_a_floor_may_be_a_sum_or_a_share(self):
        as_sum = judges.margin_floor(money_guards.FloorSettings(left=usd(14)), context())
        as_share = judges.margin_floor(money_guards.FloorSettings(left=0.3), context())
        assert [verdicts(floor.judge(table()))[-1][2].rsplit(" ", 1)[1] for floor in (as_sum, as_share)] == [
            "14.00",
            "13.50",
        ]

    def test_a_staff_bonus_lowers_what_is_left_and_what_an_order_brings(self):
        floor = judges.margin_floor(money_guards.FloorSettings(left=usd(13)), context())
        assert verdicts(floor.judge(table(bonus=[0.5])))[-1][2] == (
            "margin left is 12.50 (18.00 less 5.50), the floor is 13.00"
        )
        dear = judges.no_hope(None, context()).judge(table(offer_cost=17.8, bonus=[0.5], later_margin=[9.0]))
        assert verdicts(dear)[-1][2] == "each extra order loses 0.30: margin 18.00, offer 17.80, staff bonus 0.50"

    def test_the_stock_is_read_when_judging_not_before(self, tmp_path):
        guard = judges.stock(money_guards.StockSettings(path="stock.csv"), context(tmp_path))
        (tmp_path / "stock.csv").write_text("\ufeffitem;quantity\n ten ;1\n")
        assert verdicts(guard.judge(table(2))) == [("p1", "ten", "only 1 of 'ten' on hand")]
