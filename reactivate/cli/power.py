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

    from reactivate.experiment import needed_size, smallest_lift

    if lift is None and people is None:
        raise click.UsageError("say what is known: --lift 2pp (how many people does it take?), --people 4000, or both")
    try:
        needed = None if lift is None else needed_size(base, lift, holdout, power, alpha)
        smallest = None if people is None else smallest_lift(people, base, holdout, power, alpha)
    except ValueError as fault:
        raise click.UsageError(str(fault)) from None
    told = {"base": base, "lift": lift, "holdout": holdout, "power": power, "alpha": alpha, "people": people}
    held = None if needed is None else round(needed * holdout)
    found = {
        "needed": needed,
        "needed_treated": None if needed is None or held is None else needed - held,
        "needed_holdout": held,
        "smallest_lift": smallest,
    }
    said = _said(**told, **found)
    if form == "json":
        click.echo(json.dumps({"format": "power/1", **told, **found, "said": said}, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(said))


def _said(**known: Any) -> list[str]:
    """The answer in sentences."""
    base, lift, holdout = known["base"], known["lift"], known["holdout"]
    lines = []
    if known["needed"] is not None:
        lines.append(
            f"To see {base:.1%} become {base + lift:.1%} takes {known['needed']:,} people: "
            f"{known['needed_treated']:,} contacted and {known['needed_holdout']:,} left alone."
        )
    if known["people"] is not None:
        if known["smallest_lift"] is None:
            lines.append(f"{known['people']:,} people with a holdout of {holdout:.0%} can show no lift at all.")
        else:
            lines.append(f"{known['people']:,} people can show a lift of {known['smallest_lift'] * 100:.1f}pp or more.")
        if lift is not None and (known["smallest_lift"] is None or known["smallest_lift"] > lift):
            lines.append(
                "This test cannot tell: write to fewer and hold out more, wait until there are more people, "
                "or be content with not knowing."
            )
    chance = f"{known['power']:.0%} of such tests would see it; {known['alpha']:.0%} would see one that is not there."
    return [*lines, chance]
