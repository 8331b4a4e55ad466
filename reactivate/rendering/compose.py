"""Template and values to a finished text. Runs in the limited child process; pure."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from attrs import frozen
from jinja2 import Template as Compiled
from jinja2 import TemplateError
from jinja2.exceptions import UndefinedError

from reactivate.rendering.language import bound, faults_of, sandbox
from reactivate.rendering.letter import Brand, Links, page, text_foot
from reactivate.rendering.markdown import escaped, tidy, to_html, to_text
from reactivate.rendering.templates import Template

LARGEST = 256 * 1024
"""Characters of one rendered text at most."""


@frozen
class Rendered:
    """A finished text. `html` is null for what is not e-mail, `subject` where the template has none."""

    text: str
    subject: str | None = None
    html: str | None = None


class Fault(Exception):
    """A text that cannot be made: what is wrong, on which line of the file, and the way out."""

    def __init__(self, message: str, line: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.line, self.hint = message, line, hint


def compose(template: Template, context: Mapping[str, Any], kind: str, brand: Brand, links: Links) -> Rendered:
    """The text of one person. Raises Fault."""
    values = bound(context)
    subject = _line(template.subject, values)
    body = _filled(template.body, values, "markdown", template.body_line)
    if kind != "email":
        text = to_text(body)
        return Rendered(re.sub(r"\n{2,}", "\n", text) if kind == "sms" else text, subject)
    html = page(to_html(body), subject or "", _line(template.preheader, values), brand, links)
    return Rendered(f"{to_text(body)}\n\n{text_foot(brand, links)}\n", subject, html)


def _line(source: str | None, values: Mapping[str, Any]) -> str | None:
    return None if source is None else tidy(_filled(source, values, "plain", 1))


def _filled(source: str, values: Mapping[str, Any], mode: str, first_line: int) -> str:
    compiled = _compiled(source, mode, first_line)
    try:
        return _capped(compiled.generate(values), first_line)
    except UndefinedError as fault:
        name = re.search(r"'([^']+)' is undefined", str(fault.message))
        said = f"{name[1]!r} has no value" if name else "a value is missing"
        hint = f'write {{{{ {name[1]} | default("…") }}}}, or if … around it' if name else None
        raise Fault(said, _line_of(fault, first_line), hint) from None
    except (TemplateError, ArithmeticError, TypeError, ValueError) as fault:
        raise Fault(f"{type(fault).__name__}: {fault}", _line_of(fault, first_line)) from None


@lru_cache(maxsize=256)
def _compiled(source: str, mode: str, first_line: int) -> Compiled:
    for line, fault, hint in faults_of(source):
        raise Fault(fault, first_line + line - 1, hint)
    return sandbox(escaped if mode == "markdown" else tidy).from_string(source)


def _capped(pieces: Iterable[str], line: int) -> str:
    kept: list[str] = []
    room = LARGEST
    for piece in pieces:
        room -= len(piece)
        if room < 0:
            raise Fault("the text grows beyond 256 KiB", line)
        kept.append(piece)
    return "".join(kept)


def _line_of(fault: BaseException, first_line: int) -> int:
    """The line of the file where the template failed; Jinja maps its own frames back to template lines."""
    line, trace = 1, fault.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in ("<template>", "<unknown>"):
            line = trace.tb_lineno
        trace = trace.tb_next
    return first_line + line - 1
