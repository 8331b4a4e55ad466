"""The whole account of a file of orders: one wide table of customers, and the figures behind it."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.analytics.baserates import BaseRates
from reactivate.analytics.btyd import BG_NBD, PARETO_NBD, Fit, GammaGamma, fit
from reactivate.analytics.btyd.gammagamma import PARAMETERS
from reactivate.analytics.btyd.search import Maximum
from reactivate.analytics.columns import COLUMNS, ProfileColumn
from reactivate.analytics.forecast import Forecast, forecast
from reactivate.analytics.holdout import Holdout, corrected, holdout
from reactivate.analytics.intervals import wilson
from reactivate.analytics.lifecycle import stage
from reactivate.analytics.profiles import AHEAD, FORECASTS, profile, window_name
from reactivate.analytics.rfmtables import cells, cuts, groups
from reactivate.analytics.scoring import rfm
from reactivate.diagnostics import Diagnostic

_HARDLY = 0.1
_WINDOWED = {"expected_orders": "expected_orders_{}d", "chance_order": "chance_order_{}d"}


@frozen(eq=False)
class Description:
    """`table` for a file (durations end in `_days`), `stats` for JSON, `forecast` for pictures."""

    table: pa.Table
    stats: dict[str, Any]
    forecast: Forecast
    warnings: tuple[Diagnostic, ...]


def describe(
    people: pa.Array,
    orders: pa.Table,
    *,
    as_of: date,
    within_days: int = 90,
    yearly_discount: float = 0.15,
    pareto: bool = False,
) -> Description:
    """Profile, score, stage and forecast of `people` at the end of `as_of`; `pareto` also fits the slow model."""
    window = ("orders", float(within_days))
    # Times in a file are those of the wall clock, hence UTC.
    profiles = profile(people, orders, as_of=as_of, timezone="UTC", windows=[window])
    expected = forecast(people, orders, as_of=as_of, within_days=within_days, yearly_discount=yearly_discount)
    check = holdout(people, orders, until=as_of, within_days=within_days)
    tables = [profiles, rfm(profiles, orders, as_of=as_of), stage(profiles, orders, as_of=as_of), expected.table]
    stats = {
        "format": "reactivate.profile/1",
        "as_of": as_of.isoformat(),
        "customers": len(people),
        "customers_with_orders": int(pc.sum(pc.greater(profiles["orders"], 0)).as_py() or 0),
        "orders": int(pc.sum(profiles["orders"]).as_py() or 0),
        "orders_after_as_of": int(pc.sum(pc.greater(orders["ordered_on"], pa.scalar(as_of))).as_py() or 0),
        "revenue": float(pc.sum(profiles["revenue"].cast(pa.float64())).as_py() or 0.0),
        "yearly_discount": yearly_discount,
        "rfm": _counted(tables[1]["rfm"]),
        "stage": _counted(tables[2]["stage"]),
        "stage_class": _counted(tables[2]["stage_class"]),
        "rfm_map": _map(profiles, tables[1]),
        "silence": _silence(expected),
        "models": _models(expected, pareto),
        "base_rates": _rates(expected.history),
        "forecast": _ahead(profiles, expected, check),
        "holdout": told(check),
        "warnings": [{"code": item.code, "message": item.message} for item in expected.warnings],
    }
    return Description(_wide(tables, within_days), stats, expected, expected.warnings)


def in_files(column: ProfileColumn) -> bool:
    """Whether `reactivate profile` writes the column: a plain file knows no margins, services or cards."""
    if column.name in (*FORECASTS, AHEAD):
        return True
    known = column.source == "orders" and column.name not in ("margin", "last_items", "last_staff")
    return known and column.added_by not in ("due", "topics", "value")


def file_name(column: str, kind: str, within_days: int = 90) -> str:
    """A column's name in a file: durations say their unit, forecasts their window."""
    if column in _WINDOWED:
        return _WINDOWED[column].format(within_days)
    return f"{column}_days" if kind == "duration" else column


def _wide(tables: list[pa.Table], within_days: int) -> pa.Table:
    columns = {"customer_id": tables[0]["person_id"]}
    for column in COLUMNS:
        found = next((table[column.name] for table in tables if column.name in table.column_names), None)
        if found is not None and in_files(column):
            columns[file_name(column.name, column.kind, within_days)] = _tidy(found)
    return pa.table(columns)


def _tidy(column: Any) -> Any:
    """Six decimals are plenty: nobody wants to read 41.00000000000002 days."""
    return pc.round(column, 6) if pa.types.is_floating(column.type) else column


