"""From a tree to a typed rule: every name known, every word in its set, only like things compared."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from attrs import frozen

from reactivate.diagnostics import Diagnostic, Span
from reactivate.rules import tree, typed, unlike
from reactivate.rules.faults import Places
from reactivate.rules.kinds import MEASURES, example, reckoned
from reactivate.rules.logic import never
from reactivate.rules.lookup import among_words, lookup
from reactivate.rules.parse import parse
from reactivate.rules.tokens import is_plain
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
            return self.word_check(node, left)
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

    def word_check(self, node: tree.Compare, left: typed.Value) -> typed.Value | None:
        kind, said = kind_of(left), self.said(node.left)
        if node.operator not in ("=", "!="):
            hint = "ask for words with = or in (…)" if kind is Kind.TEXT else "ask a list with `has`"
            self.error("R424", node, f"{said} is {kind}, it is not more or less than anything", hint)
            return None
        if kind is Kind.LIST:
            written = self.said(node.right)
            hint = f"write {'not ' if node.operator == '!=' else ''}{said} has {written}"
            self.error("R424", node, f"{said} is a list and may hold several words", hint)
            return None
        word = self.as_word(node.right)
        if word is None or not among_words(word, left, self.places):
            return None
        return typed.Among(left, frozenset({word.text}), node.operator == "!=", said=self.said(node))

    def as_word(self, node: tree.Node) -> tree.Word | None:
        """What stands to the right of a text, read as a word."""
        match node:
            case tree.Word():
                return node
            case tree.Ref(name, window=None) if "." not in name:
                return tree.Word(name, False, start=node.start, end=node.end)
            case tree.Literal(text) if is_plain(text):
                return tree.Word(text, False, start=node.start, end=node.end)
            case _:
                hint = f"write '{self.said(node)}'"
                self.error("R418", node, "a word with spaces, hyphens or points needs quotes", hint)
                return None

    def among(self, node: tree.Among) -> typed.Value | None:
        left = self.node(node.left)
        if left is None:
            return None
        kind, said = kind_of(left), self.said(node.left)
        if kind is Kind.COUNT and all(re.fullmatch("[0-9]{1,18}", word.text) for word in node.words):
            return self.among_counts(node, left)
        if kind is not Kind.TEXT:
            each = " or ".join(f"{said} has {self.said(word)}" for word in node.words[:3])
            hint = (
                f"ask for each word: {each}" if kind is Kind.LIST
                else f"`in (…)` asks a text; write {example(said, kind, self.currency)}"
            )  # fmt: skip
            self.error("R424", node, f"{said} is {kind}, not a text", hint)
            return None
        good = [among_words(word, left, self.places) for word in node.words]
        if not all(good):
            return None
        words = frozenset(word.text for word in node.words)
        return typed.Among(left, words, node.negated, said=self.said(node))

    def among_counts(self, node: tree.Among, left: typed.Value) -> typed.Value:
        said = self.said(node)
        equal = tuple(
            typed.Compare("=", left, typed.Const(Kind.COUNT, int(word.text), said=word.text), said=said)
            for word in node.words
        )
        found: typed.Value = typed.Any(equal, said=said) if len(equal) > 1 else equal[0]
        return typed.Not(found, said=said) if node.negated else found

    def top(self, node: tree.Top) -> typed.Value | None:
        left = self.node(node.left)
        share = node.share.value
        assert isinstance(share, Fraction)
        if not 0 < share <= 1:
            message = f"{node.share.text} of all people is no part of them"
            self.error("R427", node.share, message, "write a share above 0% and up to 100%")
            return None
        if left is None:
            return None
        if kind_of(left) not in MEASURES:
            said = self.said(node.left)
            self.error("R424", node, f"{said} is {kind_of(left)}: nobody is at the top of it")
            return None
        return typed.Top(left, share, said=self.said(node))

    def has(self, node: tree.Has) -> typed.Value | None:
        left = self.node(node.left)
        if left is None:
            return None
        kind, said = kind_of(left), self.said(node.left)
        if kind is not Kind.LIST:
            hint = f"write {said} = {node.word.text}" if kind is Kind.TEXT else None
            self.error("R424", node, f"{said} is {kind}, not a list", hint)
            return None
        if not among_words(node.word, left, self.places):
            return None
        return typed.Contains(left, node.word.text, said=self.said(node))

    def missing(self, node: tree.Missing) -> typed.Value | None:
        operand = self.node(node.operand)
        if operand is None:
            return None
        moment = next((ref for ref in walk(operand) if isinstance(ref, typed.Column) and ref.name.moment), None)
        if moment is not None:
            step, dot, what = moment.name.name.partition(".")
            way = f"not {step}.{'answered' if what.startswith('answer') else 'sent'}" if dot else f"not {step}"
            message = f"`is missing` is not asked of {moment.name.name}, a fact of this pass"
            self.error("R426", node, message, f"write {way.removeprefix('not ') if node.negated else way}")
            return None
        return typed.Missing(operand, node.negated, said=self.said(node))


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
