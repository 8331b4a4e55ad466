"""What to say when the parts of a rule do not go together: what each of them is, and what was probably meant."""

from functools import partial
from itertools import takewhile
from typing import TypeGuard

from attrs import frozen

from reactivate.rules import tree, typed
from reactivate.rules.faults import Places
from reactivate.rules.hints import YES_NO_WORDS
from reactivate.rules.kinds import MEASURES, cannot_reckon, example, with_unit
from reactivate.rules.lookup import folded
from reactivate.rules.typed import kind_of
from reactivate.rules.types import Kind, Name, Vocabulary


@frozen
class Scope:
    """A rule on its way through the check: what it may speak of, and where its faults are written down."""

    ast: tree.Ast
    vocabulary: Vocabulary
    currency: str
    places: Places

    def said(self, node: tree.Node) -> str:
        return self.ast.said(node)

    def error(self, code: str, node: tree.Node, message: str, hint: str | None = None) -> None:
        self.places.report(code, message, node.start, node.end, hint)


def is_bare(node: tree.Node) -> TypeGuard[tree.Literal]:
    return isinstance(node, tree.Literal) and node.kind is Kind.COUNT


def strays(scope: Scope, parts: tuple[tree.Node, ...]) -> list[tree.Node]:
    """`rfm = lost or hibernating or new`: bare words meant for the comparison before them; reported as one."""
    found: list[tree.Node] = []
    for at, part in enumerate(parts):
        if part in found or not (name := _compared(scope, part)):
            continue
        words = list(takewhile(partial(_is_stray, scope, name), parts[at + 1 :]))
        if words:
            found += words
            _say_list(scope, part, words)  # type: ignore[arg-type]
    return found


def _compared(scope: Scope, part: tree.Node) -> Name | None:
    """The text name that `part` compares with a single word."""
    match part:
        case tree.Compare("=" | "!=", tree.Ref(name), tree.Ref() | tree.Word()):
            known = scope.vocabulary.get(name)
            return known if known and known.kind is Kind.TEXT else None
        case _:
            return None


def _is_stray(scope: Scope, name: Name, part: tree.Node) -> bool:
    if not isinstance(part, tree.Ref) or part.name in scope.vocabulary:
        return False
    return not name.words or folded(part.name) in map(folded, name.words)


def _say_list(scope: Scope, first: tree.Compare, words: list[tree.Node]) -> None:
    sign = "in" if first.operator == "=" else "not in"
    listed = ", ".join(scope.said(word) for word in (first.right, *words))
    hint = f"write {scope.said(first.left)} {sign} ({listed})"
    message = f"{scope.said(words[0])!r} is a word, and nothing says what it is compared with"
    scope.places.report("R401", message, words[0].start, words[-1].end, hint)


def unwanted(scope: Scope, node: tree.Node, found: typed.Value, want: Kind) -> None:
    said, kind = scope.said(node), kind_of(found)
    if want is Kind.YESNO:
        hint = f"say what is asked of it: {example(said, kind, scope.currency)}"
        scope.error("R425", node, f"{said} is {kind}, a rule says yes or no", hint)
    else:
        scope.error("R425", node, f"{said} is {kind}, here stands {want}")


def cannot(scope: Scope, node: tree.Arithmetic, left: typed.Value, right: typed.Value) -> None:
    one, two = kind_of(left), kind_of(right)
    for number, other in ((node.left, two), (node.right, one)):
        if is_bare(number) and node.operator in "+-" and other in MEASURES:
            hint = f"write {with_unit(number, other, scope.currency)}"
            scope.error("R421", number, f"{scope.said(number)} has no unit beside {other}", hint)
            return
    said = f"{scope.said(node.left)} is {one} and {scope.said(node.right)} is {two}"
    scope.error("R423", node, f"{cannot_reckon(node.operator, one, two)}: {said}")


def swapped(scope: Scope, node: tree.Compare) -> bool:
    """`champions = rfm`: the word before the name."""
    match node:
        case tree.Compare(_, tree.Ref() | tree.Word() as word, tree.Ref() as right):
            name = scope.vocabulary.get(right.name)
        case _:
            return False
    if name is None or name.kind is not Kind.TEXT or (isinstance(word, tree.Ref) and word.name in scope.vocabulary):
        return False
    hint = f"the name comes first: {right.name} {node.operator} {scope.said(word)}"
    scope.error("R424", node, "a word cannot stand before the name it is compared with", hint)
    return True


def yes_no(scope: Scope, node: tree.Compare) -> bool:
    """`can_sms = yes`: reported, when the right side is such a word."""
    said = scope.said(node.right).strip("'\"").casefold()
    if said not in YES_NO_WORDS:
        return False
    name = scope.said(node.left)
    stands_alone = (said in {"yes", "true", "on", "да", "так", "tak", "1"}) == (node.operator == "=")
    hint = f"write {name if stands_alone else 'not ' + name}"
    scope.error("R424", node.right, f"{name} says yes or no by itself", hint)
    return True


def unlike(scope: Scope, node: tree.Compare, left: typed.Value, right: typed.Value) -> None:
    for number, value, other in ((node.right, node.left, left), (node.left, node.right, right)):
        if is_bare(number) and kind_of(other) in MEASURES - {Kind.DATE}:
            hint = f"write {with_unit(number, kind_of(other), scope.currency)}"
            message = f"{scope.said(value)} is {kind_of(other)}, {scope.said(number)} has no unit"
            scope.error("R421", number, message, hint)
            return
    one, two = kind_of(left), kind_of(right)
    message = f"{scope.said(node.left)} is {one}, {scope.said(node.right)} is {two}: they are not compared"
    scope.error("R420", node, message, way_out(scope, node, one, two))


def way_out(scope: Scope, node: tree.Compare, one: Kind, two: Kind) -> str | None:
    sides = ((node.left, one, two), (node.right, two, one))
    for side, kind, other in sides:
        if isinstance(side, tree.Ref) and (meant := twin(scope, side.name, kind, other)):
            return f"{meant} is {other}: {scope.said(node).replace(side.name, meant, 1)}"
    literal, kind = (node.right, one) if isinstance(node.right, tree.Literal) else (node.left, two)
    if isinstance(literal, tree.Literal) and kind is Kind.COUNT:
        digits = "".join(char for char in literal.text if char.isdigit())
        return f"a count is a bare number: {digits}" if literal.kind is not Kind.DATE else None
    if isinstance(literal, tree.Literal) and {one, two} == {Kind.SHARE, Kind.POINTS}:
        unit = "pp" if kind is Kind.POINTS else "%"
        return f"write {literal.text.rstrip('%p')}{unit}"
    return None


def twin(scope: Scope, name: str, kind: Kind, wanted: Kind) -> str | None:
    """`last_order_on` for `since_last_order`, and the other way round."""
    stem = name.removesuffix("_on").removeprefix("since_").removeprefix("until_")
    candidates = {
        (Kind.DATE, Kind.DURATION): (f"since_{stem}", f"until_{stem}"),
        (Kind.DURATION, Kind.DATE): (f"{stem}_on",),
    }.get((kind, wanted), ())
    return next((word for word in candidates if word in scope.vocabulary), None)
