"""From a tree back to text, with no more brackets than `check` asks for: `parse(write(ast))` makes an equal tree."""

from reactivate.rules import tree

_OR, _AND, _NOT, _CHECK, _SUM, _PRODUCT, _MINUS, _ATOM = range(1, 9)


def write(rule: tree.Ast | tree.Node) -> str:
    """The rule in its normal form: one space between tokens, brackets where they count or where `and` meets `or`."""
    return _text(rule.root if isinstance(rule, tree.Ast) else rule)


def _text(node: tree.Node) -> str:  # noqa: PLR0911, PLR0912 - one case for each kind of node
    match node:
        case tree.Literal(text) | tree.Ref(window=None, name=text):
            return text
        case tree.Ref():
            return node.written
        case tree.Word():
            return _word(node)
        case tree.Negative(operand):
            return f"-{_within(operand, _ATOM)}"
        case tree.Arithmetic(operator, left, right):
            own = _binding(node)
            return f"{_within(left, own)} {operator} {_within(right, own + 1)}"
        case tree.Compare(operator, left, right):
            return f"{_within(left, _SUM)} {operator} {_within(right, _SUM)}"
        case tree.Among(left, words, negated):
            return f"{_within(left, _SUM)} {'not in' if negated else 'in'} ({', '.join(map(_word, words))})"
        case tree.Top(left, share):
            return f"{_within(left, _SUM)} in top {share.text}"
        case tree.Has(left, word):
            return f"{_within(left, _SUM)} has {_word(word)}"
        case tree.Missing(operand, negated):
            return f"{_within(operand, _SUM)} is {'not ' if negated else ''}missing"
        case tree.Not(operand):
            return f"not {_within(operand, _CHECK)}"
        case tree.All(parts):
            return " and ".join(_within(part, _NOT) for part in parts)
        case tree.Any(parts):
            return " or ".join(_within(part, _NOT) for part in parts)


def _within(node: tree.Node, least: int) -> str:
    text = _text(node)
    return text if _binding(node) >= least else f"({text})"


def _binding(node: tree.Node) -> int:  # noqa: PLR0911 - one case for each kind of node
    match node:
        case tree.Any():
            return _OR
        case tree.All():
            return _AND
        case tree.Not():
            return _NOT
        case tree.Compare() | tree.Among() | tree.Top() | tree.Has() | tree.Missing():
            return _CHECK
        case tree.Arithmetic("+" | "-"):
            return _SUM
        case tree.Arithmetic():
            return _PRODUCT
        case tree.Negative():
            return _MINUS
        case _:
            return _ATOM


def _word(word: tree.Word) -> str:
    if not word.quoted:
        return word.text
    quote = '"' if "'" in word.text else "'"
    return f"{quote}{word.text}{quote}"
