"""From an offset in a rule's text to a diagnostic in its file."""

from attrs import evolve, field, frozen

from reactivate.diagnostics import Diagnostic, Severity, Span


class RuleFault(Exception):
    """Stops reading a rule at the first thing that cannot be read. Never leaves this package."""

    def __init__(self, code: str, message: str, start: int, end: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.start, self.end, self.hint = code, message, start, end, hint


@frozen
class Places:
    """Where a rule stands. Without a span the rule is its own file, and its text the excerpt."""

    text: str
    span: Span | None = None
    found: list[Diagnostic] = field(factory=list)

    def span_of(self, start: int, end: int) -> Span:
        """The place of `text[start:end]`; `end_column` is the column after the last character."""
        first = self.span or Span("rule", 1, 1)
        before = self.text[:start]
        line = before.count("\n")
        column = first.column + start if not line else start - before.rfind("\n")
        return evolve(first, line=first.line + line, column=column, end_column=column + max(end - start, 1))

    def report(
        self, code: str, message: str, start: int, end: int, hint: str | None = None, severity: Severity = "error"
    ) -> None:
        excerpt = None
        if self.span is None:
            excerpt = self.text.split("\n")[self.text[:start].count("\n")]
        self.found.append(Diagnostic(code, message, severity, self.span_of(start, end), hint, excerpt))

    def fault(self, fault: RuleFault) -> None:
        self.report(fault.code, fault.message, fault.start, fault.end, fault.hint)
