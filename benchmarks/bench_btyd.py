"""Fits of the buying models: how fast, and how right on days held out, beside lifetimes and PyMC-Marketing.

python benchmarks/bench_btyd.py fit [customers]              our fits on customers drawn from MBG/NBD
python benchmarks/bench_btyd.py peers ORDERS.parquet DAY [--peers PYTHON] [--only WORD]

ORDERS has the columns `id, date, sum`. Every way is fitted on the orders up to DAY and forecasts the 90 days after it;
each runs in a process of its own and leaves parameters, expectations and seconds. `--peers` is an interpreter with
lifetimes and pymc-marketing (MAP). All see the same customers: x, t_x and T in weeks.
"""

import json
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

WITHIN_DAYS = 90
WAYS = (
    "ours BG/NBD", "ours MBG/NBD", "ours Pareto/NBD",
    "lifetimes BG/NBD", "lifetimes MBG/NBD", "lifetimes Pareto/NBD",
    "pymc BG/NBD", "pymc MBG/NBD", "pymc Pareto/NBD",
)  # fmt: skip


def drawn(customers: int, seed: int = 1) -> Any:
    """Order days of customers who follow MBG/NBD with CDNOW's parameters over three years, as patterns."""
    from reactivate.analytics.btyd import count_patterns

    dice = np.random.default_rng(seed)
    r, alpha, a, b = 0.525, 6.183, 0.891, 1.614
    rate = dice.gamma(r, 1 / alpha, customers) / 7  # orders a day
    leave = dice.beta(a, b, customers)
    now = dice.integers(0, 1000, customers).astype(float)
    alive = dice.random(customers) >= leave
    who, day = [np.arange(customers)], [now.astype(np.int64)]
    while alive.any():
        here = np.flatnonzero(alive)
        now[here] += dice.exponential(1 / rate[here])
        here = here[now[here] < 1095]
        who.append(here)
        day.append(now[here].astype(np.int64))
        alive[:] = False
        alive[here] = dice.random(len(here)) >= leave[here]
    packed = np.unique(np.concatenate(who) * 2048 + np.concatenate(day))
    return count_patterns(packed // 2048, packed % 2048, customers, 1095)


def timed(name: str, work: Any) -> Any:
    start, cpu = time.perf_counter(), time.process_time()
    found = work()
    print(f"{name:<24}{time.perf_counter() - start:8.2f} s {time.process_time() - cpu:8.2f} s cpu  ", end="")
    return found


def fits(customers: int) -> None:
    """Time every model on the same drawn customers."""
    from reactivate.analytics.btyd import BG_NBD, MBG_NBD, PARETO_NBD, fit, fit_gamma_gamma

    seen = drawn(customers)
    print(
        f"{customers:,} customers, {len(seen.customers):,} distinct patterns, {int(seen.repeats.max())} repeats at most"
    )
    for model in (BG_NBD, MBG_NBD, PARETO_NBD):
        found = timed(model.name, lambda model=model: fit(model, seen))
        values = ", ".join(f"{name} {value:.3f}" for name, value in found.parameters.items())
        print(f"{found.trouble or 'converged'}: {values}")
    dice = np.random.default_rng(2)
    repeats = seen.repeats[seen.of_person]
    shape = np.maximum(6.25 * repeats, 1e-9)
    mean = dice.gamma(shape) / np.maximum(repeats, 1) * 15.44 / dice.gamma(3.74, size=len(repeats))
    found = timed("Gamma-Gamma", lambda: fit_gamma_gamma(repeats, mean))
    print(f"{found.maximum.trouble or 'converged'}: {np.round(found.maximum.values, 3).tolist()}")


def summary(path: str, day: date) -> dict[str, Any]:
    """Customers by `day`: x, t_x, T in weeks, and the order days of the 90 days after it."""
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=["id", "date"]).to_pydict()
    days: dict[str, set[date]] = {}
    for who, at in zip(table["id"], table["date"], strict=True):
        on = at.date() if hasattr(at, "date") else at
        if who is not None and on <= day + timedelta(days=WITHIN_DAYS):
            days.setdefault(str(who), set()).add(on)
    rows = []
    for who in sorted(days):
        before = sorted(on for on in days[who] if on <= day)
        if before:
            last, age = (before[-1] - before[0]).days / 7, (day - before[0]).days / 7
            rows.append((len(before) - 1, last, age, sum(on > day for on in days[who])))
    x, last, age, truth = (list(column) for column in zip(*rows, strict=True))
    return {"x": x, "last": last, "age": age, "truth": truth}


def one(way: str, seen: dict[str, Any]) -> dict[str, Any]:
    """Parameters, expected order days and seconds of one way."""
    library, _, model = way.partition(" ")
    x, last, age = (np.asarray(seen[name], float) for name in ("x", "last", "age"))
    return {"ours": _ours, "lifetimes": _lifetimes, "pymc": _pymc}[library](model, x, last, age)


