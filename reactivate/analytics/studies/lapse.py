"""The study of silence: who is at which stage, when somebody counts as lapsed, and the curve that says so."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.analytics.lapselines import GroupedCurves, grouped_curves
from reactivate.analytics.lifecycle import CLASSES, ROLL_UP, WORDS, Learn
from reactivate.analytics.studies.shop import Shop, Study, in_files

_EVERYBODY = "everybody"
_MOST_GROUPS = 12


def study_lapse(shop: Shop, *, learn: Learn, by: str = "category") -> Study:
    """`study-lapse/1`. `people`: stage, class and lines of everybody; `table`: the curves, `group` = `everybody` first.

    `by` is the column of the orders that groups the silences. A line is null where history is too short to show it.
    """
    now = shop.profiles(shop.as_of)
    staged = shop.stage(now, shop.until(shop.as_of), shop.as_of)
    curves = grouped_curves(shop.people, shop.orders, as_of=shop.as_of, by=by)
    stages = _counted(staged["stage"], WORDS)
    result = {
        "format": "study-lapse/1",
        **shop.head(),
        "returns_below": learn.below,
        "within_days": learn.within_days,
        "line_days": curves.everybody.line(learn.below, learn.within_days),
        "by": by,
        "lines": curves.lines(learn.below, learn.within_days).sort_by([("silences", "descending")]).to_pylist(),
        "stages": stages,
        "classes": {word: sum(stages[one] for one in WORDS if ROLL_UP[one] == word) for word in CLASSES},
        "curve": curves.everybody.points(learn.within_days),
        "curves": _largest(curves, learn.within_days),
    }
    staged = staged.append_column("since_last_order", now["since_last_order"])
    return Study(result, in_files(staged), _curves(curves, learn.within_days))


def _counted(words: Any, known: tuple[str, ...]) -> dict[str, int]:
    counts = {item["values"]: item["counts"] for item in pc.value_counts(words).to_pylist()}
    return {word: counts.get(word, 0) for word in known}


def _largest(curves: GroupedCurves, within_days: int) -> dict[str, list[dict[str, Any]]]:
    names = sorted(curves.groups, key=lambda name: (-curves.silences[name], name))[:_MOST_GROUPS]
    return {name: curves.groups[name].points(within_days) for name in names}


def _curves(curves: GroupedCurves, within_days: int) -> pa.Table:
    parts = []
    for name, curve in {_EVERYBODY: curves.everybody, **curves.groups}.items():
        table = curve.table(within_days)
        parts.append(table.add_column(0, "group", pa.repeat(pa.scalar(name), table.num_rows)))
    return pa.concat_tables(parts)
