"""`plugins new KIND NAME`: a repository that passes, from the files under `template`."""

import re
import textwrap
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from attrs import frozen

from reactivate.errors import EnvironmentFault, SpecError


@frozen
class Start:
    """What the first plug-in of a kind does, where a spec names it, and what its tests need besides."""

    does: str
    example: str
    where: str = "In the business file"
    subject: str = "SUBJECT = Subject(PLUGIN)"


_LINES = """\
LINES = '''
{"client": 1, "sum": 20.5, "day": "2026-01-05", "city": "Київ"}
{"client": 2, "sum": null, "day": "2026-02-11"}
'''
SUBJECT = Subject(
    PLUGIN,
    files={"data/$word.jsonl": LINES.lstrip()},
    map={"id": "client", "amount": "sum", "ordered_on": "day"},
)"""
STARTS: dict[str, Start] = {
    "source": Start(
        "It reads a file of JSON lines; put your own way of reading in its place.",
        "sources:\n  shop:\n    use: $word\n    path: data/$word.jsonl\n"
        "    map: {id: client, amount: sum, ordered_on: day}\n",
        subject=_LINES,
    ),
    "matcher": Start(
        "It unites records that share a phone or an e-mail; put your own way of matching in its place.",
        "match: {use: $word, by: [phone, email]}\n",
    ),
    "segmenter": Start(
        "It tells who buys at weekends; put a column of your own in its place.",
        "columns:\n  $word: {use: $word, least: 3}\n",
    ),
    "offer": Start(
        "It delivers for nothing from some sum on; put your own offer in its place.",
        'offers:\n  free: {use: $word, gives: "free delivery", cost: 4 EUR, least: 40 EUR, assumed_lift: 2pp}\n',
        where="In a campaign file",
    ),
    "guard": Start(
        "It refuses offers on small orders; put your own rule in its place.",
        "guards:\n  - {use: $word, least: 20 EUR}\n",
    ),
    "channel": Start(
        "It writes each message as a text file; put your own way of sending in its place.",
        "channels:\n  email: {use: $word, folder: out/$word}\n",
    ),
}


def distribution_of(word: str) -> str:
    """The name under which the plug-in is published."""
    return f"reactivate-{word.replace('_', '-')}"


def write_plugin(kind: str, word: str, folder: Path) -> list[Path]:
    """Write the repository of a plug-in; the paths written.

    SpecError R212 when `word` could not stand after `use:`; EnvironmentFault R906 when a file is there already, R905
    when it cannot be written. Nothing is overwritten.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", word):
        hint = "small Latin letters, digits and _, beginning with a letter, at most 40"
        raise SpecError.because("R212", f"{word!r} cannot be the word of a plug-in", hint)
    values = _values(kind, word)
    root = files("reactivate.testing").joinpath("template")
    wanted = dict([*_filled(root.joinpath("common"), values), *_filled(root.joinpath(kind), values)])
    there = [name for name in wanted if (folder / name).exists()]
    if there:
        hint = "nothing was written: name an empty folder"
        raise EnvironmentFault.because("R906", f"{folder / there[0]} is there already", hint)
    try:
        for name, text in wanted.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise EnvironmentFault.because("R905", f"cannot write {folder / name}: {fault.strerror}") from None
    return [folder / name for name in wanted]


def _values(kind: str, word: str) -> dict[str, str]:
    """What stands in for `$word` and its like in the files."""
    own = {"kind": kind, "word": word, "package": f"reactivate_{word}", "distribution": distribution_of(word)}
    start = STARTS[kind]
    told = {name: Template(getattr(start, name)).substitute(own) for name in ("does", "example", "where", "subject")}
    return own | told | {"example": textwrap.indent(told["example"], "    ").rstrip()}


def _filled(root: Traversable, values: Mapping[str, str], at: str = "") -> list[tuple[str, str]]:
    """Paths and texts with the words put in; `package` in a path is the package, `dot_` a leading dot."""
    found = []
    for item in sorted(root.iterdir(), key=lambda one: one.name):
        named = re.sub(r"\bpackage\b|(?<=_)package\b", values["package"], item.name.removesuffix(".in"))
        name = at + re.sub(r"^dot_", ".", named)
        if item.is_dir():
            found += _filled(item, values, f"{name}/")
        else:
            found.append((name, Template(item.read_text(encoding="utf-8")).substitute(values)))
    return found
