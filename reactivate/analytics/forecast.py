"""What to expect of each person: chance to be alive, to order, orders to come, their worth, and how it was reckoned."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import frozen

from reactivate.analytics.arrays import Floats, day_number, ends_of_groups
from reactivate.analytics.baserates import BaseRates, base_rates
from reactivate.analytics.btyd import MBG_NBD, NBD, Fit, GammaGamma, Patterns, count_patterns, fit, fit_gamma_gamma
from reactivate.analytics.history import History, ids, read_history
from reactivate.analytics.ordersums import day_sums, expected_sum, kept_share, orders_per_day
from reactivate.analytics.silence import SilenceCurve, silence_curve
from reactivate.diagnostics import Diagnostic

YEAR_DAYS = 365
_QUARTERS = 4


@frozen(eq=False)
class Forecast:
    """`table` has a row per person; `model` and `sums` say how it was reckoned, `history` and `silence` what came true.

    `warnings` tell when a model did not converge, and history (the share in the person's cell of silence and orders)
    stands in its place.
    """

    table: pa.Table
    seen: Patterns
    model: Fit
    sums: GammaGamma
    history: BaseRates
    silence: SilenceCurve
    warnings: tuple[Diagnostic, ...]
    per_day: Floats
    within_days: int

    def expected_orders(self, within_days: float) -> pa.Array:
        """Orders expected of each person within another time than `within_days`."""
        if self.model.trouble:
            base = np.asarray(self.table["expected_orders"].fill_null(np.nan), np.float64)
            return _column(base * (within_days / self.within_days))
        return _column(_of_persons(self.seen, self.model.expected_order_days(self.seen, within_days)) * self.per_day)


def forecast(
    people: Any,
    orders: pa.Table,
    *,
    as_of: date,
    within_days: int = 90,
    yearly_discount: float = 0.15,
) -> Forecast:
    """Columns per person of `people`, in order; null without orders.

    `chance_alive`: not gone for good (`fit_best`; null when no model could be fitted). `chance_order`: at least one
    order within `within_days`. `expected_orders`: in the same time, in the unit of `orders`. `expected_value`: revenue
    expected from the orders of the next 365 days, discounted by `yearly_discount`. Order days are forecast by the
    model, orders per day by the person's own mean shrunk to the base's, the sum of a day by Gamma-Gamma, less returns.
    """
    found = read_history(people, orders, as_of)
    bought = found.where(found.is_order)
    who, day = bought.order_days()
    seen = count_patterns(who, day, bought.persons, day_number(as_of))
    model, remarks = fit_best(seen)
    again = day_sums(bought, first_day=False)
    sums = fit_gamma_gamma(again.days, again.mean)
    rates = base_rates(people, orders, as_of=as_of, within_days=within_days)
    per_day = orders_per_day(bought)
    if model.trouble:
        reckoned = expectations_from_history(bought, rates, day_number(as_of), yearly_discount)
    else:
        reckoned = _from_model(model, seen, within_days, yearly_discount)
        reckoned["expected_orders"] = reckoned["expected_orders"] * per_day
    days = reckoned.pop("days_of_a_year")
    reckoned["expected_value"] = days * expected_sum(bought, sums) * kept_share(found)
    table = {name: _column(values) for name, values in reckoned.items()}
    return Forecast(
        pa.table({"person_id": ids(people), **table}),
        seen,
        model,
        sums,
        rates,
        silence_curve(who, day, day_number(as_of)),
        (*remarks, *_about(sums)),
        per_day,
        within_days,
    )


def fit_best(seen: Patterns) -> tuple[Fit, tuple[Diagnostic, ...]]:
    """MBG/NBD, or NBD when leaving cannot be seen (Akaike's criterion), with a warning; check `Fit.trouble`."""
    model = fit(MBG_NBD, seen)
    plain = fit(NBD, seen)
    gain = model.maximum.log_likelihood - plain.maximum.log_likelihood
    if plain.trouble is None and gain < len(MBG_NBD.parameters) - len(NBD.parameters):
        message = "the orders show no sign that customers leave for good: chance_alive is 1 for every customer"
        hint = "look at since_last_order and the base rates instead; a longer history will tell more"
        return plain, (Diagnostic("R652", message, "warning", hint=hint),)
    if model.trouble:
        message = f"{MBG_NBD.name} could not be fitted: {model.trouble}"
        hint = "chances come from history instead; more customers or a longer history would help"
        return model, (Diagnostic("R651", message, "warning", hint=hint),)
    return model, ()


def _column(values: Floats) -> pa.Array:
    usable = np.isfinite(values)
    return pa.array(np.where(usable, values, 0.0), pa.float64(), mask=~usable)


def _from_model(model: Fit, seen: Patterns, within_days: int, yearly_discount: float) -> dict[str, Floats]:
    reckoned = {
        "chance_alive": model.chance_alive(seen),
        "chance_order": model.chance_of_order(seen, within_days),
        "expected_orders": model.expected_order_days(seen, within_days),
        "days_of_a_year": discounted_order_days(model, seen, yearly_discount),
    }
    return {name: _of_persons(seen, values) for name, values in reckoned.items()}


def _of_persons(seen: Patterns, values: Floats) -> Floats:
    """A value per pattern as one per person, NaN without orders."""
    known = seen.of_person >= 0
    return np.where(known, values[seen.of_person] if len(values) else np.nan, np.nan)


def discounted_order_days(model: Fit, seen: Patterns, yearly_discount: float) -> Floats:
    """Order days expected in the next 365 days per pattern, each quarter discounted to now from its middle."""
    ends = [model.expected_order_days(seen, YEAR_DAYS * quarter / _QUARTERS) for quarter in range(1, _QUARTERS + 1)]
    steps = np.diff(np.array([np.zeros(len(seen.repeats)), *ends]), axis=0)
    found: Floats = np.sum(_worth_now(yearly_discount)[:, None] * steps, axis=0)
    return found


def _worth_now(yearly_discount: float) -> Floats:
    """What money is worth today that comes in the middle of each quarter of the next year."""
    worth: Floats = (1 + yearly_discount) ** -((np.arange(_QUARTERS) + 0.5) / _QUARTERS)
    return worth


def expectations_from_history(
    bought: History, rates: BaseRates, today: int, yearly_discount: float = 0.0
) -> dict[str, Floats]:
    """The shares of the person's cell of silence and orders; NaN where the past holds nobody to learn from."""
    count = np.bincount(bought.person, minlength=bought.persons)
    last = ends_of_groups(bought.person, bought.persons)
    silence = today - (bought.day[last] if len(bought.day) else np.zeros(bought.persons, np.int64))
    usable = (count > 0) & bool(rates.people.sum())
    orders = np.where(usable, rates.expected_orders(silence, np.maximum(count, 1)), np.nan)
    return {
        "chance_alive": np.full(bought.persons, np.nan),
        "chance_order": np.where(usable, rates.chance(silence, np.maximum(count, 1)), np.nan),
        "expected_orders": orders,
        "days_of_a_year": orders * (YEAR_DAYS / rates.within_days) * _worth_now(yearly_discount).mean(),
    }


def _about(sums: GammaGamma) -> tuple[Diagnostic, ...]:
    if sums.maximum.trouble is None:
        return ()
    message = f"Gamma-Gamma could not be fitted: {sums.maximum.trouble}"
    hint = "the mean sum of a customer leans on that of the base instead, the more the fewer orders he has"
    return (Diagnostic("R651", message, "warning", hint=hint),)
