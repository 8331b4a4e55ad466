"""Offers: what they cost, what their pools say when something is wrong, how a spec reads them."""

from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pyarrow as pa
import pytest

from reactivate.api import Context, Money
from reactivate.errors import ReactivateError
from reactivate.host.registry import Registry
from reactivate.spec.load import load

REGISTRY = Registry()
BASKETS = pa.array([45.0, 200.0, None])


def context(folder=".", **over):
    settings = {
        "name": "ten",
        "folder": Path(folder),
        "timezone": ZoneInfo("Europe/Kyiv"),
        "currency": "USD",
        "now": lambda: datetime(2026, 11, 21, tzinfo=ZoneInfo("UTC")),
    }
    return Context(**{**settings, **over})


def usd(amount):
    return Money(Decimal(amount), "USD")


def offer(word, folder=".", given=None, **settings):
    kind = REGISTRY.get("offer", word)
    return kind.create(kind.settings(**settings), context(folder, offers=given or {}))


def said(call):
    with pytest.raises(ReactivateError) as fault:
        call()
    return f"{fault.value.diagnostics[0].code}: {fault.value.diagnostics[0].message}"


class TestCosts:
    def test_a_share_is_capped(self):
        found = offer("codes", pool="generate", value=0.1, at_most=usd(15))
        assert found.cost(BASKETS).to_pylist() == [4.5, 15.0, 15.0]
        assert offer("codes", pool="generate", value=0.1).cost(BASKETS).to_pylist() == [4.5, 20.0, None]

    def test_a_sum_costs_itself(self):
        assert offer("codes", pool="generate", value=usd(20)).cost(BASKETS).to_pylist() == [20.0] * 3

    def test_a_gift_at_cost_for_everybody(self):
        for word in ("gift", "service", "early_access"):
            found = offer(word, gives="0.3 g of saffron", cost=usd(1))
            assert (found.cost(BASKETS).to_pylist(), found.terms.gives, found.codes()) == (
                [1] * 3,
                "0.3 g of saffron",
                None,
            )
        assert offer("early_access", gives="new arrivals").cost(BASKETS).to_pylist() == [0.0] * 3

    def test_points_less_breakage_and_never_more_than_the_order(self):
        found = offer("points", value=usd(100), breakage=0.3)
        assert found.cost(BASKETS).to_pylist() == pytest.approx([45 * 0.7, 70, 70])

    def test_a_bundle_adds_up_as_in_the_spice_shop(self, tmp_path):
        (tmp_path / "pool.csv").write_text("code\nA1\nA2\n")
        coupon = offer("codes", tmp_path, pool=Path("pool.csv"), value=usd(20))
        saffron = offer("gift", gives="saffron", cost=usd(1))
        both = offer("bundle", given={"coupon": coupon, "saffron": saffron}, of=("coupon", "saffron"))
        assert both.cost(pa.array([45.0])).to_pylist() == [21.0]
        assert (both.terms.stock, both.terms.gives, list(both.codes())) == (2, "20 + saffron", ["A1", "A2"])

    def test_nobody(self):
        for found in (offer("codes", pool="generate", value=0.1), offer("points", value=usd(5))):
            assert found.cost(pa.array([], pa.float64())).to_pylist() == []


class TestPools:
    def pool(self, folder, text, encoding="utf-8"):
        (folder / "pool.csv").write_bytes(text.encode(encoding))
        return offer("codes", folder, pool=Path("pool.csv"), value=0.1)

    @pytest.mark.parametrize(
        "text",
        [
            "A1\nB2\n",
            "\ufeffCoupon code\nA1\nB2\n",
            "Промо-код\nA1\u00a0\nB2\n",
            "промокод;срок\nA1;1\n\n B2 ;2\n",
            "id,code\n1,A1\n2,B2\n",
            "A1\r\nB2",
        ],
        ids=[
            "bare",
            "bom and a heading of two words",
            "no-break space",
            "cyrillic",
            "second column",
            "no last newline",
        ],
    )
    def test_reads(self, tmp_path, text):
        found = self.pool(tmp_path, text)
        assert list(found.codes()) == ["A1", "B2"]
        assert found.terms.stock == 2

    def test_codes_stay_as_they_are_written_but_blanks_inside_are_one(self, tmp_path):
        found = self.pool(tmp_path, "code\nspring 10\nSpring  \t20\n")
        assert list(found.codes()) == ["spring 10", "Spring 20"]

    def test_made_codes_are_all_different_and_unlimited(self):
        found = offer("codes", pool="generate", value=0.1)
        made = list(islice(found.codes(), 1000))
        assert len(set(made)) == 1000
        assert found.terms.stock is None
        assert set("".join(made)).isdisjoint("01OIL")

    def test_says_what_is_wrong(self, tmp_path):
        missing = offer("codes", tmp_path, pool=Path("pool.csv"), value=0.1)
        assert said(lambda: missing.terms).startswith("R903: cannot read")
        assert said(lambda: self.pool(tmp_path, "code\n").codes()).endswith("of offer 'ten' holds no codes")
        assert said(lambda: self.pool(tmp_path, "").codes()).startswith("R661")
        assert said(lambda: self.pool(tmp_path, "TEN-100\nten-100\nX\n").codes()).endswith(
            "holds 1 codes more than once: te…0"
        )
        assert said(lambda: self.pool(tmp_path, "код\nа1\n", "cp1251").codes()).startswith("R660")


