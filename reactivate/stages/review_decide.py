"""From a reviewer's words to decisions in the ledger: whatever contradicts is named and not taken."""

from collections.abc import Sequence

import pyarrow as pa
from attrs import field, frozen

from reactivate.diagnostics import Diagnostic, Span
from reactivate.ledger import Ledger
from reactivate.ledger.decisions import Decision, Key
from reactivate.matching.review import contradictions

_SAME = {"same", "yes", "y", "1", "1.0", "true", "+", "=", "one", "one person", "да", "д", "так", "т", "один", "одна",
         "одно лицо", "один человек", "одна людина", "одна особа", "тот же", "та же", "то же", "той самий", "та сама",
         "те саме", "совпадает", "збігається", "дубль", "истина", "істина"}  # fmt: skip
_DIFFERENT = {"different", "no", "n", "0", "0.0", "false", "-", "≠", "two", "two persons", "apart", "нет", "н", "ні",
              "разные", "различные", "различны", "різні", "два", "две", "двое", "двоє", "разные люди", "різні люди",
              "не совпадает", "не збігається", "ложь", "хибність"}  # fmt: skip
_OPEN = {"", "later", "?", "потом", "позже", "пізніше"}
_FORGET = {"forget", "забыть", "забути"}
WORDS = "same, different, forget, or leave it empty"


def meant(word: str | None) -> str | None:
    """`same`, `different`, `forget` or `later`; None for a word that is none of ours (en, ru, uk)."""
    plain = (word or "").strip().strip("'\"").strip().casefold()
    for name, words in (("same", _SAME), ("different", _DIFFERENT), ("later", _OPEN), ("forget", _FORGET)):
        if plain in words:
            return name
    return None


@frozen
class Said:
    """One wish of a reviewer: a decision, or (`same` None) that there shall be none. `span`: where it was written."""

    left: Key
    right: Key
    same: bool | None
    note: str | None = None
    span: Span | None = None

    @property
    def decision(self) -> Decision:
        return Decision.about(self.left, self.right, bool(self.same), self.note)


@frozen
class Taken:
    """What became of the wishes: `decided` are new or other than before, `faults` name those that were not taken."""

    decided: int
    forgotten: int
    unchanged: int
    faults: list[Diagnostic] = field(factory=list)


def take(ledger: Ledger, wishes: Sequence[Said], by_whom: str) -> Taken:
    """Write what can be true together with what was decided before; the rest is named and not written."""
    before = _before(ledger.identity.decisions())
    gone = [wish for wish in wishes if wish.same is None]
    for wish in gone:
        before.pop((wish.decision.left, wish.decision.right), None)
    good, faults = _consistent([wish for wish in wishes if wish.same is not None], before)
    forgotten = ledger.identity.forget_decisions([wish.decision for wish in gone], by_whom) if gone else 0
    decided = ledger.identity.decide_pairs([wish.decision for wish in good], by_whom) if good else 0
    return Taken(decided, forgotten, len(good) - decided + len(gone) - forgotten, faults)


def _before(table: pa.Table) -> dict[tuple[Key, Key], str]:
    """Decided pairs -> `same` or `different`, with who and when."""
    return {
        ((row["left_source"], row["left_record_id"]), (row["right_source"], row["right_record_id"])): (
            f"{'=' if row['same'] else '≠'}{row['by_whom']}, {row['at']:%Y-%m-%d}"
        )
        for row in table.to_pylist()
    }


def _consistent(wishes: Sequence[Said], before: dict[tuple[Key, Key], str]) -> tuple[list[Said], list[Diagnostic]]:
    """(wishes that hold together, what is wrong with the others). Earlier decisions alone never contradict."""
    good = list(wishes)
    faults: list[Diagnostic] = []
    while True:
        named = {(wish.decision.left, wish.decision.right) for wish in good}
        old = [(pair, told) for pair, told in before.items() if pair not in named]
        all_of = [(_word(wish.left), _word(wish.right), bool(wish.same)) for wish in good]
        all_of += [(_word(pair[0]), _word(pair[1]), told[0] == "=") for pair, told in old]
        found = contradictions(all_of)
        if not found:
            return good, faults
        out: set[int] = set()
        for one in found:
            places = [*one.same, one.apart]
            mine = [place for place in places if place < len(good)]
            out.update(mine)
            faults.append(_contradiction(places, all_of, good, old))
        good = [wish for place, wish in enumerate(good) if place not in out]


def _contradiction(
    places: list[int],
    all_of: list[tuple[str, str, bool]],
    good: list[Said],
    old: list[tuple[tuple[Key, Key], str]],
) -> Diagnostic:
    told, spans = [], []
    for place in places:
        left, right, same = all_of[place]
        when = f" (decided by {old[place - len(good)][1][1:]})" if place >= len(good) else ""
        told.append(f"{left} {'=' if same else '≠'} {right}{when}")
        if place < len(good) and (span := good[place].span) is not None:
            spans.append(span)
    lines = f"rows {', '.join(str(span.line) for span in spans)}: " if len(spans) > 1 else ""
    hint = "one of them is wrong: change it, or take an earlier one back with `forget`; none of these rows was taken"
    return Diagnostic("R683", f"{lines}decisions that cannot all be true: {'; '.join(told)}", "error",
                      spans[0] if spans else None, hint)  # fmt: skip


def _word(key: Key) -> str:
    return ":".join(key)