def _counted(words: Any) -> dict[str, int]:
    counts = {item["values"]: item["counts"] for item in pc.value_counts(words).to_pylist() if item["values"]}
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _map(profiles: pa.Table, scored: pa.Table) -> dict[str, Any]:
    """The groups with their revenue, the cells of recency and frequency, and what earned each score."""
    return {
        "groups": groups(profiles, scored).to_pylist(),
        "cells": cells(scored),
        "cuts": cuts(profiles, scored).to_pylist(),
    }


def _silence(expected: Forecast) -> dict[str, Any]:
    """The share that comes back after so many days of silence, and where it falls below a tenth."""
    curve, within = expected.silence, expected.within_days
    return {
        "within_days": within,
        "returns_below": _HARDLY,
        "line_days": curve.line(_HARDLY, within),
        "curve": curve.points(within),
    }


def _models(expected: Forecast, pareto: bool) -> dict[str, Any]:
    fits = [expected.model, fit(BG_NBD, expected.seen)]
    if pareto:
        fits.append(fit(PARETO_NBD, expected.seen))
    found = {item.model.name: _model(item) for item in fits}
    found["Gamma-Gamma"] = _sums(expected.sums)
    return {"used": expected.model.model.name if not expected.model.trouble else "history", **found}


def _model(item: Fit) -> dict[str, Any]:
    return {"unit": "weeks", "customers": item.customers, **_maximum(item.model.parameters, item.maximum)}


def _sums(item: GammaGamma) -> dict[str, Any]:
    return {"customers": item.customers, **_maximum(PARAMETERS, item.maximum)}


def _maximum(names: tuple[str, ...], found: Maximum) -> dict[str, Any]:
    parameters = {}
    for i, (name, value) in enumerate(zip(names, found.values, strict=True)):
        low, high = found.intervals[i] if found.intervals else (None, None)
        parameters[name] = {"value": _number(value), "low": low, "high": high}
    return {
        "converged": found.trouble is None,
        "trouble": found.trouble,
        "log_likelihood": _number(found.log_likelihood),
        "parameters": parameters,
    }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _rates(rates: BaseRates) -> dict[str, Any]:
    people, came = rates.silent_90
    low, high = wilson(came, people)
    return {
        "within_days": rates.within_days,
        "from": rates.start.isoformat(),
        "silent_90_days": {
            "people": people,
            "came": came,
            "share": came / people if people else None,
            "low": float(low),
            "high": float(high),
        },
        "cells": rates.table().to_pylist(),
    }


def _ahead(profiles: pa.Table, expected: Forecast, check: Holdout) -> dict[str, Any]:
    """Ours, the same corrected by what it missed in the window that is over, and the naive rule: as in that window."""
    within = expected.within_days
    lately = pc.sum(pc.less(profiles["since_last_order"], within)).as_py()
    window = pc.sum(profiles[window_name("orders", within)]).as_py()
    people, orders = _corrected(expected, check)
    return {
        "within_days": within,
        "returning_customers": {
            "ours": _sum(expected.table["chance_order"]),
            "corrected": people,
            "naive": int(lately or 0),
        },
        "orders": {"ours": _sum(expected.table["expected_orders"]), "corrected": orders, "naive": int(window or 0)},
    }


def _corrected(expected: Forecast, check: Holdout) -> tuple[float | None, float | None]:
    if expected.model.trouble or "model" not in check.chance:
        return None, None
    table = expected.table
    chance, orders = corrected(table["chance_order"].drop_null(), table["expected_orders"].drop_null(), check)
    return float(chance.sum()), float(orders.sum())


def _sum(column: Any) -> float | None:
    found = pc.sum(column).as_py()
    return None if found is None else float(found)


def told(check: Holdout) -> dict[str, Any]:
    """The hold-out check as JSON: the forecast of then, the naive rule and what came true; nulls without a past."""
    totals = check.totals() if check.customers else None
    return {
        "as_of": check.as_of.isoformat(),
        "within_days": check.within_days,
        "customers": check.customers,
        "model": check.model,
        "returning_customers": _beside(totals["returning_customers"]) if totals else None,
        "orders": _beside(totals["orders"]) if totals else None,
        "all": totals,
        "errors": check.errors(),
        "by_frequency": check.by_frequency(),
        "calibration": check.calibration("model" if "model" in check.chance else "history"),
        "curves": {way: check.calibration(way) for way in check.chance if way != "naive"},
    }


def _beside(figures: dict[str, float]) -> dict[str, float | None]:
    """`ours` is the model's, or that of history when no model could be fitted."""
    return {
        "truth": figures["truth"],
        "ours": figures.get("model", figures.get("history")),
        "history": figures.get("history"),
        "naive": figures["naive"],
    }
