"""`reactivate lift FILE`: the arms of a test against its control."""

from typing import TYPE_CHECKING, Any

import click

from reactivate.cli.options import format_option

if TYPE_CHECKING:
    from reactivate.experiment import Arm, Outcome
    from reactivate.experiment.resultsfile import Results


@click.command("lift")
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False))
@click.option("--arm", required=True, metavar="COLUMN", help="Column that names the arm of each assigned person.")
@click.option("--control", required=True, metavar="VALUE", help="Value of that column for those left alone.")
@click.option("--outcome", "outcomes", required=True, multiple=True, metavar="COLUMN",
              help="What to compare: 0 and 1 as a rate, other numbers as a mean; repeatable.")  # fmt: skip
@click.option("--covariate", "covariates", multiple=True, metavar="COLUMN",
              help="Number known before the start, for CUPED; repeatable.")  # fmt: skip
@click.option("--shares", metavar="ARM=SHARE,…",
              help="Shares the lot was told, e.g. letter=80%,holdout=20%; the split is checked.")  # fmt: skip
@format_option()
def command(
    file: str,
    arm: str,
    control: str,
    outcomes: tuple[str, ...],
    covariates: tuple[str, ...],
    shares: str | None,
    form: str,
) -> None:
    """Compare arms of a test in a plain file (CSV or Parquet), one row per assigned person.

    Intention to treat, nothing trimmed: everybody assigned counts. Intervals are 95 % for each comparison by itself,
    without covariates; CUPED and the correction for many comparisons stand beside them.
    """
    import json

    from reactivate.errors import GUARD
    from reactivate.experiment import compare
    from reactivate.experiment.resultsfile import read_results

    wanted = _shares(shares) if shares else None
    outcomes, covariates = tuple(dict.fromkeys(outcomes)), tuple(dict.fromkeys(covariates))
    found = read_results(file, arm=arm, control=control, numbers=[*outcomes, *covariates])
    split = _split(found, wanted)
    arms = compare(
        found.arm,
        found.names,
        found.control,
        {name: found.columns[name] for name in outcomes},
        {name: found.columns[name] for name in covariates},
    )
    notes = _notes(found, outcomes, arms)
    if form == "json":
        click.echo(json.dumps(_as_json(found, arm, split, arms, notes), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(found, split, arms, notes)))
    if split["checked"] and not split["good"]:
        click.echo(f"error R730: {split['said']}", err=True)
        raise click.exceptions.Exit(GUARD)


def _shares(text: str) -> dict[str, float]:
    """`letter=80%,holdout=20%` as shares; plain numbers are parts (`1,1,2` of 4)."""
    found = {}
    for part in text.split(","):
        name, equals, number = part.rpartition("=")
        try:
            value = float(number.strip().removesuffix("%")) / (100 if number.strip().endswith("%") else 1)
        except ValueError:
            value = -1.0
        if not equals or not 0 <= value < float("inf"):
            raise click.BadParameter(f"expected ARM=SHARE, got {part.strip()!r}", param_hint="--shares")
        if name.strip() in found:
            raise click.BadParameter(f"arm {name.strip()!r} is named twice", param_hint="--shares")
        found[name.strip()] = value
    if "%" in text and abs(sum(found.values()) - 1) > 0.001:
        said = f"the shares sum to {sum(found.values()):.1%}, not to 100%; parts such as 4,4,2 may stand without %"
        raise click.BadParameter(said, param_hint="--shares")
    return found


def _split(found: "Results", shares: dict[str, float] | None) -> dict[str, Any]:
    """The sample-ratio check, or why it was not made."""
    from reactivate.experiment import STOP_BELOW, sample_ratio

    counts = dict(zip(found.names, map(int, _sizes(found)), strict=True))
    if shares is None:
        return {"checked": False, "counts": counts, "said": "not checked: give the shares the lot was told by --shares"}
    try:
        p_value = sample_ratio({name: counts.get(name, 0) for name in counts | shares}, shares)
    except ValueError as fault:
        raise click.BadParameter(str(fault), param_hint="--shares") from None
    good = p_value >= STOP_BELOW
    said = "the split is as told" if good else "the split is not as told: no number below can be trusted, find out why"
    return {"checked": True, "counts": counts, "p_value": p_value, "good": good, "said": f"{said} (p = {p_value:.2g})"}


