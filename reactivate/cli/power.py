"""`reactivate power`: what a test can see, before it starts."""

from collections.abc import Callable
from typing import Any

import click

from reactivate.cli.options import format_option


def _share(unit: str) -> Callable[[click.Context, click.Parameter, str | None], float | None]:
    """Reads `5%`, or points `2pp`, as a number from 0 to 1; a bare number is refused: nobody knows which was meant."""

    def read(ctx: click.Context, param: click.Parameter, text: str | None) -> float | None:
        if text is None:
            return None
        number = text.strip().replace(",", ".")
        try:
            if not number.endswith(unit):
                raise ValueError
            return float(number.removesuffix(unit)) / 100
        except ValueError:
            problem = f"expected a number with {unit}, such as 5{unit}, got {text!r}"
            raise click.BadParameter(problem, ctx, param) from None

    return read


PERCENT, POINTS = _share("%"), _share("pp")


@click.command("power")
@click.option("--base", required=True, callback=PERCENT, help="Share that comes back by itself: 5%.")
@click.option("--lift", callback=POINTS, help="Extra share that is hoped for: 2pp.")
@click.option("--holdout", default="10%", callback=PERCENT, help="Share left alone. Default: 10%.")
@click.option("--people", type=click.IntRange(min=0), help="People there are, both arms together.")
@click.option("--power", default="80%", callback=PERCENT, help="Chance to see the lift if it is there. Default: 80%.")
@click.option("--alpha", default="5%", callback=PERCENT, help="Chance to see one that is not there. Default: 5%.")
@format_option()
def command(
    base: float, lift: float | None, holdout: float, people: int | None, power: float, alpha: float, form: str
) -> None:
    """Say how many people a test needs to see a lift, or the smallest lift that some number of people can show."""
    import json

    from reactivate.experiment import chance_to_see, counted_size, needed_size, smallest_lift
    from reactivate.experiment.power import held_out

    if lift is None and people is None:
        raise click.UsageError("say what is known: --lift 2pp (how many people does it take?), --people 4000, or both")
    try:
        needed = None if lift is None else needed_size(base, lift, holdout, power, alpha)
        smallest = None if people is None else smallest_lift(people, base, holdout, power, alpha)
    except ValueError as fault:
        raise click.UsageError(str(fault)) from None
    told = {"base": base, "lift": lift, "holdout": holdout, "power": power, "alpha": alpha, "people": people}
    found: dict[str, Any] = {
        "needed": needed,
        "needed_treated": None,
        "needed_holdout": None,
        "needed_chance": None,
        "needed_counted": None,
        "needed_counted_holdout": None,
        "smallest_lift": smallest,
        "people_chance": None,
    }
    if lift is not None and needed is not None:
        held = held_out(needed, holdout)
        counted = counted_size(base, lift, holdout, power, alpha)
        found |= {
            "needed_treated": needed - held,
            "needed_holdout": held,
            "needed_chance": chance_to_see(needed, base, lift, holdout, alpha),
            "needed_counted": counted,
            "needed_counted_holdout": None if counted is None else held_out(counted, holdout),
            "people_chance": None if people is None else chance_to_see(people, base, lift, holdout, alpha),
        }
    said = _said(**told, **found)
    if form == "json":
        click.echo(json.dumps({"format": "power/1", **told, **found, "said": said}, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(said))


def _said(**known: Any) -> list[str]:
    """The answer in sentences."""
    lines = []
    if known["needed"] is not None:
        lines += _needed(**known)
    if known["people"] is not None:
        lines += _enough(**known)
    error = "would show one that is not there"
    return [*lines, f"Asked for: {known['power']:.0%} of such tests show the lift; {known['alpha']:.0%} {error}."]


def _needed(**known: Any) -> list[str]:
    """How many people the formula asks for, and what a count of all outcomes says to that."""
    change = f"{known['base'] * 100:.4g}% become {(known['base'] + known['lift']) * 100:.4g}%"
    lines = [
        f"To see {change} takes {known['needed']:,} people by the usual formula: "
        f"{known['needed_treated']:,} contacted and {known['needed_holdout']:,} left alone."
    ]
    if known["needed_chance"] is not None:
        more = "more people than are counted here"
        if known["needed_counted"] is not None:
            more = f"{known['needed_counted']:,} people, {known['needed_counted_holdout']:,} of them left alone"
        lines.append(
            f"Counted exactly, {known['needed_chance']:.0%} of tests of that size would show it by the interval of "
            f"`reactivate lift`; {known['power']:.0%} takes {more}."
        )
    return lines


def _enough(**known: Any) -> list[str]:
    """What the people there are can show."""
    from reactivate.experiment.tellable import HARDLY
    from reactivate.text import counted

    lift, holdout, seen = known["lift"], known["holdout"], known["smallest_lift"]
    people = counted(known["people"], "person", "people")
    if seen is None:
        lines = [f"{people} with a holdout of {holdout:.0%} can show no lift at all."]
    else:
        lines = [f"{people} can show a lift of {seen * 100:.1f}pp or more."]
    chance = known["people_chance"]
    if chance is not None:
        lines.append(f"Counted exactly, {chance:.0%} of tests of {people} would show {lift * 100:.1f}pp.")
    formula_denies = seen is None or (lift is not None and 0 < lift < seen)
    if lift is not None and (formula_denies or (chance is not None and chance < HARDLY)):
        lines.append(
            "This test cannot tell: write to fewer and hold out more, wait until there are more people, "
            "or be content with not knowing."
        )
    return lines
