"""The chapters of the proof: parts on one scale, variants, money, and what is no lift."""

import re

import pytest
from report.html_kit import report

from reactivate.report.html import render

PARTS = {
    "comparisons": 2, "level": 0.95, "family_level": 0.975,
    "rows": [
        {"by": "segment", "name": name, "treated": 400, "treated_reached": x1, "holdout": 100, "holdout_reached": 9,
         "difference": x1 / 400 - 0.09, "low": -0.01, "high": 0.1, "p_value": 0.03,
         "adjusted": {"p_value": 0.06, "low": -0.02, "high": 0.12}}
        for name, x1 in (("regular", 60), ("<script>", 40))
    ],
}  # fmt: skip
INTERVAL = {"low": 1.0, "high": 4.5}


def page(**changed):
    return render(report() | changed)


def test_parts_share_one_scale_and_say_how_many_comparisons_there_are():
    text = page(parts=PARTS)
    assert "Where it worked" in text
    assert text.count('class="picture row"') == 2
    assert len(set(re.findall(r'picture row.*?class="zero" x1="([\d.]+)"', text))) == 1
    assert "<script>" not in text
    assert "Where it worked" not in page(parts={"rows": []})


def test_a_bad_split_shows_words_and_no_interval():
    lift = report()["lift"] | {"difference": None, "low": None, "high": None}
    split = {"good": False, "said": "not as drawn: 50 households left alone, 100 expected (p = 1e-07)"}
    text = page(lift=lift, split=split)
    assert "No result: the holdout is not as drawn: 50 households" in text
    assert "Because of the campaign" not in text


@pytest.mark.parametrize("final", [True, False])
def test_money_shows_gain_per_person_and_cost_per_extra_customer(final):
    gain = {"people": 400, "revenue": 900.0, "margin": 360.0, "cost": 60.0, "profit": 300.0, "low": -20.0,
            "high": 620.0, "extra_customers": 20.0, "cost_per_extra": 3.0}  # fmt: skip
    each = {"outcome": "profit", "difference": 0.75, **INTERVAL, "bootstrap": INTERVAL, "cuped": None}
    money = report()["money"] | {"gain": gain, "per_person": [each], "final": final}
    text = page(money=money)
    assert 'data-at="money.gain.profit"' in text
    assert 'data-at="money.gain.cost_per_extra"' in text
    assert ("the wide intervals stay true however often one looks" in text) is not final


def test_what_one_more_customer_costs_is_said_with_its_interval():
    said = "3.00 UAH per customer, 12.00 UAH per customer who came because of it (8.00 to no end)"
    assert said in page(success={"said": said})


def test_the_staff_bonus_has_a_line_of_its_own_only_where_there_is_one():
    gain = {"revenue": 900.0, "margin": 360.0, "cost": 60.0, "staff_bonus": 18.5, "profit": 281.5}
    row = {"name": "staff_bonus", "treated": 18.5, "holdout": 0.0, "per_person_difference": 0.04}
    money = report()["money"]
    text = page(money=money | {"gain": gain, "staff_bonus": 18.5, "rows": [*money["rows"], row]})
    for place in ("money.gain.staff_bonus", "money.staff_bonus", "money.rows.3.treated"):
        assert re.search(rf'data-at="{re.escape(place)}"[^>]*>18.50 UAH<', text), place
    assert "staff bonus" not in page(money=money | {"gain": gain | {"staff_bonus": None}, "staff_bonus": None})


def test_clicks_and_codes_stand_beside_and_are_called_no_lift():
    told = {"reached": 80, "after_click": 20, "by_code": 30, "said": "this is no lift"}
    later = {"most": 2, "treated": {"people": 80, "shares": [0.5, 0.25]}, "holdout": {"people": 9, "shares": []}}
    text = page(attribution=told, second_life=later)
    assert "Beside it, and no lift" in text
    assert "25.0%" in text
    assert 'data-at="second_life.treated.shares.0"' in text


def test_variants_are_compared_with_each_other():
    outcome = {"treated": 0.12, "control": 0.1, "difference": 0.02, "low": -0.01, "high": 0.05}
    split = {
        "step": "again",
        "first": "care",
        "first_n": 200,
        "arms": [{"arm": "gift", "n": 210, "outcomes": [outcome]}],
    }
    text = page(variants=[split])
    assert "again: gift against care" in text
