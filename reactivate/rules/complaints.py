"""What to say when a rule cannot be read: the likeliest thing that was meant, found from the tokens around."""

from reactivate.rules import tree
from reactivate.rules.faults import RuleFault
from reactivate.rules.hints import FOREIGN_WORDS, latin, odd_unit
from reactivate.rules.reader import Reader
from reactivate.rules.tokens import KEYWORDS, Token
from reactivate.rules.types import Kind

COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})


def quoted_start(reader: Reader) -> RuleFault:
    token = reader.next
    if reader.tokens[1].kind == "end":
        return RuleFault("R412", "the rule stands in quotes", token.start, token.end, "leave the quotes out")
    follower = reader.tokens[min(2, len(reader.tokens) - 1)]
    hint = "a rule begins with a name, `not` or a bracket; words stand to the right"
    if reader.tokens[1].text in ("=", "!=") and follower.kind == "name":
        hint = f"the name comes first: {follower.text} {reader.tokens[1].text} '{token.text}'"
    return RuleFault("R412", "a rule does not begin with a quoted word", token.start, token.end, hint)


def no_value(reader: Reader) -> RuleFault:
    token, before = reader.next, reader.last.text if reader.at else ""
    if token.kind == "end":
        message = f"the rule breaks off after {before!r}" if before else "there is no rule here"
        return RuleFault("R410", message, max(reader.last.start, 0), max(token.end, 1), "say what comes after it")
    if token.kind == "keyword" and before in ("=", "!="):
        message = f"{token.text!r} is a word of the rule language"
        return RuleFault("R412", message, token.start, token.end, f"if it is meant as a word: '{token.text}'")
    if token.text == ")":
        if not reader.open:
            return RuleFault("R415", "this bracket was never opened", token.start, token.end, "leave it out")
        return RuleFault("R410", "nothing stands before this bracket", token.start, token.end)
    if before in COMPARISONS and token.text in COMPARISONS:
        message = f"{before} {token.text} is no sign of the rule language"
        return RuleFault("R411", message, reader.last.start, token.end, "the signs are = != < <= > >=")
    hint = "here stands a name, a number with its unit, `not` or a bracket"
    return RuleFault("R410", f"{token.text!r} cannot stand here", token.start, token.end, hint)


def unexpected(reader: Reader) -> RuleFault:  # noqa: PLR0911 - one line for each guess
    """What the token is that follows a complete value."""
    token, before = reader.next, reader.last
    if token.text == ")" and token.kind == "sign":
        return RuleFault("R415", "this bracket was never opened", token.start, token.end, "leave it out")
    if token.kind == "name" and (fault := maybe_foreign(token)):
        return fault
    if before.kind == "name" and (fault := maybe_foreign(before)):
        return fault
    if before.kind == "literal" and before.unit is Kind.COUNT:
        if token.text == "," or token.kind == "literal":
            return split_number(reader, before, token)
        if hint := odd_unit(before.text, token.text):
            return RuleFault("R413", f"{before.text} {token.text} has no unit we know", before.start, token.end, hint)
    two_words = before.kind in ("name", "quoted") and token.kind in ("name", "literal")
    if two_words and reader.at >= 2 and reader.tokens[reader.at - 2].text in ("=", "!="):
        return needs_quotes(reader.text[before.start : token.end], before.start, token.end)
    if token.kind == "keyword" and token.text == "not":
        hint = f"`not` stands before the whole claim: not {before.text} …"
        return RuleFault("R410", "`not` cannot stand here", token.start, token.end, hint)
    hint = "between two claims stands `and` or `or`"
    if token.text == "," and token.kind == "sign":
        hint = "a comma stands only in lists: rfm in (lost, new); between claims stands `and` or `or`"
    return RuleFault("R410", f"unexpected {token.text!r} after {before.text!r}", token.start, token.end, hint)


def split_number(reader: Reader, number: Token, token: Token) -> RuleFault:
    """`1 000` and `1,5`."""
    last = token if token.kind == "literal" else reader.tokens[min(reader.at + 1, len(reader.tokens) - 1)]
    digits = last.text if last.kind == "literal" and last.unit in (Kind.COUNT, Kind.MONEY) else ""
    point = "." if token.text == "," and len(digits) < 3 else ""
    hint = f"a number has no spaces and no commas: {number.text}{point}{digits or '000'}"
    end = max(last.end, token.end)
    return RuleFault("R413", f"{reader.said(number.start, end)} is no number", number.start, end, hint)


def maybe_foreign(token: Token) -> RuleFault | None:
    word = token.text.casefold()
    known = word in FOREIGN_WORDS or word in KEYWORDS or latin(word) in KEYWORDS
    return foreign(token) if known or word == "between" else None


def foreign(token: Token) -> RuleFault:
    word = token.text.casefold()
    if word == "between":
        hint = "write both ends: x >= 30d and x <= 90d"
        return RuleFault("R411", "there is no `between`", token.start, token.end, hint)
    if word in KEYWORDS:
        message = f"{token.text} is written in small letters"
        return RuleFault("R411", message, token.start, token.end, f"write {word}")
    if latin(word) in KEYWORDS:
        message = f"{token.text!r} is written with Cyrillic letters"
        return RuleFault("R411", message, token.start, token.end, f"write {latin(word)} in Latin letters")
    message = f"{token.text!r} is not a word of the rule language"
    ours = FOREIGN_WORDS[word]
    return RuleFault("R411", message, token.start, token.end, f"write {'is missing' if ours == 'missing' else ours}")


def second_check(reader: Reader, left: tree.Node) -> RuleFault:
    token = reader.next
    if isinstance(left, tree.Compare) and token.text in COMPARISONS:
        middle = reader.text[left.right.start : left.right.end]
        hint = f"say it twice: … {left.operator} {middle} and {middle} {token.text} …"
        return RuleFault("R416", "comparisons do not chain", token.start, token.end, hint)
    hint = "join two claims with `and`"
    return RuleFault("R416", f"a claim has only one check, {token.text!r} is the second", token.start, token.end, hint)


def not_missing(reader: Reader, left: tree.Node, token: Token) -> RuleFault:
    follower = reader.next
    end = max(follower.end, token.end)
    if FOREIGN_WORDS.get(follower.text.casefold()) == "missing":
        hint = "write is missing" if reader.last.text == "is" else "write is not missing"
        return RuleFault("R411", f"'is {follower.text}' is not said", token.start, end, hint)
    said = reader.text[left.start : left.end]
    sign = "!=" if reader.last.text == "not" else "="
    hint = f"write {said} {sign} {follower.text}" if follower.kind == "name" else f"write {said} is missing"
    return RuleFault("R410", "after `is` stands `missing` or `not missing`", token.start, end, hint)


def needs_quotes(words: str, start: int, end: int) -> RuleFault:
    said = " ".join(words.split())
    hint = f"write '{said}'"
    return RuleFault("R418", "a word with spaces, hyphens or points needs quotes", start, end, hint)
