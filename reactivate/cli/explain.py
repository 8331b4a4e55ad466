"""`reactivate explain`: what an error code means, or the story of one person."""

import re

import click

from reactivate.cli.options import as_of_option, business_option, format_option, no_sync_option


@click.command("explain")
@click.argument("words", nargs=-1, required=True, metavar="CODE | SPEC PERSON | SPEC --pair A B")
@click.option("--pair", nargs=2, metavar="A B", help="Why two records (source:id) or persons are one, or two.")
@business_option
@as_of_option
@no_sync_option
@format_option()
def command(
    words: tuple[str, ...],
    pair: tuple[str, str] | None,
    business: str | None,
    as_of: str | None,
    no_sync: bool,
    form: str,
) -> None:
    """Explain an error CODE such as R203; or tell the story of PERSON in SPEC; or what speaks for a pair.

    PERSON is a person id, source:id, an e-mail or a phone. A story shows personal data: mind who looks.
    """
    if len(words) == 1 and re.fullmatch(r"[Rr]\d{3}", words[0]):
        click.echo(page(words[0].upper()))
        return
    if len(words) != (1 if pair else 2):
        raise click.UsageError("give one error code (R203), or a spec and a person, or a spec and --pair A B")
    import json

    from reactivate.cli.clock import now
    from reactivate.cli.progress import Progress
    from reactivate.report import pair_text, story_text
    from reactivate.stages.explain_pair import explain_pair, weakest_bridge
    from reactivate.stages.opening import open_spec
    from reactivate.stages.story import find_person, story

    opened = open_spec(words[0], clock=now, progress=Progress(), business=business, moment=as_of, no_sync=no_sync)
    with opened.ledger:
        if pair:
            told = explain_pair(opened, *pair)
        else:
            person = find_person(opened, words[1])
            told = {**story(opened, person), "weakest_bridge": weakest_bridge(opened, person)}
    if form == "json":
        click.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))
    else:
        click.echo(pair_text.as_text(told) if pair else story_text.as_text(told))


def page(code: str) -> str:
    """The page of an error code. UsageError when there is none."""
    from importlib.resources import files

    found = files("reactivate").joinpath("codes", f"{code}.md")
    if not found.is_file():
        raise click.UsageError(f"there is no code {code}")
    return found.read_text(encoding="utf-8").rstrip()
