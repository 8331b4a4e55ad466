"""From the text of a rule to its tree: a Pratt parser that says what is wrong where.

Binding, tightest first: brackets, minus sign, `* /`, `+ -`, checks, `not`, `and`, `or`. Texts beyond 2,000 characters,
200 parts or 40 levels are refused, so that nothing that walks the tree later can run out of stack.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import cast

from reactivate.diagnostics import Diagnostic, Span
from reactivate.rules import complaints, tree
from reactivate.rules.faults import Places, RuleFault
from reactivate.rules.hints import FOREIGN_WORDS, latin
from reactivate.rules.reader import Reader
from reactivate.rules.tokens import KEYWORDS, Token, is_plain
from reactivate.rules.types import Kind

MOST_CHARACTERS, MOST_PARTS, MOST_LEVELS = 2000, 200, 40
_OR, _AND, _NOT, _CHECK, _SUM, _PRODUCT = 1, 2, 3, 4, 5, 6
_BINDING = {
    "or": _OR,
    "and": _AND,
    "+": _SUM,
    "-": _SUM,
    "*": _PRODUCT,
    "/": _PRODUCT,
    **dict.fromkeys((*complaints.COMPARISONS, "in", "has", "is", "not"), _CHECK),
}


def parse(text: str, span: Span | None = None) -> tuple[tree.Ast | None, list[Diagnostic]]:
    """Read one rule. `span` is the place of its first character.

    Gives the tree, or None and the first fault (R410 to R418). A warning (R417) may come with a tree.
    """
    places = Places(text, span)
    if len(text) > MOST_CHARACTERS:
        message = f"this rule has {len(text):,} characters, the most is {MOST_CHARACTERS:,}"
        places.report("R414", message, 0, 1, "split it into a list of rules: a list means all of them")
        return None, places.found
    try:
        root = _Parser(text, places).whole()
    except RuleFault as fault:
        places.fault(fault)
        return None, places.found
    return tree.Ast(text, root), places.found


class _Parser(Reader):
    def __init__(self, text: str, places: Places) -> None:
        super().__init__(text)
        self.places = places
        self.levels: dict[int, int] = {}
        self.nodes: list[tree.Node] = []
        self.unbracketed: set[int] = set()

    def made(self, node: tree.Node) -> tree.Node:
        """Count a new node; refuse trees that are too large or too deep."""
        self.nodes.append(node)
        if len(self.nodes) > MOST_PARTS:
            hint = "split the rule into a list of rules, or use `in (…)`"
            raise RuleFault("R414", f"this rule has more than {MOST_PARTS} parts", node.start, node.end, hint)
        level = 1 + max((self.levels[id(child)] for child in tree.children(node)), default=0)
        self.levels[id(node)] = level
        self.bound(level, node.start)
        return node

    def bound(self, level: int, at: int) -> None:
        if level > MOST_LEVELS:
            message = f"this rule goes more than {MOST_LEVELS} levels deep"
            raise RuleFault("R414", message, at, at + 1, "split it into a list of rules")

    # the grammar

    def whole(self) -> tree.Node:
        first = self.next
        if first.kind == "end":
            raise RuleFault("R410", "there is no rule here", 0, 1, "write one: since_last_order > 180d")
        if first.kind == "quoted":
            raise complaints.quoted_start(self)
        root = self.expression(_OR)
        if self.next.kind != "end":
            raise complaints.unexpected(self)
        return root

    def expression(self, least: int) -> tree.Node:
        left = self.prefix(least)
        checked = False
        while (binding := self.binding()) >= least:
            if binding == _CHECK:
                if checked:
                    raise complaints.second_check(self, left)
                left, checked = self.check(left), True
            elif binding in (_AND, _OR):
                left, checked = self.joined(left, binding), True
            else:
                operator = self.take().text
                right = self.expression(binding + 1)
                made = tree.Arithmetic(cast(tree.Operator, operator), left, right, start=left.start, end=right.end)
                left = self.made(made)
        return left

    def binding(self) -> int:
        token = self.next
        if token.kind not in ("sign", "keyword"):
            return 0
        if token.text == "not" and not self.sees("not", "in"):
            return 0
        return _BINDING.get(token.text, 0)

    def prefix(self, least: int) -> tree.Node:
        token = self.next
        if token.kind == "keyword" and token.text == "not":
            return self.denial(least)
        if token.kind == "sign" and token.text == "-":
            return self.negative()
        if token.kind == "sign" and token.text == "(":
            return self.bracket()
        self.take()
        if token.kind == "literal":
            value = tree.Literal(token.text, token.unit, token.value, token.currency, start=token.start, end=token.end)
            return self.made(value)
        if token.kind == "quoted":
            return self.made(tree.Word(token.text, start=token.start, end=token.end))
        if token.kind == "name":
            return self.name(token)
        self.at -= token.kind != "end"
        raise complaints.no_value(self)

    def denial(self, least: int) -> tree.Node:
        if self.last.text in ("=", "!="):
            raise complaints.no_value(self)
        token = self.take()
        if least > _NOT:
            hint = "put what is denied in brackets: (not …)"
            raise RuleFault("R410", "`not` cannot stand inside a sum or comparison", token.start, token.end, hint)
        if self.sees("not"):
            raise RuleFault("R410", "`not not` says nothing", self.next.start, self.next.end, "leave both out")
        operand = self.expression(_CHECK)
        return self.made(tree.Not(operand, start=token.start, end=operand.end))

    def negative(self) -> tree.Node:
        token = self.take()
        if self.sees("-"):
            raise RuleFault("R410", "two minus signs in a row", token.start, self.next.end, "write one, or none")
        operand = self.prefix(_PRODUCT + 1)
        return self.made(tree.Negative(operand, start=token.start, end=operand.end))

    def bracket(self) -> tree.Node:
        opened = self.take()
        self.open += 1
        self.bound(self.open, opened.start)
        inner = self.expression(_OR)
        if not self.accept(")"):
            if self.next.kind == "end":
                raise RuleFault("R415", "this bracket is never closed", opened.start, opened.end, "add ) where it ends")
            raise complaints.unexpected(self)
        self.open -= 1
        self.unbracketed.discard(id(inner))
        return inner

    def name(self, token: Token) -> tree.Node:
        if not self.sees("("):
            return self.made(tree.Ref(token.text, start=token.start, end=token.end))
        self.take()
        window = self.take()
        if window.kind == "literal" and window.unit is Kind.DURATION and self.accept(")"):
            return self.made(tree.Ref(token.text, _days(window), start=token.start, end=self.last.end))
        if token.text.casefold() in FOREIGN_WORDS or latin(token.text).casefold() in KEYWORDS:
            raise complaints.foreign(token)
        end = self.next.end if self.sees(")") else window.end if window.kind != "end" else token.end + 1
        hint = "there are no functions; orders(90d) are those of the last 90 days, since_last_order says how long ago"
        if window.kind == "literal" and window.unit is Kind.COUNT:
            hint = f"write {token.text}({window.text}d)"
        message = f"in brackets after a name stands how many days to look back, not {window.text or 'nothing'!r}"
        raise RuleFault("R404", message, token.start, end, hint)

    def joined(self, first: tree.Node, binding: int) -> tree.Node:
        """`and` or `or` with all that follow: one node, however many parts."""
        sign = self.next
        parts = [first]
        while self.accept(sign.text):
            parts.append(self.expression(binding + 1))
        make: Callable[..., tree.Node] = tree.All if binding == _AND else tree.Any
        node = self.made(make(tuple(parts), start=parts[0].start, end=self.last.end))
        if binding == _AND:
            self.unbracketed.add(id(node))
        else:
            self.warn_of_mixing(parts, sign)
        return node

    def warn_of_mixing(self, parts: list[tree.Node], sign: Token) -> None:
        mixed = [part for part in parts if id(part) in self.unbracketed]
        if mixed:
            message = "`and` and `or` meet here: `and` binds first"
            hint = f"say so with brackets: ({self.said(mixed[0].start, mixed[0].end)})"
            self.places.report("R417", message, sign.start, sign.end, hint, "warning")

    def check(self, left: tree.Node) -> tree.Node:
        token = self.take()
        if token.text in complaints.COMPARISONS:
            right = self.expression(_SUM)
            comparison = cast(tree.Comparison, token.text)
            return self.made(tree.Compare(comparison, left, right, start=left.start, end=right.end))
        if token.text == "has":
            word = self.word()
            return self.made(tree.Has(left, word, start=left.start, end=word.end))
        if token.text == "is":
            negated = self.accept("not")
            if not self.accept("missing"):
                raise complaints.not_missing(self, left, token)
            return self.made(tree.Missing(left, negated, start=left.start, end=self.last.end))
        if token.text == "not":
            self.take()
        return self.membership(left, negated=token.text == "not")

    def membership(self, left: tree.Node, *, negated: bool) -> tree.Node:
        if self.accept("top"):
            share = self.take()
            if share.kind != "literal" or share.unit is not Kind.SHARE:
                hint = f"write in top {share.text}%" if share.kind == "literal" else "write in top 60%"
                raise RuleFault("R427", "after `in top` stands a share", share.start, share.end, hint)
            if negated:
                hint = f"deny the whole: not {self.text[left.start : left.end]} in top {share.text}"
                raise RuleFault("R410", "`not in top` is not said", share.start, share.end, hint)
            part = tree.Literal(share.text, share.unit, share.value, start=share.start, end=share.end)
            return self.made(tree.Top(left, part, start=left.start, end=share.end))
        if not self.accept("("):
            hint = "after `in` stands a list in brackets: in (at_risk, cant_lose)"
            raise RuleFault("R410", "here a list in brackets is missing", self.next.start, self.next.end, hint)
        opened = self.last
        words = [self.word()]
        while self.accept(","):
            words.append(self.word())
        if not self.accept(")"):
            if self.next.kind == "end":
                raise RuleFault(
                    "R415", "this bracket is never closed", opened.start, opened.end, "add ) after the list"
                )
            hint = "words are parted by commas: in (at_risk, cant_lose)"
            raise RuleFault("R410", f"unexpected {self.next.text!r} in the list", self.next.start, self.next.end, hint)
        return self.made(tree.Among(left, tuple(words), negated, start=left.start, end=self.last.end))

    def word(self) -> tree.Word:
        token = self.take()
        if token.kind == "keyword":
            message = f"{token.text!r} is a word of the rule language"
            raise RuleFault("R412", message, token.start, token.end, f"put it in quotes: '{token.text}'")
        if token.kind not in ("name", "quoted", "literal"):
            hint = "words need no quotes when they are letters, digits and _: in (at_risk, cant_lose)"
            raise RuleFault("R410", "here a word is missing", token.start, max(token.end, token.start + 1), hint)
        if token.kind != "quoted":
            self.only_one_word(token)
        word = tree.Word(token.text, token.kind == "quoted", start=token.start, end=token.end)
        self.made(word)
        return word

    def only_one_word(self, first: Token) -> None:
        """`Нижний Новгород` and `Санкт-Петербург` need quotes."""
        end = first.end
        while self.next.kind in ("name", "literal") or self.sees("-") or self.sees("/"):
            if self.next.kind == "name" and (fault := complaints.maybe_foreign(self.next)):
                raise fault
            end = self.take().end
        if end != first.end or not is_plain(first.text):
            raise complaints.needs_quotes(self.text[first.start : end], first.start, end)


def _days(window: Token) -> Fraction:
    days = cast(Fraction, window.value)
    if not days:
        raise RuleFault("R404", "a window of no length holds nothing", window.start, window.end, "write 30d or 365d")
    return days
