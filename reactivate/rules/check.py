"""From a tree to a typed rule: every name known, every word in its set, only like things compared."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from attrs import frozen

from reactivate.diagnostics import Diagnostic, Span
from reactivate.rules import asked, tree, typed, unlike
from reactivate.rules.faults import Places
from reactivate.rules.kinds import MEASURES, example, reckoned
from reactivate.rules.logic import never
from reactivate.rules.lookup import lookup
from reactivate.rules.parse import parse
from reactivate.rules.typed import Typed, kind_of, kinds_of, walk
from reactivate.rules.types import Kind, Vocabulary, window_column
from reactivate.rules.unlike import Scope

_NEVER = "its claims contradict each other; `or` takes everybody who meets one of them"


def read(
    text: str, vocabulary: Vocabulary, *, currency: str, span: Span | None = None, want: Kind | None = Kind.YESNO
) -> tuple[Typed | None, list[Diagnostic]]:
    """Parse and check one rule: what a spec does with each of its rules."""
    ast, found = parse(text, span)
    if ast is None:
        return None, found
    rule, more = check(ast, vocabulary, currency=currency, span=span, want=want)
    return rule, found + more


def check(
    ast: tree.Ast,
    vocabulary: Vocabulary,
    *,
    currency: str,
    span: Span | None = None,
    want: Kind | None = Kind.YESNO,
) -> tuple[Typed | None, list[Diagnostic]]:
    """Type a rule in a scope. Gives every fault (R401 to R404, R420 to R429), and the typed rule when there is none.

    `currency`: of the business. `want`: the kind asked for, None for any.
    """
    checker = _Checker(ast, vocabulary, currency, Places(ast.text, span))
    root = checker.node(ast.root)
    if root is not None and want is not None and want not in kinds_of(root):
        unlike.unwanted(checker, ast.root, root, want)
    found = checker.places.found
    if root is None or any(item.is_error for item in found):
        return None, found
    rule = checker.result(root)
    if rule.kind is Kind.YESNO and never([rule]):
        checker.places.report("R429", "nobody can meet this rule", 0, len(ast.text), _NEVER, "warning")
    return rule, found


@frozen
class _Checker(Scope):
    """Walks a tree once; every method gives the typed node, or None when something in it was reported."""

    def result(self, root: typed.Value) -> Typed:
        below = list(walk(root))
        used = [node for node in below if isinstance(node, typed.Column)]
        windows = {
            (node.name, float(node.window))
            for node in _refs(self.ast.root)
            if node.window and node.name in self.vocabulary
        }
        return Typed(
            self.ast,
            root,
            kind_of(root),
            frozenset(node.name.name for node in used),
            frozenset(node.column for node in used),
            frozenset(windows),
            any(isinstance(node, typed.Top) for node in below),
        )

    # one node

    def node(self, node: tree.Node) -> typed.Value | None:  # noqa: PLR0911, PLR0912 - one case for each kind of node
        """The typed node, or None when something in it was reported."""
        match node:
            case tree.Literal():
                return self.literal(node)
            case tree.Ref():
                return self.name(node)
            case tree.Word():
                hint = f"a word stands to the right of a name: city = '{node.text}'"
                self.error("R424", node, f"the word '{node.text}' cannot stand here", hint)
                return None
            case tree.Negative():
                return self.negative(node)
            case tree.Arithmetic():
                return self.arithmetic(node)
            case tree.Compare():
                return self.compare(node)
            case tree.Among():
                return self.among(node)
            case tree.Top():
                return self.top(node)
            case tree.Has():
                return self.has(node)
            case tree.Missing():
                return self.missing(node)
            case tree.Not(operand):
                claim = self.claim(operand)
                return None if claim is None else typed.Not(claim, said=self.said(node))
            case tree.All(parts):
                return self.several(node, parts, typed.All)
            case tree.Any(parts):
                return self.several(node, parts, typed.Any)

    def several(
        self, node: tree.Node, parts: tuple[tree.Node, ...], make: Callable[..., typed.Value]
    ) -> typed.Value | None:
        strays = unlike.strays(self, parts)
        claims = [self.claim(part) for part in parts if part not in strays]
        if strays or None in claims:
            return None
        return make(tuple(claims), said=self.said(node))

    def claim(self, node: tree.Node) -> typed.Value | None:
        """A node that must say yes or no."""
        found = self.node(node)
        if found is not None and kind_of(found) is not Kind.YESNO:
            unlike.unwanted(self, node, found, Kind.YESNO)
            return None
        return found

    # values

    def literal(self, node: tree.Literal) -> typed.Value | None:
        if node.kind is Kind.MONEY and node.currency != self.currency:
            hint = f"write it in {self.currency}"
            self.error("R422", node, f"money here is in {self.currency}, not in {node.currency}", hint)
            return None
        return typed.Const(node.kind, _constant(node), said=self.said(node))

    def name(self, node: tree.Ref) -> typed.Value | None:
        name = lookup(node, self.vocabulary, self.places)
        if name is None:
            return None
        said = self.said(node)
        if node.window is not None and not name.windowed and not name.needs_window:
            what = f"{name.name} has no window: it is not counted over days"
            self.error("R404", node, what, f"leave ({said.partition('(')[2]} out")
            return None
        if node.window is None and name.needs_window:
            self.error("R404", node, f"{name.name} needs to know over how many days", f"write {name.name}(90d)")
            return None
        if name.caution:
            self.places.report("R428", name.caution, node.start, node.end, severity="warning")
        column = name.source if node.window is None else window_column(name.source, float(node.window))
        return typed.Column(name.kind, column, name, said=said)

    def negative(self, node: tree.Negative) -> typed.Value | None:
        operand = self.node(node.operand)
        if operand is None:
            return None
        kind = kind_of(operand)
        if kind not in MEASURES - {Kind.DATE}:
            self.error("R423", node, f"there is no minus {self.said(node.operand)}: it is {kind}")
            return None
        ratio = Kind.SHARE in kinds_of(operand) and kind is Kind.COUNT
        zero = typed.Const(kind, Decimal(0) if kind is Kind.MONEY else 0, said="0")
        return typed.Arithmetic(kind, "-", zero, operand, ratio, said=self.said(node))

    def arithmetic(self, node: tree.Arithmetic) -> typed.Value | None:
        left, right = self.node(node.left), self.node(node.right)
        if left is None or right is None:
            return None
        found = [
            result for one in kinds_of(left) for two in kinds_of(right) if (result := reckoned(node.operator, one, two))
        ]
        if not found:
            unlike.cannot(self, node, left, right)
            return None
        kind, ratio = found[0]
        return typed.Arithmetic(kind, node.operator, left, right, ratio, said=self.said(node))

    # checks

    def compare(self, node: tree.Compare) -> typed.Value | None:  # noqa: PLR0911 - one return for each fault
        if node.operator in ("=", "!=") and unlike.swapped(self, node):
            return None
        left = self.node(node.left)
        if left is None:
            if not isinstance(node.right, tree.Ref | tree.Word):
                self.node(node.right)
            return None
        kind = kind_of(left)
        if kind in (Kind.TEXT, Kind.LIST):
            return asked.compared(self, node, left)
        if kind is Kind.YESNO and unlike.yes_no(self, node):
            return None
        if isinstance(node.right, tree.Word):
            message = f"{self.said(node.left)} is {kind}, not a text: it is not compared with a word"
            self.error("R420", node.right, message, f"write {example(self.said(node.left), kind, self.currency)}")
            return None
        right = self.node(node.right)
        if right is None:
            return None
        if not set(kinds_of(left)) & set(kinds_of(right)):
            unlike.unlike(self, node, left, right)
            return None
        if kind is Kind.YESNO and node.operator not in ("=", "!="):
            self.error("R424", node, f"yes and no have no order: {node.operator} cannot be asked of them")
            return None
        return typed.Compare(node.operator, left, right, said=self.said(node))

    def missing(self, node: tree.Missing) -> typed.Value | None:
        operand = self.node(node.operand)
        return None if operand is None else asked.missing(self, node, operand)

    def among(self, node: tree.Among) -> typed.Value | None:
        left = self.node(node.left)
        return None if left is None else asked.among(self, node, left)

    def has(self, node: tree.Has) -> typed.Value | None:
        left = self.node(node.left)
        return None if left is None else asked.has(self, node, left)

    def top(self, node: tree.Top) -> typed.Value | None:
        return asked.top(self, node, self.node(node.left))


def _constant(node: tree.Literal) -> typed.Constant:
    value = node.value
    if isinstance(value, date):
        return value
    if node.kind is Kind.MONEY:
        return Decimal(value.numerator) / Decimal(value.denominator)
    if node.kind in (Kind.COUNT, Kind.DURATION) and value.denominator == 1:
        return int(value)
    return value.numerator / value.denominator


def _refs(node: tree.Node) -> "list[tree.Ref]":
    found: list[tree.Node] = [node]
    for below in found:
        found.extend(tree.children(below))
    return [ref for ref in found if isinstance(ref, tree.Ref)]
