"""`reactivate review`: decide which records are one person, at the terminal or in a spreadsheet; undo a merge."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from reactivate.cli.options import business_option, format_option, spec_argument

if TYPE_CHECKING:
    from reactivate.ledger import Ledger
    from reactivate.stages.base import Base
    from reactivate.stages.review import Question
    from reactivate.stages.review_decide import Said

_ASK = "same, different, later, back, quit"


@click.command("review")
@spec_argument
@business_option
@click.option("--most", type=click.IntRange(1), help="Ask, list or export at most so many pairs.")
@click.option("--export", "export", type=click.Path(dir_okay=False), help="Write the questions as a CSV sheet.")
@click.option("--import", "sheet", type=click.Path(dir_okay=False), help="Take the decisions of such a sheet.")
@click.option(
    "--same", nargs=2, multiple=True, metavar="A B", help="Records A and B (source:id) are one person; repeatable."
)
@click.option("--different", nargs=2, multiple=True, metavar="A B", help="Records A and B are two persons; repeatable.")
@click.option(
    "--forget", nargs=2, multiple=True, metavar="A B", help="Take back what was decided about A and B; repeatable."
)
@click.option(
    "--split", multiple=True, metavar="RECORD", help="Undo a merge: these records (or a merged person) leave together."
)
@click.option("--decisions", is_flag=True, help="List what has been decided.")
@click.option("--by", "by_whom", metavar="NAME", help="Who decides; the user of this machine without it.")
@format_option()
def command(spec: str, business: str | None, by_whom: str | None, form: str, **asked: Any) -> None:
    """Decide about the pairs of SPEC that may be one person, the most worthwhile first.

    At a terminal each pair is shown and asked; otherwise the list is printed. Decisions are kept in the ledger, stand
    above every matcher, and hold from the next sync on until they are taken back.
    """
    with _opened(spec, business) as (base, ledger):
        if asked["decisions"]:
            _list_decisions(ledger, form)
        elif asked["export"]:
            _export(base, ledger, asked["export"], asked["most"], form)
        elif asked["sheet"]:
            _import(base, ledger, asked["sheet"], by_whom or _user(), form)
        elif any(asked[name] for name in ("same", "different", "forget", "split")):
            _take(ledger, _wishes(base, ledger, asked), [], by_whom or _user(), form)
        else:
            _questions(base, ledger, asked["most"], by_whom or _user(), form)


@contextmanager
def _opened(spec: str, business: str | None) -> "Iterator[tuple[Base, Ledger]]":
    from reactivate.cli.clock import now
    from reactivate.errors import EnvironmentFault
    from reactivate.host.registry import Registry
    from reactivate.spec.load import load
    from reactivate.stages.base import open_base
    from reactivate.stages.opening import open_ledger

    loaded = load(spec, Registry(), business).raise_if_failed()
    with open_ledger(loaded.business, create=False, now=now) as ledger:
        base = open_base(ledger)
        if base is None:
            raise EnvironmentFault.because("R904", "there is no base yet", f"run: reactivate sync {spec}")
        yield base, ledger


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container without names
        return "reviewer"


def _wishes(base: "Base", ledger: "Ledger", asked: dict[str, Any]) -> "list[Said]":
    from reactivate.errors import DataError
    from reactivate.stages.review_decide import Said
    from reactivate.stages.review_undo import key_of, split

    wishes = split(base, ledger, asked["split"]) if asked["split"] else []
    for name, same in (("same", True), ("different", False), ("forget", None)):
        for one, two in asked[name]:
            if one == two:
                raise DataError.because("R685", f"{one} and {two} are one record", "name two")
            wishes.append(Said(key_of(base, one), key_of(base, two), same))
    return wishes


def _take(ledger: "Ledger", wishes: "list[Said]", faults: list[Any], by_whom: str, form: str) -> None:
    """Store what can be stored and say so; what cannot ends as diagnostics."""
    import json

    from reactivate.errors import DataError
    from reactivate.report.review_text import taken_text
    from reactivate.stages.review_decide import take

    taken = take(ledger, wishes, by_whom)
    counts = {"decided": taken.decided, "forgotten": taken.forgotten, "unchanged": taken.unchanged}
    wrong = [*faults, *taken.faults]
    if form == "json":
        told = [{"code": one.code, "message": one.message, "row": one.span and one.span.line} for one in wrong]
        click.echo(json.dumps({"format": "review-taken/1", **counts, "faults": told}, ensure_ascii=False, indent=2))
    else:
        click.echo(taken_text(**counts))
    if wrong:
        raise DataError(wrong)


def _import(base: "Base", ledger: "Ledger", path: str, by_whom: str, form: str) -> None:
    from reactivate.stages.review_csv import read_csv

    wishes, faults = read_csv(path, base)
    _take(ledger, wishes, faults, by_whom, form)


def _export(base: "Base", ledger: "Ledger", path: str, most: int | None, form: str) -> None:
    import json

    from reactivate.cli.files import write
    from reactivate.stages.review import questions
    from reactivate.stages.review_csv import as_csv
    from reactivate.text import counted

    found = questions(base, ledger.identity.decisions(), most)
    write(path, as_csv(found))
    if form == "json":
        click.echo(json.dumps({"format": "review-export/1", "path": path, "pairs": len(found)}))
    else:
        click.echo(f"{counted(len(found), 'pair')} in {path}: write same or different into the column `decision`,")
        click.echo("then: reactivate review SPEC --import FILE. The sheet holds personal data: delete it afterwards.")


def _list_decisions(ledger: "Ledger", form: str) -> None:
    import json

    from reactivate.report.review_text import decisions_text

    rows = ledger.identity.decisions().to_pylist()
    if form == "json":
        told = [{**row, "at": row["at"].isoformat()} for row in rows]
        click.echo(json.dumps({"format": "review-decisions/1", "decisions": told}, ensure_ascii=False, indent=2))
    else:
        click.echo(decisions_text(rows))


def _questions(base: "Base", ledger: "Ledger", most: int | None, by_whom: str, form: str) -> None:
    import json
    import sys

    from attrs import asdict

    from reactivate.report.review_text import list_text
    from reactivate.stages.review import asked, open_pairs

    pairs = open_pairs(base, ledger.identity.decisions())
    if form == "json":
        told = [asdict(one) for one in asked(base, pairs.slice(0, most))]
        text = {"format": "review/1", "open": pairs.num_rows, "pairs": told}
        click.echo(json.dumps(text, ensure_ascii=False, indent=2, default=str))
    elif sys.stdin.isatty() and sys.stdout.isatty():
        batches = (asked(base, pairs.slice(start, 20)) for start in range(0, min(pairs.num_rows, most or 1 << 40), 20))
        total = min(pairs.num_rows, most) if most else pairs.num_rows
        ask_all((one for batch in batches for one in batch), total, ledger, by_whom, prompted)
    else:
        click.echo(list_text(asked(base, pairs.slice(0, most or 20)), pairs.num_rows))


def prompted() -> str:
    """What is typed; Ctrl-C and Ctrl-D mean `quit`, for what was answered is stored."""
    try:
        answer: str = click.prompt(f"{_ASK}", default="later", show_default=False, prompt_suffix=" > ")
    except click.Abort:
        return "quit"
    return answer


def ask_all(
    questions: "Iterable[Question]", total: int, ledger: "Ledger", by_whom: str, prompt: Callable[[], str]
) -> None:
    """Ask one pair after the other; each answer is stored at once, `back` takes the last one back."""
    from reactivate.report.review_text import as_text, taken_text
    from reactivate.stages.review_decide import Said, take

    waiting, place, done = list[Any](), 0, dict[str, bool]()
    source = iter(questions)
    while True:
        if place == len(waiting):
            one = next(source, None)
            if one is None:
                break
            waiting.append(one)
        question = waiting[place]
        click.echo(f"\n{place + 1} of {total}\n{as_text(question)}")
        answer = _answered(prompt)
        if answer == "quit":
            break
        if answer == "back":
            place = max(0, place - 1)
            continue
        if answer != "later":
            wish = Said(question.left.key, question.right.key, None if answer == "forget" else answer == "same")
            taken = take(ledger, [wish], by_whom)
            for fault in taken.faults:
                click.echo(f"  not taken: {fault.message}\n  {fault.hint}")
            if not taken.faults:
                done[question.pair] = answer != "forget"
        place += 1
    click.echo("\n" + taken_text(sum(done.values()), 0, 0))


def _answered(prompt: Callable[[], str]) -> str:
    from reactivate.stages.review_decide import meant

    while True:
        word = prompt().strip().casefold()
        short = {"s": "same", "d": "different", "l": "later", "b": "back", "q": "quit"}.get(word, word)
        if short in ("back", "quit"):
            return short
        found = meant(short)
        if found is not None:
            return found
        click.echo(f"  one of: {_ASK}")
