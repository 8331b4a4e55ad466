"""Review as a file: written for spreadsheets, read back however a spreadsheet has left it."""

import csv
import io
from collections.abc import Iterable, Iterator

from reactivate.diagnostics import Diagnostic, Span
from reactivate.errors import DataError
from reactivate.ledger.decisions import Key
from reactivate.plainfiles import Aside
from reactivate.plainfiles.rows import each_row
from reactivate.stages.base import Base
from reactivate.stages.review import Card, Question, pair_id
from reactivate.stages.review_decide import WORDS, Said, meant
from reactivate.text import nearest

_FIELDS = ("name", "phone", "email", "address", "birth_date", "city", "comment", "records", "orders", "last_order_on")
COLUMNS = ["pair", "decision", "note", "chance", "worth", "left", "right", "why",
           *(f"{side}_{name}" for name in _FIELDS for side in ("left", "right"))]  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(questions: Iterable[Question]) -> str:
    """The questions as a file with a byte-order mark and semicolons, which Excel opens in any of our countries."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in questions:
        sides = (_cells(one.left), _cells(one.right))
        told = [one.pair, "", "", f"{100 * one.chance:.0f}%", f"{one.worth:.1f}", one.left.word, one.right.word,
                one.reason or "", *(side[name] for name in _FIELDS for side in sides)]  # fmt: skip
        writer.writerow([_harmless(cell) for cell in told])
    return out.getvalue()


def _cells(card: Card) -> dict[str, str]:
    last = card.last_order_on.isoformat() if card.last_order_on else ""
    return {**dict.fromkeys(_FIELDS, ""), **{name: card.values[name] for name in _FIELDS if name in card.values},
            "name": card.name or "", "records": str(card.records), "orders": str(card.orders),
            "last_order_on": last}  # fmt: skip


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: `+380…` would become a number, `=cmd|…` a command."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def read_csv(path: str, base: Base) -> tuple[list[Said], list[Diagnostic]]:
    """(what the reviewer says, what is wrong with rows). DataError R680 when the file is no review file at all."""
    rows = list(_rows(path))
    known = _known(base)
    pairs = {pair_id(*keys): keys for keys in _linked(base)}
    wishes: dict[tuple[Key, Key], Said] = {}
    faults: list[Diagnostic] = []
    for line, row in rows:
        span = Span(path, line, 1)
        word = meant(row.get("decision"))
        if word is None:
            close = nearest(row["decision"].strip(), ("same", "different", "forget", "later"))
            hint = f"did you mean {close!r}?" if close else f"write {WORDS}"
            faults.append(Diagnostic("R682", f"row {line}: {row['decision']!r} is no decision", "error", span, hint))
            continue
        if word == "later":
            continue
        keys = _pair(row, pairs, known)
        if keys is None:
            told = row.get("pair") or f"{row.get('left', '')} {row.get('right', '')}".strip() or "nothing"
            hint = "keep the columns `pair`, `left` and `right` as they were exported, or export anew"
            faults.append(Diagnostic("R681", f"row {line}: no pair is known as {told!r}", "error", span, hint))
            continue
        said = Said(*keys, None if word == "forget" else word == "same", row.get("note") or None, span)
        _one_word(said, wishes, faults)
    return list(wishes.values()), faults


def _one_word(said: Said, wishes: dict[tuple[Key, Key], Said], faults: list[Diagnostic]) -> None:
    """A pair that stands in the file twice counts once, and not at all when it says two things."""
    name = (said.decision.left, said.decision.right)
    other = wishes.setdefault(name, said)
    if other.same == said.same:
        return
    assert other.span is not None
    assert said.span is not None
    del wishes[name]
    told = f"rows {other.span.line} and {said.span.line} say two things about one pair"
    faults.append(Diagnostic("R684", told, "error", said.span, "keep one of them; neither was taken"))


def _pair(row: dict[str, str], pairs: dict[str, tuple[Key, Key]], known: dict[str, Key]) -> tuple[Key, Key] | None:
    """The pair by its name, else by its two records: a sync since the export may have changed the list."""
    found = pairs.get(row.get("pair", "").strip().strip("'").lower())
    if found is not None:
        return found
    left, right = (known.get(row.get(side, "").strip().removeprefix("'")) for side in ("left", "right"))
    return (left, right) if left is not None and right is not None and left != right else None


def _known(base: Base) -> dict[str, Key]:
    members = base.table("members")
    keys = zip(members["source"].to_pylist(), members["record_id"].to_pylist(), strict=True)
    return {f"{source}:{record}": (source, record) for source, record in keys}


def _linked(base: Base) -> Iterator[tuple[Key, Key]]:
    names = ["left_source", "left_record_id", "right_source", "right_record_id"]
    columns = (base.table("links")[name].to_pylist() for name in names)
    for a, b, c, d in zip(*columns, strict=True):
        yield (a, b), (c, d)


def _rows(path: str) -> Iterator[tuple[int, dict[str, str]]]:
    """(row as a spreadsheet counts, cells by lower-case column name), empty rows left out; what lacks is empty."""
    try:
        header, rows = each_row(path)
    except OSError as fault:
        raise DataError.because("R680", f"cannot read {path}: {(fault.strerror or str(fault)).lower()}") from None
    except DataError as fault:
        raise DataError.because("R680", fault.diagnostics[0].message, fault.diagnostics[0].hint) from None
    names = {name: name.strip("'").lower() for name in header}
    there = set(names.values())
    if "decision" not in there or not ("pair" in there or {"left", "right"} <= there):
        hint = "give a file that `reactivate review SPEC --export` wrote; keep its first row"
        raise DataError.because("R680", f"{path} has no columns `pair` and `decision`", hint)
    for item in rows:
        if not isinstance(item, Aside):  # a decision counts however odd the rest of its row
            yield item[0], {names[name]: cell for name, cell in item[1].items()}