def _sizes(found: "Results") -> Any:
    import numpy as np

    return np.bincount(found.arm, minlength=len(found.names))


def _notes(found: "Results", outcomes: tuple[str, ...], arms: "tuple[Arm, ...]") -> list[str]:
    """What a careful reader would want to be told."""
    import numpy as np

    from reactivate.text import counted, one_of

    notes = []
    if found.unassigned:
        notes.append(f"{counted(found.unassigned, 'row')} without an arm left out")
    for alike in _alike(found.names):
        notes.append(f"arms {one_of(alike)} differ in letter case alone: were they meant to be one?")
    for name in outcomes:
        empty = int(np.isnan(found.columns[name]).sum())
        if empty:
            notes.append(f"{counted(empty, 'person', 'people')} without {name!r} counted in no mean of it")
    for arm in arms:
        few = [item.outcome for item in arm.outcomes if item.difference is not None and item.p_value is None]
        if few:
            notes.append(f"{arm.arm}: too few people, or nothing varies, to say how sure {', '.join(few)} is")
    return notes


def _alike(names: list[str]) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(name.casefold(), []).append(name)
    return [group for group in groups.values() if len(group) > 1]


def _as_json(
    found: "Results", arm: str, split: dict[str, Any], arms: "tuple[Arm, ...]", notes: list[str]
) -> dict[str, Any]:
    import attrs

    return {
        "format": "lift/1",
        "arm": arm,
        "control": found.names[found.control],
        "control_n": int(_sizes(found)[found.control]),
        "level": 0.95,
        "sample_ratio": split,
        "arms": [attrs.asdict(item) for item in arms],
        "notes": notes,
    }


def _lines(found: "Results", split: dict[str, Any], arms: "tuple[Arm, ...]", notes: list[str]) -> list[str]:
    from reactivate.text import columns

    control = found.names[found.control]
    rows: list[tuple[str, ...]] = [
        ("arm", "people", "outcome", "control", "treated", "difference", "95 % from", "to", "p", "p of all")
    ]
    for arm in arms:
        rows += [_row(arm, item) for item in arm.outcomes]
    first = f"{len(found.arm):,} people assigned, {_sizes(found)[found.control]:,} in the control {control!r}"
    lines = [first, f"split: {split['said']}", "", *columns(rows, right=(1, 3, 4, 5, 6, 7, 8, 9))]
    lines += _beside(arms)
    lines += ["", *(f"note: {note}" for note in notes)] if notes else []
    return lines


def _row(arm: "Arm", item: "Outcome") -> tuple[str, ...]:
    rate = item.method == "newcombe"
    whole = item.adjusted.p_value if item.adjusted else None
    return (
        arm.arm,
        f"{arm.n:,}",
        item.outcome,
        _value(item.control, rate),
        _value(item.treated, rate),
        *(_value(number, rate, "+") for number in (item.difference, item.low, item.high)),
        _p(item.p_value),
        _p(whole),
    )


def _beside(arms: "tuple[Arm, ...]") -> list[str]:
    """CUPED and bootstrap, a line each."""
    lines = []
    for arm in arms:
        for item in arm.outcomes:
            rate, who = item.method == "newcombe", f"{arm.arm}, {item.outcome}"
            if item.cuped:
                parts = (
                    _value(number, rate, "+") for number in (item.cuped.difference, item.cuped.low, item.cuped.high)
                )
                said = "{} ({} to {})".format(*parts)
                fell = f"variance down {item.cuped.variance_reduction:.0%} by {', '.join(item.cuped.covariates)}"
                lines.append(f"CUPED      {who}: {said}; {fell}")
            if item.bootstrap:
                ends = f"{_value(item.bootstrap.low, rate, '+')} to {_value(item.bootstrap.high, rate, '+')}"
                lines.append(f"bootstrap  {who}: {ends}")
    return ["", *lines] if lines else []


def _value(number: float | None, rate: bool, sign: str = "") -> str:
    if number is None:
        return "?"
    return f"{number * 100:{sign}.2f}{'pp' if sign else '%'}" if rate else f"{number:{sign},.4g}"


def _p(number: float | None) -> str:
    if number is None:
        return "?"
    return "<0.0001" if number < 0.0001 else f"{number:.4f}"
