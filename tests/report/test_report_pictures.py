"""The pictures: what is drawn is as long as it says."""

import re
from datetime import date, timedelta

import pytest

from reactivate.report.pictures import Series, bar, by_period, interval, nice_step, timeline


def widths(svg, kind):
    return [float(found) for found in re.findall(rf'class="{kind}"[^>]*? width="([\d.]+)"', str(svg))]


def heights(svg, kind):
    return [float(found) for found in re.findall(rf'class="{kind}"[^>]*? height="([\d.]+)"', str(svg))]


def test_bar_is_as_wide_as_its_shares():
    svg = bar([("main", 0.25), ("held", 0.5)])
    assert widths(svg, "main") == [25]
    assert widths(svg, "held") == [50]
    assert 'x="25"' in svg


@pytest.mark.parametrize(("shares", "drawn"), [([1.7], [100]), ([-1], [0]), ([0.8, 0.8], [80, 20]), ([0], [0])])
def test_bar_never_leaves_its_frame(shares, drawn):
    svg = bar([("main", share) for share in shares])
    assert widths(svg, "main") == pytest.approx(drawn)


def test_interval_shows_zero_low_and_high_in_order():
    svg = str(interval(-0.01, 0.02, 0.05, "said"))
    zero, whisker = (
        re.search(r'class="zero" x1="([\d.]+)"', svg),
        re.search(r'class="whisker" x1="([\d.]+)" x2="([\d.]+)"', svg),
    )
    dot = re.search(r'cx="([\d.]+)"', svg)
    low, high = map(float, whisker.groups())
    assert 0 < low < float(zero[1]) < float(dot[1]) < high < 640
    assert "+4pp" in svg
    assert ">0<" in svg


def test_interval_of_nothing_is_drawn():
    assert "NaN" not in str(interval(0.0, 0.0, 0.0, ""))


def rows(*days):
    return [{"day": day, "email": n} for day, n in days]


def test_days_without_a_row_are_empty():
    found = by_period(rows(("2026-01-01", 3), ("2026-01-04", 1)), ["email"])
    assert [counts["email"] for counts in found.values()] == [3, 0, 0, 1]


def test_long_campaigns_are_shown_by_week():
    start = date(2026, 1, 1)  # a Thursday
    days = [(str(start + timedelta(days=at)), 1) for at in range(120)]
    found = by_period(rows(*days), ["email"])
    assert min(found) == date(2025, 12, 29)
    assert next(iter(found.values()))["email"] == 4
    assert sum(counts["email"] for counts in found.values()) == 120


def test_timeline_heights_keep_their_proportion():
    series = [Series("email", "email", "letters"), Series("answers", "answers", "answers", below=True)]
    svg = timeline(
        [{"day": "2026-01-01", "email": 100, "answers": 10}, {"day": "2026-01-02", "email": 50, "answers": 40}],
        series,
        "said",
    )
    first, second = heights(svg, "email")
    assert first == pytest.approx(2 * second, abs=0.02)
    one, two = heights(svg, "answers")
    assert two == pytest.approx(4 * one, abs=0.05)
    assert "<title>2026-01-02: 40 answers</title>" in svg


def test_timeline_of_nothing_is_nothing():
    assert timeline([], [Series("email", "email", "letters")], "") == ""
    assert "NaN" not in timeline([{"day": "2026-01-01", "email": 0}], [Series("email", "email", "letters")], "")


def test_labels_are_escaped():
    assert "<b>" not in str(bar([("main", 1)], "<b>\"'"))


@pytest.mark.parametrize(("rough", "nice"), [(0, 1), (0.7, 1), (1.2, 2), (3, 5), (7, 10), (240, 500), (0.03, 0.05)])
def test_nice_step(rough, nice):
    assert nice_step(rough) == pytest.approx(nice)
