"""Letters that ask for permission sell nothing and flatter nobody. The words are data: `words/selling.txt`."""

import re
from functools import cache
from importlib.resources import files

from reactivate.diagnostics import Diagnostic, Span
from reactivate.rendering.templates import Template


def selling_words(template: Template, subject: str | None = None) -> list[Diagnostic]:
    """R337 for each selling or flattering word of a permission letter, at its place; `subject` is the step's own."""
    lines = [(1, text) for text in (subject or template.subject, template.preheader) if text]
    lines += list(enumerate(template.body.splitlines(), template.body_line))
    found = []
    for number, line in lines:
        # What stands in {{ … }} is a name of ours, not a word that people read.
        text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", lambda code: " " * len(code[0]), line)
        for kind, word in _pattern_hits(text):
            place = Span(template.file, number, word.start() + 1, word.end() + 1)
            said = f"a letter that asks for permission must not {kind}: {word[0]!r}"
            found.append(Diagnostic("R337", said, span=place, hint="say what was bought and ask; sell later"))
    return found


def _pattern_hits(text: str) -> list[tuple[str, re.Match[str]]]:
    return [(kind, hit) for kind, pattern in _patterns().items() for hit in pattern.finditer(text)]


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """One pattern per kind. A `*` stands for any ending."""
    lists: dict[str, list[str]] = {}
    kind = ""
    for line in files(__package__).joinpath("words/selling.txt").read_text(encoding="utf-8").splitlines():
        word = line.split("#")[0].strip()
        if word.startswith("["):
            kind = word.strip("[]")
        elif word:
            parts = [re.escape(part.rstrip("*")) + (r"\w*" if part.endswith("*") else "") for part in word.split()]
            lists.setdefault(kind, []).append(r"\s+".join(parts))
    return {kind: re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE) for kind, words in lists.items()}
