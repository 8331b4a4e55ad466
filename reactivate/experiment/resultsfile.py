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
from reactivate.text import nearest, one_of

Floats = NDArray[np.float64]
_WANTED = "CSV with a header, or Parquet"
_NUMERIC = (pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
_YES_NO = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0, "да": 1.0, "нет": 0.0, "так": 1.0, "ні": 0.0}


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
    labels = pc.utf8_trim_whitespace(table[arm].cast(pa.string()))
    assigned = pc.fill_null(pc.not_equal(labels, ""), False)
    table, coded = table.filter(assigned), labels.filter(assigned).combine_chunks().dictionary_encode()
    found = coded.dictionary.to_pylist()
    names = sorted(found)
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
    return pq.read_table(file, columns=wanted)


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
    kind = column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind)):
        if not any(test(kind) for test in _NUMERIC):
            raise DataError.because("R666", f"{path}: column {name!r} holds {kind}, not numbers")
        values: Floats = np.asarray(pc.fill_null(column.cast(pa.float64()), np.nan))
        endless = np.flatnonzero(np.isinf(values))
        if len(endless):
            raise DataError.because("R666", f"{path}: column {name!r}, person {endless[0] + 1}: an infinite number")
        return values
    coded = pc.utf8_trim_whitespace(column.cast(pa.string())).combine_chunks().dictionary_encode()
    read = [_number(text) for text in coded.dictionary.to_pylist()]
    wrong = [index for index, value in enumerate(read) if value is None]
    if wrong:
        row = pc.index(coded.indices, wrong[0]).as_py()
        text = coded.dictionary[wrong[0]].as_py()
        raise DataError.because("R666", f"{path}: column {name!r}, person {row + 1}: {text!r} is no number")
    lookup = np.array([*read, np.nan], dtype=np.float64)
    numbers: Floats = lookup[pc.fill_null(coded.indices, len(read)).to_numpy(zero_copy_only=False)]
    return numbers


def _number(text: str) -> float | None:
    if not text:
        return float("nan")
    if text.casefold() in _YES_NO:
        return _YES_NO[text.casefold()]
    try:
        value = float(text.replace("\u00a0", "").replace(" ", "").replace(",", "."))
    except ValueError:
        return None
    return value if np.isfinite(value) else None
