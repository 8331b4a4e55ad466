"""How the options of `reactivate match` are read."""

import click

_SEVERAL = ("phone", "email", "address")


def _pairs_of(_: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> list[tuple[str, str]]:
    """`NAME=VALUE` options."""
    found = []
    for item in given:
        name, mark, value = (part.strip() for part in item.partition("="))
        if not (mark and name and value):
            raise click.BadParameter(f"expected NAME=VALUE, got {item!r}", param=parameter)
        found.append((name, value))
    return found


def mapping_of(
    context: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """Our field -> their columns; several only where a person may have several."""
    found: dict[str, tuple[str, ...]] = {}
    for our, their in _pairs_of(context, parameter, given):
        field = "name" if our == "full_name" else our
        if field in found and field not in _SEVERAL:
            both = f"{found[field][0]!r} and {their!r}"
            raise click.BadParameter(
                f"{our} cannot be two columns, {both}; only {', '.join(_SEVERAL)} can", param=parameter
            )
        found[field] = (*found.get(field, ()), their)
    return found


def fields_of(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """Their column -> `exact` or `fuzzy`."""
    found = dict(_pairs_of(context, parameter, given))
    for name, how in found.items():
        if how not in ("exact", "fuzzy"):
            raise click.BadParameter(f"{name} can be compared exact or fuzzy, not {how!r}", param=parameter)
    return found


def region_of(_: click.Context, parameter: click.Parameter, given: str) -> str:
    """The two letters of a country that `phonenumbers` knows."""
    from phonenumbers import SUPPORTED_REGIONS

    region = given.strip().upper()
    if region not in SUPPORTED_REGIONS:
        raise click.BadParameter(f"{given!r} is no country; write two letters, such as UA, PL or US", param=parameter)
    return region


def chance_of(_: click.Context, parameter: click.Parameter, given: str) -> float:
    """A share of one: `75%`, `0.75` or `0,75`."""
    bare = given.strip().removesuffix("%")
    try:
        chance = float(bare.replace(",", ".")) / (100 if bare != given.strip() else 1)
    except ValueError:
        raise click.BadParameter(f"expected a chance such as 75% or 0.75, got {given!r}", param=parameter) from None
    if 0 <= chance <= 1:
        return chance
    meant = f"; did you mean {bare}%?" if 1 < chance <= 100 and bare == given.strip() else ""
    raise click.BadParameter(f"a chance lies between 0% and 100%, got {given!r}{meant}", param=parameter)
