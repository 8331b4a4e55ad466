"""Results of a test in a plain file: one row per assigned person, CSV or Parquet, columns as floats and arms."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen
from numpy.typing import NDArray

from reactivate import plainfiles
from reactivate.errors import DataError, EnvironmentFault
from reactivate.normalise.numbers import marked
from reactivate.text import nearest, one_line, one_of

Floats = NDArray[np.float64]
_WANTED = "CSV with a header, or Parquet"
_NUMERIC = (
    pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_null
)  # fmt: skip
_YES = ("true", "t", "yes", "y", "да", "д", "так")
_NO = ("false", "f", "no", "n", "нет", "ні", "н")
_YES_NO = dict.fromkeys(_YES, 1.0) | dict.fromkeys(_NO, 0.0)
_EMPTY = ("", "na", "n/a", "nan", "null", "none", "\\n", "#n/a", "<na>")
"""What R, pandas and databases write into a cell that holds nothing."""
_MOST = 1e100
"""A larger number is damage: its square is endless."""
_HINT = "outcomes are 0 and 1, yes and no, or numbers; leave a cell empty where nothing is known"


@frozen(eq=False)
class Results:
    """`arm`: index into `names` per person; `control`: index of the control; `columns`: floats, NaN = empty cell.

    `unassigned`: rows without an arm, left out of everything.
    """

    arm: NDArray[np.int64]
    names: list[str]
    control: int
    columns: dict[str, Floats]
    unassigned: int


def read_results(path: str, *, arm: str, control: str, numbers: Sequence[str]) -> Results:
    """The column `arm` and the columns `numbers` of a file.

    EnvironmentFault R903 cannot be read. DataError R664 no such column, R665 no such control or no other arm, R666 a
    cell that is no number, R667 not a table.
    """
    table = _table(path, list(dict.fromkeys((arm, *numbers))))
    labels = pc.utf8_trim_whitespace(_labels(table[arm], arm, path))
    assigned = pc.fill_null(pc.not_equal(labels, ""), False)
    table, coded = table.filter(assigned), labels.filter(assigned).combine_chunks().dictionary_encode()
    found = coded.dictionary.to_pylist()
    names = sorted(found)
    control = _meant(control, names)
    if control not in names:
        hint = f"arms: {one_of(names)}" if names else "the column is empty"
        raise DataError.because("R665", f"{path}: nobody has {arm} = {control!r}, the control", hint)
    if len(names) < 2:
        raise DataError.because("R665", f"{path}: everybody has {arm} = {control!r}, there is no arm to compare")
    place = np.array([names.index(name) for name in found], dtype=np.int64)
    return Results(
        place[coded.indices.to_numpy(zero_copy_only=False)],
        names,
        names.index(control),
        {name: _floats(table[name], name, path) for name in numbers},
        len(labels) - len(coded),
    )


def _labels(column: pa.ChunkedArray, name: str, path: str) -> pa.ChunkedArray:
    try:
        return column.cast(pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        raise DataError.because(
            "R667", f"{path}: column {name!r} holds {column.type}, not names of arms", _WANTED
        ) from None


def _meant(control: str, names: list[str]) -> str:
    """The arm that was meant: `True` for `true` and `Holdout` for `holdout`, when no other differs only in case."""
    alike = [name for name in names if name.casefold() == control.strip().casefold()]
    return alike[0] if control not in names and len(alike) == 1 else control


def _table(path: str, wanted: list[str]) -> pa.Table:
    """The `wanted` columns of a file; the others are not even decoded."""
    file = Path(path)
    try:
        with file.open("rb") as opened:
            head = opened.read(4)
    except OSError as fault:
        problem = (fault.strerror or str(fault)).lower()
        raise EnvironmentFault.because("R903", f"cannot read {path}: {problem}") from None
    try:
        return _parquet(file, wanted) if head == b"PAR1" else _csv(file, wanted)
    except (pa.ArrowInvalid, pa.ArrowKeyError) as fault:
        reason = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
        raise DataError.because("R667", f"{path} is no table: {reason}", _WANTED) from None
    except DataError as fault:
        if fault.diagnostics[0].code == "R664":
            raise
        raise DataError.because("R667", f"{path} is no table: {fault.diagnostics[0].message}", _WANTED) from None


def _refuse_others(file: Path, there: list[str], wanted: list[str]) -> None:
    """DataError R664 for a wanted column that is not there, or there twice."""
    for name in wanted:
        if name not in there:
            close = nearest(name, there)
            hint = f"did you mean {close!r}?" if close else f"columns: {one_of(there)}"
            raise DataError.because("R664", f"{file} has no column {name!r}", hint)
        if there.count(name) > 1:
            said = f"{file} has {there.count(name)} columns {name!r}"
            raise DataError.because("R664", said, "rename all but one: nobody knows which is meant")


def _parquet(file: Path, wanted: list[str]) -> pa.Table:
    import pyarrow.parquet as pq

    _refuse_others(file, pq.read_schema(file).names, wanted)
    table = pq.read_table(file, columns=wanted)
    # Arrow filters no views yet.
    plain = [column.cast(pa.string()) if pa.types.is_string_view(column.type) else column for column in table.columns]
    return pa.table(plain, names=table.column_names)


def _csv(file: Path, wanted: list[str]) -> pa.Table:
    """Every cell as text; a row left out would be a person left out, so none may be."""
    csv = plainfiles.open_csv(file)
    _refuse_others(file, list(csv.header), wanted)
    table, asides = plainfiles.whole(csv, [csv.header.index(name) for name in wanted])
    if asides:
        raise pa.ArrowInvalid(f"line {asides[0].line} {asides[0].reason}")
    return table


def _floats(column: pa.ChunkedArray, name: str, path: str) -> Floats:
    """Numbers, yes and no, decimal commas; an empty cell is NaN. Numbers keep their value, nothing is trimmed."""
    if _is_text(column.type):
        return _read(column.cast(pa.string()).combine_chunks(), name, path)
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not any(test(kind) for test in _NUMERIC):
        raise DataError.because("R666", f"{path}: column {name!r} holds {kind}, not numbers", _HINT)
    values: Floats = np.asarray(pc.fill_null(column.cast(kind).cast(pa.float64()), np.nan))
    endless = np.flatnonzero(np.abs(values) > _MOST)
    if len(endless):
        said = f"{path}: column {name!r}, person {endless[0] + 1}: {values[endless[0]]:g} is no number to reckon with"
        raise DataError.because("R666", said, _HINT)
    return values


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return any(test(kind) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view))


def _read(texts: pa.Array, name: str, path: str) -> Floats:
    coded = pc.utf8_trim_whitespace(texts).dictionary_encode()
    words = coded.dictionary.to_pylist()
    read = [_number(word) for word in words]
    if None in read:
        read = _sums(words, read, f"{path}: column {name!r}")
    wrong = [index for index, value in enumerate(read) if value is None]
    if wrong:
        row = pc.index(coded.indices, wrong[0]).as_py()
        said = f"{path}: column {name!r}, person {row + 1}: {one_line(words[wrong[0]], 80)!r} is no number"
        raise DataError.because("R666", said, _HINT)
    lookup = np.array([*read, np.nan], dtype=np.float64)
    numbers: Floats = lookup[pc.fill_null(coded.indices, len(read)).to_numpy(zero_copy_only=False)]
    return numbers


def _number(text: str) -> float | None:
    word = text.casefold()
    if word in _EMPTY:
        return float("nan")
    if word in _YES_NO:
        return _YES_NO[word]
    try:
        value = float(text.replace("\u00a0", "").replace(" ", ""))
    except ValueError:
        return None
    return value if abs(value) <= _MOST else None


def _sums(words: list[str], plain: list[float | None], where: str) -> list[float | None]:
    """Numbers as people write them: decimal commas, thousands, one currency; `1,234` as the other cells show."""
    numbers, marks = marked(pa.array(words, pa.string()))
    currencies = sorted({mark for mark in marks if mark})
    if len(currencies) > 1:
        said = f"{where} holds sums in several currencies: {', '.join(currencies)}"
        raise DataError.because("R666", said, "turn them into one before they are compared")
    sums = numbers.cast(pa.float64()).to_pylist()
    return [value if number is None else number for number, value in zip(sums, plain, strict=True)]
