"""Template files: which one a step means, its front matter, its body."""

import re
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from reactivate.diagnostics import Diagnostic, Span
from reactivate.errors import SpecError

_LARGEST = 256 * 1024
_KEYS = ("subject", "preheader")


@frozen
class Template:
    """One text file. `body_line` is the line of the file on which the body begins."""

    name: str
    file: str
    body: str
    subject: str | None = None
    preheader: str | None = None
    body_line: int = 1


def candidates(name: str, kind: str, language: str) -> tuple[str, ...]:
    """File names that may hold the text of `name`, the most special first."""
    return (f"{name}.{kind}.{language}.md", f"{name}.{kind}.md", f"{name}.{language}.md", f"{name}.md")


def find(folder: Path, name: str, kind: str, language: str) -> Path | None:
    """The file that is used for this kind of channel and language; None when there is none."""
    paths = (folder / file for file in candidates(name, kind, language))
    return next((path for path in paths if path.is_file()), None)


def load(folder: Path, name: str, kind: str, language: str) -> Template:
    """Read the template of a step. SpecError R330 no such file, R331 bad front matter, R332 unreadable."""
    path = find(folder, name, kind, language)
    if path is None:
        raise SpecError.because(
            "R330",
            f"there is no template {name!r} in {folder.name}/",
            f"write {folder.name}/{name}.md (or {name}.{kind}.md, {name}.{language}.md)",
        )
    return parse(name, str(path), _read(path))


def parse(name: str, file: str, text: str) -> Template:
    """Cut a template into front matter and body. SpecError R331 with the place of each fault."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---":
        return Template(name, file, text)
    end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if end is None:
        place = Span(file, 1, 1)
        raise SpecError(Diagnostic("R331", "the front matter is not closed", span=place, hint="add a line ---"))
    values: dict[str, str] = {}
    faults: list[Diagnostic] = []
    for number, line in enumerate(lines[1:end], 2):
        faults.extend(_read_line(line, Span(file, number, 1), values))
    if faults:
        raise SpecError(faults)
    body = "\n".join(lines[end + 1 :]) + "\n"
    return Template(name, file, body, values.get("subject"), values.get("preheader"), end + 2)


def _read_line(line: str, place: Span, values: dict[str, str]) -> Iterator[Diagnostic]:
    """Take one `key: "text"` line of the front matter into `values`."""
    if not line.strip() or line.lstrip().startswith("#"):
        return
    found = re.fullmatch(r"\s*([A-Za-z_]+)\s*:\s+(.*?)\s*", line)
    if not found:
        yield Diagnostic("R331", f'expected `subject: "…"`, got {line.strip()!r}', span=place)
    elif found[1] not in _KEYS:
        yield Diagnostic("R331", f"unknown key {found[1]!r}", span=place, hint="allowed: " + ", ".join(_KEYS))
    elif found[1] in values:
        yield Diagnostic("R331", f"{found[1]!r} is given twice", span=place)
    elif not (value := _unquoted(found[2])):
        hint = "put the text between two double quotes"
        yield Diagnostic("R331", f"the text of {found[1]!r} is empty or its quotes do not close", span=place, hint=hint)
    else:
        values[found[1]] = value


def _unquoted(raw: str) -> str | None:
    """The text without its outer double quotes; those inside `{{ … }}` may stand as they are."""
    if not raw.startswith('"'):
        return raw
    return raw[1:-1].replace('\\"', '"') if len(raw) > 1 and raw.endswith('"') else None


def _read(path: Path) -> str:
    try:
        raw = path.read_bytes()
        if len(raw) > _LARGEST:
            raise SpecError.because("R332", f"the template {path.name} is larger than 256 KiB")
        return raw.decode("utf-8-sig")
    except OSError as fault:
        raise SpecError.because("R332", f"cannot read the template {path.name}: {fault.strerror}") from None
    except UnicodeDecodeError:
        raise SpecError.because("R332", f"the template {path.name} is not UTF-8", "save it as UTF-8") from None