class TestImpossible:
    @pytest.mark.parametrize(
        ("word", "settings", "words"),
        [
            (
                "codes",
                {"pool": "generate", "value": Money(Decimal(5), "RUB")},
                "'ten' is in RUB, the business counts in USD",
            ),
            ("codes", {"pool": "generate", "value": 1.4}, "gives 140% of the order"),
            ("codes", {"pool": "generate", "value": usd(0)}, "a discount is more than nothing"),
            ("codes", {"pool": "generate", "value": usd(20), "at_most": usd(10)}, "which of the two?"),
            ("gift", {"gives": "x", "cost": usd(-1)}, "a cost is not below zero"),
            ("service", {"gives": "x", "cost": Money(Decimal(5), "RUB")}, "is in RUB"),
            ("points", {"value": usd(5), "breakage": 1.2}, "has a breakage of 120%"),
            ("points", {"value": usd(0)}, "points are worth more than nothing"),
            ("bundle", {"of": ("a", "b")}, "names 'a', 'b', which the campaign does not offer"),
        ],
    )
    def test_is_refused_in_words(self, word, settings, words):
        assert words in said(lambda: offer(word, **settings))

    def test_bundles_that_cannot_be(self):
        coded, gift = offer("codes", pool="generate", value=0.1), offer("gift", gives="x", cost=usd(1))
        given = {"a": coded, "b": coded, "c": gift}
        assert "two parts with codes, a and b" in said(lambda: offer("bundle", given=given, of=("a", "b")))
        assert "two or more different offers" in said(lambda: offer("bundle", given=given, of=("c",)))


BUSINESS = """\
brand: "Saffron Road"
footer: "Saffron Road Ltd"
web: https://r.saffron.example
currency: USD
timezone: Europe/Kyiv
policy: ua
margin: 40%
sources:
  orders: {use: csv, path: orders.csv, rows: orders}
channels:
  email: {use: outbox, folder: out, cost: 0.01 USD}
guards:
  - {use: margin_floor, left: 2 USD}
  - {use: waste, at_most: 40%}
  - {use: fatigue, worth: 12 USD}
  - {use: stock, path: data/stock.csv}
"""
CAMPAIGN = """\
campaign: spice_letter
audience: orders >= 2
goal: {event: ordered, within: 14d, assumed_lift: 2pp}
offers:
  coupon: {use: codes, pool: data/coupons.csv, value: 20 USD, valid: 14d, min_order: 40 USD}
  share: {use: codes, pool: generate, value: 10%, at_most: 9 USD, valid: 14d}
  saffron: {use: gift, gives: "0.3 g of saffron", cost: 1 USD}
  points: {use: points, value: 5 USD, breakage: 30%}
  care: {use: service, gives: "hand care", cost: 3 USD}
  first: {use: early_access, gives: "new arrivals"}
  both: {use: bundle, of: [coupon, saffron], assumed_lift: 9pp}
journey:
  - {send: hello, by: email, offer: best}
"""


def test_a_spec_reads_every_offer_and_guard(tmp_path):
    (tmp_path / "business.yml").write_text(BUSINESS)
    (tmp_path / "spice.yml").write_text(CAMPAIGN)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "hello.md").write_text("subject: Hello\n\nHello")
    found = load(tmp_path / "spice.yml", Registry())
    assert [item.message for item in found.diagnostics if item.is_error and "offer" in item.message] == []
    offers = found.campaign.offers
    assert (offers["share"].settings.pool, offers["share"].settings.value) == ("generate", 0.1)
    assert (offers["coupon"].settings.pool.relative_to(tmp_path), str(offers["coupon"].settings.value)) == (
        Path("data/coupons.csv"),
        "20 USD",
    )
    assert tuple(offers["both"].settings.of) == ("coupon", "saffron")
    assert attrs.asdict(offers["first"].settings) == {"gives": "new arrivals", "cost": None}
    assert [guard.settings.__class__.__name__ for guard in found.business.guards] == [
        "FloorSettings",
        "WasteSettings",
        "FatigueSettings",
        "StockSettings",
    ]