def _ours(name: str, x: Any, last: Any, age: Any) -> dict[str, Any]:
    from reactivate.analytics.btyd import BG_NBD, MBG_NBD, PARETO_NBD, Patterns, fit

    model = {item.name: item for item in (BG_NBD, MBG_NBD, PARETO_NBD)}[name]
    start = time.perf_counter(), time.process_time()
    rows = np.column_stack([x, last, age])
    distinct, place, count = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    seen = Patterns(distinct[:, 0].astype(int), distinct[:, 1], distinct[:, 2], count, place.ravel())
    found = fit(model, seen)
    wall, cpu = time.perf_counter() - start[0], time.process_time() - start[1]
    expected = found.expected_order_days(seen, WITHIN_DAYS)[seen.of_person]
    return {"parameters": found.parameters, "wall": wall, "cpu": cpu, "expected": expected.tolist()}


def _lifetimes(name: str, x: Any, last: Any, age: Any) -> dict[str, Any]:
    import warnings

    warnings.simplefilter("ignore")
    import lifetimes

    fitter = {"BG/NBD": "BetaGeoFitter", "MBG/NBD": "ModifiedBetaGeoFitter", "Pareto/NBD": "ParetoNBDFitter"}[name]
    model = getattr(lifetimes, fitter)()
    start = time.perf_counter(), time.process_time()
    model.fit(x, last, age)
    wall, cpu = time.perf_counter() - start[0], time.process_time() - start[1]
    expected = model.conditional_expected_number_of_purchases_up_to_time(WITHIN_DAYS / 7, x, last, age)
    parameters = {key: float(value) for key, value in model.params_.items()}
    return {"parameters": parameters, "wall": wall, "cpu": cpu, "expected": np.asarray(expected, float).tolist()}


def _pymc(name: str, x: Any, last: Any, age: Any) -> dict[str, Any]:
    import logging
    import warnings

    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    import pandas as pd
    from pymc_marketing import clv

    kind = {"BG/NBD": "BetaGeoModel", "MBG/NBD": "ModifiedBetaGeoModel", "Pareto/NBD": "ParetoNBDModel"}[name]
    data = pd.DataFrame({"customer_id": np.arange(len(x)), "frequency": x.astype(int), "recency": last, "T": age})
    start = time.perf_counter(), time.process_time()
    model = getattr(clv, kind)(data=data)
    model.fit(**_method(model), progressbar=False)
    wall, cpu = time.perf_counter() - start[0], time.process_time() - start[1]
    expected = model.expected_purchases(data, future_t=WITHIN_DAYS / 7).mean(("chain", "draw")).to_numpy()
    found = model.idata.posterior.mean(("chain", "draw"))
    parameters = {key: float(found[key]) for key in ("r", "alpha", "a", "b", "s", "beta") if key in found}
    return {"parameters": parameters, "wall": wall, "cpu": cpu, "expected": expected.tolist()}


def _method(model: Any) -> dict[str, str]:
    """The keyword of `fit` that asks for the maximum a posteriori, which changed its name between versions."""
    import inspect

    names = inspect.signature(model.fit).parameters
    return {"method": "map"} if "method" in names else {"fit_method": "map"}


def peers(path: str, day: date, python: str, only: str) -> None:
    """The table: seconds, parameters, forecast total and mean absolute error of each way."""
    seen = summary(path, day)
    truth = np.asarray(seen["truth"])
    print(f"{len(truth):,} customers on {day}, {truth.sum():,} order days in {WITHIN_DAYS} days after it")
    print(f"{'way':<22}{'wall s':>8}{'cpu s':>8}{'forecast':>10}{'MAE':>8}{'RMSE':>8}  parameters")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "seen.json"
        file.write_text(json.dumps(seen))
        for way in (way for way in WAYS if only in way):
            call = [sys.executable if way.startswith("ours") else python, __file__, "one", way, str(file)]
            done = subprocess.run(call, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{way:<22}{done.stderr.strip().splitlines()[-1][:90]}", flush=True)
                continue
            found = json.loads(done.stdout.splitlines()[-1])
            expected = np.asarray(found["expected"])
            miss = expected - truth
            values = ", ".join(f"{name} {value:.3f}" for name, value in found["parameters"].items())
            mae, rmse = np.nanmean(np.abs(miss)), np.sqrt(np.nanmean(miss**2))
            print(f"{way:<22}{found['wall']:>8.2f}{found['cpu']:>8.2f}{np.nansum(expected):>10,.0f}"
                  f"{mae:>8.4f}{rmse:>8.4f}  {values}", flush=True)  # fmt: skip


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["one"]:
        print(json.dumps(one(arguments[1], json.loads(Path(arguments[2]).read_text()))))
    elif arguments[:1] == ["peers"]:
        given = dict(zip(arguments[3::2], arguments[4::2], strict=True))
        peers(
            arguments[1],
            date.fromisoformat(arguments[2]),
            given.get("--peers", sys.executable),
            given.get("--only", ""),
        )
    elif arguments[:1] == ["fit"]:
        fits(int(arguments[1]) if len(arguments) > 1 else 1_000_000)
    else:
        print(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
