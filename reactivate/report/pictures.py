"""Small pictures as inline SVG. Colours are classes of the page's style, so dark mode and print need no second set."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import ceil, floor, log10

from attrs import frozen
from markupsafe import Markup

from reactivate.report.html_parts import joined


def bar(parts: Sequence[tuple[str, float]], label: str = "") -> Markup:
    """One horizontal bar of (class, share of the width); what is left over stays empty."""
    x, drawn = 0.0, []
    for kind, share in parts:
        wide = min(max(share, 0.0), 1.0 - x / 100) * 100
        drawn.append(Markup('<rect class="{}" x="{}" width="{}" height="10"/>').format(kind, _n(x), _n(wide)))
        x += wide
    page = '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" {}>{}</svg>'
    return Markup(page).format(_named(label), joined(drawn))


def interval(low: float, middle: float, high: float, label: str) -> Markup:
    """A difference of shares with its interval on an axis that holds zero, in percentage points."""
    edge = max(abs(low), abs(high), abs(middle), 0.005) * 1.15
    left, right = min(-edge * 0.25, low * 1.15), max(edge * 0.25, high * 1.15)
    step = nice_step((right - left) * 100 / 6)

    def x(value: float) -> float:
        return 20 + 600 * (value - left) / (right - left)

    ticks = [tick * step / 100 for tick in range(ceil(left * 100 / step), floor(right * 100 / step) + 1)]
    mark = '<line class="grid" x1="{0}" x2="{0}" y1="12" y2="62"/><text class="tick" x="{0}" y="80">{1}</text>'
    marks = joined(Markup(mark).format(_n(x(tick)), _points(tick)) for tick in ticks)
    page = (
        '<svg class="picture small" viewBox="0 0 640 88" {}>{}<line class="zero" x1="{}" x2="{}" y1="6" y2="62"/>'
        '<line class="whisker" x1="{}" x2="{}" y1="37" y2="37"/><circle class="dot" cx="{}" cy="37" r="8"/></svg>'
    )
    zero = _n(x(0))
    return Markup(page).format(_named(label), marks, zero, zero, _n(x(low)), _n(x(high)), _n(x(middle)))


def small_interval(low: float, middle: float, high: float, edges: tuple[float, float], label: str) -> Markup:
    """An interval for a row of a table; `edges` are those of all rows, so that the eye can compare."""
    left, right = edges
    wide = (right - left) or 1.0

    def x(value: float) -> float:
        return 6 + 188 * (value - left) / wide

    page = (
        '<svg class="picture row" viewBox="0 0 200 20" {}><line class="zero" x1="{}" x2="{}" y1="1" y2="19"/>'
        '<line class="whisker" x1="{}" x2="{}" y1="10" y2="10"/><circle class="dot" cx="{}" cy="10" r="5"/></svg>'
    )
    zero = _n(x(0))
    return Markup(page).format(_named(label), zero, zero, _n(x(low)), _n(x(high)), _n(x(middle)))


@frozen
class Series:
    """One colour of a timeline: its key in the rows, its class, its word, and whether it hangs below the axis."""

    key: str
    kind: str
    word: str
    below: bool = False


def timeline(rows: Sequence[Mapping[str, object]], series: Sequence[Series], label: str) -> Markup:
    """Days from left to right: what was handed over stands on the axis, what came back hangs below it.

    `rows` hold `day` (ISO) and counts by key; days without a row are empty. Beyond 92 days, bars are weeks.
    """
    heights = by_period(rows, [one.key for one in series])
    if not heights:
        return Markup("")
    days = sorted(heights)
    up = max(sum(_of(heights[day], series, below=False)) for day in days)
    down = max(sum(_of(heights[day], series, below=True)) for day in days)
    wide, tall, left, top = 760.0, 230.0, 44.0, 14.0
    share = min(max(up / (up + down), 0.35), 0.75) if up + down else 0.5
    if not down:
        share = 1.0
    zero = top + tall * share
    step = (wide - left) / len(days)
    scales = {False: tall * share / (up or 1), True: tall * (1 - share) / (down or 1)}
    drawn = [_axis(up, zero, scales[False], wide, left, -1), _axis(down, zero, scales[True], wide, left, 1)]
    for at, day in enumerate(days):
        for below, way in ((False, -1), (True, 1)):
            y = zero
            for one in (one for one in series if one.below == below):
                high = heights[day].get(one.key, 0) * scales[below]
                y_top = y - high if way < 0 else y
                if high:
                    drawn.append(_column(one, day, heights[day][one.key], left + at * step, y_top, step, high))
                y += way * high
    drawn += _dates(days, left, step, top + tall + 22)
    line = '<line class="zero" x1="{}" x2="{}" y1="{}" y2="{}"/>'
    drawn.append(Markup(line).format(_n(left), _n(wide), _n(zero), _n(zero)))
    page = '<svg class="picture" viewBox="0 0 770 280" {}>{}</svg>'
    return Markup('<div class="wide">{}</div>').format(Markup(page).format(_named(label), joined(drawn)))


def by_period(rows: Sequence[Mapping[str, object]], keys: Sequence[str]) -> dict[date, dict[str, int]]:
    """Counts per day without gaps, or per week (its Monday) when there are more than 92 days."""
    found = {date.fromisoformat(str(row["day"])): row for row in rows if row.get("day")}
    if not found:
        return {}
    first, last = min(found), max(found)
    weekly = (last - first).days > 92
    size = 7 if weekly else 1
    start = first - timedelta(days=first.weekday()) if weekly else first
    periods: dict[date, dict[str, int]] = {
        start + timedelta(days=size * at): dict.fromkeys(keys, 0) for at in range((last - start).days // size + 1)
    }
    for day, row in found.items():
        period = periods[start + timedelta(days=(day - start).days // size * size)]
        for key in keys:
            number = row.get(key)
            period[key] += int(number) if isinstance(number, int | float) else 0
    return periods


def nice_step(rough: float) -> float:
    """1, 2 or 5 times a power of ten, at least `rough`."""
    if rough <= 0:
        return 1.0
    power = 10.0 ** floor(log10(rough))
    return float(next(power * step for step in (1, 2, 5, 10) if power * step >= rough * 0.999))


def _of(counts: Mapping[str, int], series: Sequence[Series], *, below: bool) -> list[int]:
    return [counts.get(one.key, 0) for one in series if one.below == below]


def _column(one: Series, day: date, number: int, x: float, y: float, step: float, high: float) -> Markup:
    page = '<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}: {:,} {}</title></rect>'
    gap = min(step * 0.18, 2.0)
    return Markup(page).format(one.kind, _n(x + gap / 2), _n(y), _n(step - gap), _n(high), day, number, one.word)


def _axis(most: int, zero: float, scale: float, wide: float, left: float, way: int) -> Markup:
    if not most:
        return Markup("")
    step = max(nice_step(most / 3), 1)
    page = '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="tick end" x="{}" y="{}">{:,.0f}</text>'
    ticks = [step * at for at in range(0 if way < 0 else 1, floor(most / step) + 1)]
    heights = [(tick, zero + way * tick * scale) for tick in ticks]
    return joined(
        Markup(page).format(_n(left), _n(wide), _n(y), _n(y), _n(left - 6), _n(y + 4), tick) for tick, y in heights
    )


def _dates(days: Sequence[date], left: float, step: float, y: float) -> list[Markup]:
    every = max(1, ceil(len(days) / 9))
    page = '<text class="tick start" x="{}" y="{}">{}</text>'
    shown = [(at, day) for at, day in enumerate(days) if at % every == 0 and at <= len(days) - every / 2]
    return [Markup(page).format(_n(left + at * step), _n(y), f"{day:%d %b}".lstrip("0")) for at, day in shown]


def _points(share: float) -> str:
    return "0" if abs(share) < 1e-9 else f"{100 * share:+.4g}pp".replace("-", "−")


def _named(label: str) -> Markup:
    if not label:
        return Markup('aria-hidden="true"')
    return Markup('role="img" aria-label="{}"').format(label)


def _n(number: float) -> str:
    """A coordinate: two digits are finer than any screen, and the file stays small."""
    return f"{number:.2f}".rstrip("0").rstrip(".") or "0"
