"""Names and words of a rule, looked up: found, or reported with what was probably meant."""

import unicodedata

from reactivate.rules import tree, typed
from reactivate.rules.faults import Places
from reactivate.rules.hints import YES_NO_WORDS, lookalike
from reactivate.rules.types import Name, Vocabulary
from reactivate.text import nearest, one_of


def folded(word: str) -> str:
    """A word as it is compared: composed (NFC), each letter in its simple lower case."""
    composed = unicodedata.normalize("NFC", word)
    return "".join(low if len(low := char.lower()) == 1 else char for char in composed)


def lookup(node: tree.Ref, vocabulary: Vocabulary, places: Places) -> Name | None:
    """The name, or None after a report (R401 unknown, R402 not available here)."""
    found = vocabulary.get(node.name)
    if found is not None:
        return found
    if why := vocabulary.unavailable.get(node.name):
        places.report("R402", f"{node.name!r} cannot be used here: {why}", node.start, node.end)
        return None
    places.report("R401", f"there is no name {node.name!r} here", node.start, node.end, _meant(node.name, vocabulary))
    return None


def _meant(word: str, vocabulary: Vocabulary) -> str | None:
    if alike := lookalike(word, vocabulary):
        return alike
    step, dot, what = word.partition(".")
    if dot and (facts := [name.partition(".")[2] for name in vocabulary if name.startswith(f"{step}.")]):
        near = nearest(what, facts)
        return f"did you mean {step}.{near}?" if near else f"{step} has: {one_of(facts, 12)}"
    if near := nearest(word, vocabulary):
        return f"did you mean {near}?"
    if word.casefold() in YES_NO_WORDS:
        return "yes/no names stand alone: can_sms, not can_sms"
    if not word.isascii():
        return "names are written in small Latin letters; a word stands to the right of a name: city = Москва"
    return f"names here are {one_of(vocabulary, 12)}" if vocabulary else None


def among_words(word: tree.Word, value: typed.Value, places: Places) -> bool:
    """Whether `word` belongs to the fixed set of `value`; reports R403 when it does not."""
    if not isinstance(value, typed.Column) or not value.name.words:
        return True
    words = value.name.words
    if folded(word.text) in map(folded, words):
        return True
    near = nearest(word.text, words)
    hint = f"did you mean {near}?" if near else f"the words are {one_of(words, 12)}"
    places.report("R403", f"{value.said} is never '{word.text}'", word.start, word.end, hint)
    return False
