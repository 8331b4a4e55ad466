"""The fields of first name, family name and patronymic as one dictionary of distinct texts."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.normalise.cells import Flags
from reactivate.normalise.columns import Codes, encode, text_column
from reactivate.normalise.full_names import told
from reactivate.normalise.letters import plain_letters


@frozen(eq=False)
class Fields:
    """`texts[codes]` of the fields, -1 = empty.

    `plain`: texts that are one word of plain letters and say nothing but a name. `lone`: texts of several words in the
    only field of a record, to be read as full names; they are in neither `first` nor `last`.
    """

    texts: pa.Array
    plain: Flags
    first_field: Codes
    last_field: Codes
    patronymic: Codes
    lone: Codes

    @property
    def plain_texts(self) -> pa.Array:
        return self.texts.filter(pa.array(self.plain))

    @property
    def odd_texts(self) -> pa.Array:
        return self.texts.filter(pa.array(~self.plain))

    @property
    def first(self) -> Codes:
        return np.where(self.lone >= 0, np.int32(-1), self.first_field)

    @property
    def last(self) -> Codes:
        return np.where(self.lone >= 0, np.int32(-1), self.last_field)


def fields_of(records: pa.Table) -> Fields:
    """Encode the three fields of a records table together."""
    columns = [encode(text_column(records, name)) for name in ("first_name", "last_name", "patronymic")]
    together = encode(pa.concat_arrays([column.values for column in columns]))
    ends = np.cumsum([len(column.values) for column in columns])
    codes = [
        _by_row(own, column.codes) for own, column in zip(np.split(together.codes, ends[:-1]), columns, strict=True)
    ]
    first, last, patronymic = codes
    several = np.append(np.asarray(pc.match_substring(together.values, " "), dtype=bool), False)
    lone = ((first < 0) != (last < 0)) & (several[first] | several[last])
    texts = together.values
    return Fields(texts, _plain(texts), first, last, patronymic, np.where(lone, np.maximum(first, last), np.int32(-1)))


def _by_row(values: npt.NDArray[np.int32], codes: Codes) -> Codes:
    return np.append(values, np.int32(-1))[codes]


def _plain(texts: pa.Array) -> Flags:
    """One letter is a placeholder as a whole name, an initial as a part: it is looked at closely."""
    word = pc.and_(plain_letters(texts), pc.is_valid(told(texts)))
    return np.asarray(pc.and_(word, pc.greater(pc.utf8_length(texts), 1)), dtype=bool)
