"""What one claim of a rule says about another: surely true with it, or never true together with it."""

from reactivate.rules import tree
from reactivate.rules.parse import parse

_UP, _DOWN = (">", ">="), ("<", "<=")


def parts_of(rule: str | None) -> list[tree.Node]:
    """The claims that all hold when the rule is true; none for a rule that cannot be read."""
    ast = parse(rule)[0] if rule else None
    if ast is None:
        return []
    return list(ast.root.parts) if isinstance(ast.root, tree.All) else [ast.root]


def implies(mine: tree.Node, theirs: tree.Node) -> bool:  # noqa: PLR0911 - one case after another
    """Whether who meets `mine` surely meets `theirs`: the same claim, fewer words, or a narrower bound."""
    if mine == theirs:
        return True
    words, others = _words(mine), _words(theirs)
    if words is not None and others is not None:
        return words[0] == others[0] and words[1] <= others[1]
    if not isinstance(mine, tree.Compare) or not isinstance(theirs, tree.Compare) or mine.left != theirs.left:
        return False
    one, two = mine.right, theirs.right
    if not isinstance(one, tree.Literal) or not isinstance(two, tree.Literal):
        return False
    if (one.kind, one.currency, type(one.value)) != (two.kind, two.currency, type(two.value)):
        return False
    same, narrower = one.value == two.value, one.value > two.value  # type: ignore[operator]
    if theirs.operator in _UP:
        return mine.operator in (*_UP, "=") and (narrower or (same and mine.operator in (theirs.operator, ">")))
    if theirs.operator in _DOWN:
        return mine.operator in (*_DOWN, "=") and (
            (not narrower and not same) or (same and mine.operator in (theirs.operator, "<"))
        )
    return False


def exclude(one: tree.Node, two: tree.Node) -> bool:
    """Whether both can never be true together."""
    if tree.Not(one) == two or tree.Not(two) == one:
        return True
    words, others = _words(one), _words(two)
    if words is not None and others is not None:
        return words[0] == others[0] and not words[1] & others[1]
    return _apart(one, two) or _apart(two, one)


def _apart(low: tree.Node, high: tree.Node) -> bool:
    """Whether one bounds a value from above and the other from below, and nothing lies between."""
    if not isinstance(low, tree.Compare) or not isinstance(high, tree.Compare) or low.left != high.left:
        return False
    one, two = low.right, high.right
    if not isinstance(one, tree.Literal) or not isinstance(two, tree.Literal):
        return False
    if (one.kind, one.currency, type(one.value)) != (two.kind, two.currency, type(two.value)):
        return False
    if low.operator not in (*_DOWN, "=") or high.operator not in (*_UP, "="):
        return False
    touching = low.operator in ("<=", "=") and high.operator in (">=", "=")
    return one.value < two.value or (one.value == two.value and not touching)  # type: ignore[operator]


def segments_of(rule: str | None) -> frozenset[str] | None:
    """The segments to which a rule confines itself; None when it speaks of none."""
    confined = [words for part in parts_of(rule) if (words := _words(part)) and words[0] == tree.Ref("segment")]
    return frozenset.intersection(*(words for _, words in confined)) if confined else None


def never_together(one: str | None, two: str | None) -> bool:
    """Whether no one can meet both rules."""
    return any(exclude(mine, theirs) for mine in parts_of(one) for theirs in parts_of(two))


def _words(node: tree.Node) -> tuple[tree.Node, frozenset[str]] | None:
    """`x = a` and `x in (a, b)` as the value and its words."""
    if isinstance(node, tree.Among) and not node.negated:
        return node.left, frozenset(word.text.casefold() for word in node.words)
    if isinstance(node, tree.Compare) and node.operator == "=" and isinstance(node.right, (tree.Ref, tree.Word)):
        text = node.right.name if isinstance(node.right, tree.Ref) else node.right.text
        return node.left, frozenset({text.casefold()})
    return None
