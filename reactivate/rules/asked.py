"""What is asked of a typed value in words: `= word`, `in (…)`, `has`, `in top`, `is missing`.

Each gives the typed node, or None when something in it was reported.
"""

import re
from fractions import Fraction

from reactivate.rules import tree, typed
from reactivate.rules.kinds import MEASURES, example
from reactivate.rules.lookup import among_words
from reactivate.rules.tokens import is_plain
from reactivate.rules.typed import kind_of, walk
from reactivate.rules.types import Kind
from reactivate.rules.unlike import Scope


def compared(scope: Scope, node: tree.Compare, left: typed.Value) -> typed.Value | None:
    """`x = word` of a text."""
    kind, said = kind_of(left), scope.said(node.left)
    if node.operator not in ("=", "!="):
        hint = "ask for words with = or in (…)" if kind is Kind.TEXT else "ask a list with `has`"
        scope.error("R424", node, f"{said} is {kind}, it is not more or less than anything", hint)
        return None
    if kind is Kind.LIST:
        written = scope.said(node.right)
        hint = f"write {'not ' if node.operator == '!=' else ''}{said} has {written}"
        scope.error("R424", node, f"{said} is a list and may hold several words", hint)
        return None
    word = _as_word(scope, node.right)
    if word is None or not among_words(word, left, scope.places):
        return None
    return typed.Among(left, frozenset({word.text}), node.operator == "!=", said=scope.said(node))


def _as_word(scope: Scope, node: tree.Node) -> tree.Word | None:
    """What stands to the right of a text, read as a word."""
    match node:
        case tree.Word():
            return node
        case tree.Ref(name, window=None) if "." not in name:
            return tree.Word(name, False, start=node.start, end=node.end)
        case tree.Literal(text) if is_plain(text):
            return tree.Word(text, False, start=node.start, end=node.end)
        case _:
            hint = f"write '{scope.said(node)}'"
            scope.error("R418", node, "a word with spaces, hyphens or points needs quotes", hint)
            return None


def among(scope: Scope, node: tree.Among, left: typed.Value) -> typed.Value | None:
    """`x in (…)` of a text, or of a count."""
    kind, said = kind_of(left), scope.said(node.left)
    if kind is Kind.COUNT and all(re.fullmatch("[0-9]{1,18}", word.text) for word in node.words):
        return _among_counts(scope, node, left)
    if kind is not Kind.TEXT:
        each = " or ".join(f"{said} has {scope.said(word)}" for word in node.words[:3])
        hint = (
            f"ask for each word: {each}" if kind is Kind.LIST
            else f"`in (…)` asks a text; write {example(said, kind, scope.currency)}"
        )  # fmt: skip
        scope.error("R424", node, f"{said} is {kind}, not a text", hint)
        return None
    good = [among_words(word, left, scope.places) for word in node.words]
    if not all(good):
        return None
    words = frozenset(word.text for word in node.words)
    return typed.Among(left, words, node.negated, said=scope.said(node))


def _among_counts(scope: Scope, node: tree.Among, left: typed.Value) -> typed.Value:
    said = scope.said(node)
    equal = tuple(
        typed.Compare("=", left, typed.Const(Kind.COUNT, int(word.text), said=word.text), said=said)
        for word in node.words
    )
    found: typed.Value = typed.Any(equal, said=said) if len(equal) > 1 else equal[0]
    return typed.Not(found, said=said) if node.negated else found


def top(scope: Scope, node: tree.Top, left: typed.Value | None) -> typed.Value | None:
    """`x in top 20%`; the share is looked at even where the value was reported."""
    share = node.share.value
    assert isinstance(share, Fraction)
    if not 0 < share <= 1:
        message = f"{node.share.text} of all people is no part of them"
        scope.error("R427", node.share, message, "write a share above 0% and up to 100%")
        return None
    if left is None:
        return None
    if kind_of(left) not in MEASURES:
        said = scope.said(node.left)
        scope.error("R424", node, f"{said} is {kind_of(left)}: nobody is at the top of it")
        return None
    return typed.Top(left, share, said=scope.said(node))


def has(scope: Scope, node: tree.Has, left: typed.Value) -> typed.Value | None:
    """`x has word` of a list."""
    kind, said = kind_of(left), scope.said(node.left)
    if kind is not Kind.LIST:
        hint = f"write {said} = {node.word.text}" if kind is Kind.TEXT else None
        scope.error("R424", node, f"{said} is {kind}, not a list", hint)
        return None
    if not among_words(node.word, left, scope.places):
        return None
    return typed.Contains(left, node.word.text, said=scope.said(node))


def missing(scope: Scope, node: tree.Missing, operand: typed.Value) -> typed.Value | None:
    """`x is missing`, which facts of a pass are never asked."""
    moment = next((ref for ref in walk(operand) if isinstance(ref, typed.Column) and ref.name.moment), None)
    if moment is not None:
        step, dot, what = moment.name.name.partition(".")
        way = f"not {step}.{'answered' if what.startswith('answer') else 'sent'}" if dot else f"not {step}"
        message = f"`is missing` is not asked of {moment.name.name}, a fact of this pass"
        scope.error("R426", node, message, f"write {way.removeprefix('not ') if node.negated else way}")
        return None
    return typed.Missing(operand, node.negated, said=scope.said(node))
