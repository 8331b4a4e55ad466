"""The studies as text for a terminal."""

from collections.abc import Callable
from typing import Any

from reactivate.text import columns, counted, one_line

Result = dict[str, Any]
_MOST = 15


def as_text(result: Result) -> str:
    """Any of the four studies, by its `format`."""
    head = f"{result['name']}: {counted(result['people'], 'customer')} on {result['as_of']}"
    return "\n".join([head, "", *_PRINTERS[result["format"]](result)])


def _rfm(result: Result) -> list[str]:
    rows = [["group", "people", "", "revenue", "", "silent", "orders"]]
    rows += [_group(row) for row in result["groups"]]
    lines = columns(rows, right=range(1, 7))
    moved = sum(count for cause, count in result["moved_by"].items() if cause != "stayed")
    lines += ["", f"Since {result['since']}: {moved:,} moved, {result['moved_by']['stayed']:,} stayed"]
    lines += columns(
        [[f"  by {_CAUSES[cause]}", f"{n:,}"] for cause, n in result["moved_by"].items() if cause in _CAUSES], right=[1]
    )
    moves = [row for row in result["movement"] if row["was"] != row["now"]][:_MOST]
    if moves:
        table = [["was", "now", "people", "an order", "a return", "silence", "the others"]]
        table += [[row["was"] or "-", row["now"] or "-", *(f"{row[name]:,}" for name in _MOVED)] for row in moves]
        lines += ["", "The largest moves, and what made them", *(f"  {line}" for line in columns(table, range(2, 7)))]
    return lines


_MOVED = ("people", "ordered", "returned", "silent", "others")
_CAUSES = {"order": "an order", "return": "a return", "silence": "silence", "others": "the others around them"}


def _group(row: Result) -> list[str]:
    if not row["people"]:
        return [row["rfm"], "0", "", "", "", "", ""]
    return [
        row["rfm"],
        f"{row['people']:,}",
        f"{row['share']:.1%}",
        f"{row['revenue']:,.0f}",
        "" if row["revenue_share"] is None else f"{row['revenue_share']:.1%}",
        f"{row['since_last_order_days']:.0f}d",
        f"{row['orders']:.1f}",
    ]


def _lapse(result: Result) -> list[str]:
    total = sum(result["stages"].values()) or 1
    lines = columns([[word, f"{n:,}", f"{n / total:.1%}"] for word, n in result["stages"].items()], right=(1, 2))
    told = ", ".join(f"{word} {n:,}" for word, n in result["classes"].items())
    lines += ["", f"As four classes: {told}"]
    line, below = result["line_days"], f"{result['returns_below']:.0%}"
    within = f"{result['within_days']} days"
    if line is None:
        said = f"No line can be learned: nowhere in this history do fewer than {below} come back within {within}."
    else:
        said = f"After {line} days of silence fewer than {below} come back by themselves within {within}."
    lines += ["", said]
    if result["lines"]:
        table = [[result["by"], "people", "silences", "line"]]
        table += [
            [one_line(row["group"]), f"{row['people']:,}", f"{row['silences']:,}", _days(row["line_days"])]
            for row in result["lines"][:_MOST]
        ]
        lines += ["", *columns(table, right=(1, 2, 3))]
    return lines


def _days(days: float | None) -> str:
    return "not seen" if days is None else f"{days:,.0f}d"


def _cohorts(result: Result) -> list[str]:
    months = sorted({row["month"] for row in result["cohorts"]})[:12]
    found: dict[str, dict[int, Result]] = {}
    for row in result["cohorts"]:
        found.setdefault(row["cohort"], {})[row["month"]] = row
    names = sorted(found, key=lambda name: (result["by"] != "month" and -found[name][0]["people"], name))[: _MOST * 2]
    table = [[result["by"], "people", *(f"{month + 1}" for month in months)]]
    for name in names:
        mine = found[name]
        shares = [f"{mine[month]['returned_share']:.0%}" if month in mine else "" for month in months]
        table.append([one_line(name), f"{mine[0]['people']:,}", *shares])
    lines = ["Came again within so many months (30 days each) of the first order", *columns(table, range(1, 14))]
    silent = ", ".join(f"{row['share']:.0%} longer than {row['days']} days" for row in result["still_silent"])
    return [*lines, *(["", f"Of all silences {silent}."] if silent else [])] if names else ["Nobody has ordered."]


def _next(result: Result) -> list[str]:
    lines = [
        f"{counted(result['lines'], 'line')}; pairs seen {result['least']} times or more: "
        f"{result['pairs']['together']:,} together, {result['pairs']['next']:,} next",
        f"Titles for {result['with_titles']:,} customers, novelties for {result['with_novelties']:,}",
    ]
    for kind, title in (("together", "Bought together"), ("next", "Usually bought on the next day of shopping")):
        if result[kind]:
            table = [["with", "goes", "times", "share", "lift"]]
            table += [
                [
                    one_line(row["item"]),
                    one_line(row["other"]),
                    f"{row['count']:,}",
                    f"{row['share']:.1%}",
                    f"{row['lift']:.1f}",
                ]
                for row in result[kind][:_MOST]
            ]
            lines += ["", title, *(f"  {line}" for line in columns(table, right=(2, 3, 4)))]
    return lines


_PRINTERS: dict[str, Callable[[Result], list[str]]] = {
    "study-rfm/1": _rfm,
    "study-lapse/1": _lapse,
    "study-cohorts/1": _cohorts,
    "study-next/1": _next,
}
