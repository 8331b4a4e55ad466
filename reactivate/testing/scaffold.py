"""`plugins new channel NAME`: a repository that passes, from the files under `template`."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from reactivate.errors import EnvironmentFault, SpecError


def distribution_of(word: str) -> str:
    """The name under which the plug-in is published."""
    return f"reactivate-{word.replace('_', '-')}"


def write_channel(word: str, folder: Path) -> list[Path]:
    """Write the repository of a channel; the paths written.

    SpecError R212 when `word` could not stand after `use:`; EnvironmentFault R906 when a file is there already, R905
    when it cannot be written. Nothing is overwritten.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", word):
        hint = "small Latin letters, digits and _, beginning with a letter, at most 40"
        raise SpecError.because("R212", f"{word!r} cannot be the word of a plug-in", hint)
    values = {"word": word, "package": f"reactivate_{word}", "distribution": distribution_of(word)}
    wanted = dict(_filled(files("reactivate.testing").joinpath("template", "channel"), values))
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


def _filled(root: Traversable, values: dict[str, str], at: str = "") -> list[tuple[str, str]]:
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
