"""What can be said of a template before anybody's values are known: for `check`."""

from collections.abc import Set as AbstractSet

from reactivate.diagnostics import Diagnostic, Span
from reactivate.rendering.language import bare_names as _bare_names
from reactivate.rendering.language import faults_of
from reactivate.rendering.language import names_of as _names_of
from reactivate.rendering.templates import Template


def check(
    template: Template, known: AbstractSet[str] | None = None, needs: AbstractSet[str] = frozenset()
) -> list[Diagnostic]:
    """Everything wrong with a template: R334 not allowed in the language, R335 an unknown name, R336 a missing one.

    `known`: names the campaign knows (a known name may be read into with a dot); None = do not look. `needs`: names
    that the text must use, such as `ask_link` where the step asks.
    """
    found = []
    used: set[str] = set()
    for line, source in _sources(template):
        bad = list(faults_of(source, known))
        for at, fault, hint in bad:
            code = "R335" if fault.startswith("unknown name") else "R334"
            found.append(Diagnostic(code, fault, span=Span(template.file, line + at - 1, 1), hint=hint))
        if not any(fault.startswith("cannot be read") for _, fault, _ in bad):
            used |= _names_of(source)
    for name in sorted(needs - used - {name.split(".")[0] for name in used}):
        hint = f"write {{{{ {name} }}}} where it shall stand"
        found.append(Diagnostic("R336", f"the text does not use {name!r}", span=Span(template.file, 1, 1), hint=hint))
    return found


def bare_names(template: Template) -> set[str]:
    """First parts of the names without which no text can be made: `offer`, `ask_link`. Faulty parts are left out."""
    return {name for _, source in _sources(template) if not list(faults_of(source)) for name in _bare_names(source)}


def names_of(template: Template) -> set[str]:
    """The names that subject, preheader and body read: `first_name`, `offer.code`. Faulty parts are left out."""
    names: set[str] = set()
    for _, source in _sources(template):
        if not list(faults_of(source)):
            names |= _names_of(source)
    return names


def _sources(template: Template) -> list[tuple[int, str]]:
    lines = [(1, template.subject), (1, template.preheader), (template.body_line, template.body)]
    return [(line, source) for line, source in lines if source]
