"""The file of decided pairs that `reactivate match --labels` takes: two record ids and an answer per row."""

from collections.abc import Sequence

import pyarrow as pa
from attrs import field, frozen

from reactivate.diagnostics import Diagnostic, Span
from reactivate.errors import DataError
from reactivate.matching.calibration import FEWEST, FEWEST_OF_EACH
from reactivate.matching.review import contradictions
from reactivate.plainfiles.tables import read_every
from reactivate.plainfiles.texts import as_text
from reactivate.stages.review_decide import meant
from reactivate.text import counted, nearest

COLUMNS = (("a", "left", "left_id"), ("b", "right", "right_id"), ("same", "decision", "label"))
"""Names that each column may have; those of `match --pairs` with a column `same` beside them are among them."""
_SHOWN = 5

Pair = tuple[int, int]


@frozen
class Labels:
    """Pairs of positions in the records."""

    must_link: tuple[Pair, ...] = field(default=())
    cannot_link: tuple[Pair, ...] = field(default=())

    def remark(self) -> str | None:
        """What the user should know when these are too few for the model to learn from."""
        same, different = len(self.must_link), len(self.cannot_link)
        if same + different >= FEWEST and min(same, different) >= FEWEST_OF_EACH:
            return None
        if not same + different:
            return "--labels holds no decided pair: write yes or no into its column `same`"
        given = f"{counted(same, 'pair')} one person and {different:,} two"
        return (
            f"--labels says {given}: these hold, but the model learns nothing from them; "
            f"it takes {FEWEST} pairs, {FEWEST_OF_EACH} of each answer"
        )


def read_labels(path: str, records: pa.Table) -> Labels:
    """The decided pairs of a CSV or Parquet file; rows without an answer are passed over.

    DataError R616, one diagnostic per fault: a column that is not there, an id that no record or several have, an
    answer that is none, a pair that is said to be one and two.
    """
    table = read_every(path).table
    cells = [as_text(table[name], name).to_pylist() for name in _named(path, table)]
    places = _places(records)
    said: list[tuple[int, int, bool, int]] = []
    faults: list[Diagnostic] = []
    for line, (one, two, answer) in enumerate(zip(*cells, strict=True), 2):
        word = meant(answer)
        if word in ("later", "forget"):
            continue
        wrong = [] if word else [f"{answer!r} is no answer"]
        ends = [places.get((text or "").strip(), ()) for text in (one, two)]
        wrong += [_lost(text, len(end)) for text, end in zip((one, two), ends, strict=True) if len(end) != 1]
        if not wrong and ends[0] == ends[1]:
            wrong = [f"{one!r} and {two!r} are one record"]
        if wrong:
            faults += [_fault(path, line, reason, places, one, two) for reason in wrong]
        else:
            said.append((ends[0][0], ends[1][0], word == "same", line))
    faults += _contradicted(path, said)
    if faults:
        more = [Diagnostic("R616", f"and {counted(len(faults) - _SHOWN, 'more row')} of {path} like these")]
        raise DataError([*faults[:_SHOWN], *(more if len(faults) > _SHOWN else [])])
    pairs = {
        same: tuple((min(a, b), max(a, b)) for a, b, answer, _ in said if answer is same) for same in (True, False)
    }
    return Labels(pairs[True], pairs[False])


def _named(path: str, table: pa.Table) -> list[str]:
    """Their columns, in the order of COLUMNS."""
    there = {name.strip().lower(): name for name in table.column_names}
    found = [next((there[name] for name in names if name in there), None) for names in COLUMNS]
    lacking = [names[0] for names, name in zip(COLUMNS, found, strict=True) if name is None]
    if lacking:
        hint = "a header a,b,same: two record ids, then yes or no; a file of --pairs with a column `same` does as well"
        raise DataError.because("R616", f"{path} has no column {lacking[0]!r}", hint)
    return [name for name in found if name is not None]


def _places(records: pa.Table) -> dict[str, tuple[int, ...]]:
    places: dict[str, tuple[int, ...]] = {}
    for place, text in enumerate(records["record_id"].to_pylist()):
        places[text] = (*places.get(text, ()), place)
    return places


def _lost(text: str | None, count: int) -> str:
    if not (text or "").strip():
        return "an id is missing"
    return f"{counted(count, 'record')} have the id {text!r}" if count else f"no record has the id {text!r}"


def _fault(path: str, line: int, reason: str, places: dict[str, tuple[int, ...]], *ids: str | None) -> Diagnostic:
    hint = "write yes or no, or leave it empty" if "answer" in reason else "ids as `match --out` writes them"
    for text in ids:
        close = nearest(text, places) if text and text not in places and repr(text) in reason else None
        hint = f"did you mean {close!r}?" if close else hint
    return Diagnostic("R616", reason, hint=hint, span=Span(path, line, 1))


def _contradicted(path: str, said: Sequence[tuple[int, int, bool, int]]) -> list[Diagnostic]:
    """Pairs that are said to be two and are one by other rows."""
    out = []
    for found in contradictions([(str(a), str(b), same) for a, b, same, _ in said]):
        rows = ", ".join(str(said[place][3]) for place in found.same)
        reason = f"these two are said to be two persons, and one person by line {rows}"
        out.append(
            Diagnostic("R616", reason, hint="take one of these lines out", span=Span(path, said[found.apart][3], 1))
        )
    return out
