"""Reads sums and counts as people write them: `1 234,56 ₴`, `(12.50)`, `100,-`, `1.234,00 zł`."""

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.contracts.contract import MONEY

WIDE = pa.decimal128(38, 6)
_TRILLION = 10.0**12

_MARKS = {
    "UAH": "₴ грн гривень гривень uah", "RUB": "₽ р руб рублей rub rur", "KZT": "₸ тг тенге kzt",
    "BYN": "br byn", "PLN": "zł zl pln", "EUR": "€ eur евро євро", "USD": "$ usd", "GBP": "£ gbp",
}  # fmt: skip
_CODES = {word: code for code, words in _MARKS.items() for word in words.split()}

_CELL = (
    r"^(?P<open>\()?(?P<minus>[-−–])?\+?(?P<before>[^\d().,+−–-]*)(?P<second>[-−–])?"
    r"(?P<body>\d[\d.,]*)(?P<after>[^\d()-]*)(?P<last>-)?(?P<close>\))?$"
)
_BODY = r"^(?P<head>[\d.,]*)(?P<mark>[.,])(?P<tail>\d*)$"


_DECIMAL = {mark: rf"\{mark}(\d{{1,2}}|\d{{4,}})\D*$" for mark in ".,"}
"""A separator with other than three digits behind it is decimal, and then so are its like in the same column."""


def marked(texts: pa.Array) -> tuple[pa.Array, list[str | None]]:
    """Sums of distinct cells (decimal, six places, null = unreadable) and the currency written beside each.

    A currency is its code (`RUB` for `руб.`), None without a known mark. Whether `1.234` is a thousand or little more
    than one is settled by the other cells: in a column with `12.50`, and no `12,50`, the point is decimal.
    """
    numbers, marks = _read(texts, thousands=True)
    shown = [mark for mark, sign in _DECIMAL.items() if pc.any(pc.match_substring_regex(texts, sign)).as_py()]
    if len(shown) == 1:
        lone = pc.match_substring_regex(texts, rf"^[^.,]*\{shown[0]}\d{{3}}[^.,\d]*[.]?$")
        numbers = pc.if_else(lone, _read(texts, thousands=False)[0], numbers)
    return numbers, [_CODES.get(mark) for mark in marks]


def currency(word: str) -> str:
    """The code that a currency's sign or word stands for, upper-cased as written when it is none we know."""
    return _CODES.get(word.strip().casefold().strip("."), word.strip().upper())


def amounts(values: pa.Array | pa.ChunkedArray, currency: str) -> tuple[pa.Array, pa.Array]:
    """Booked sums (decimal, two places; null = empty or unreadable), and a mask: marked as another currency."""
    flat = _flat(values)
    if not pa.types.is_string(flat.type):
        return to_money(_typed(flat)), pa.repeat(pa.scalar(False), len(flat))
    distinct = flat.dictionary_encode()
    numbers, marks = _read(distinct.dictionary, thousands=True)
    codes = [_CODES.get(mark, "?") if mark else currency for mark in marks]
    known = pa.array([code == currency for code in codes], pa.bool_())
    other = pa.array([code not in {currency, "?"} for code in codes], pa.bool_())
    return (
        pc.take(to_money(pc.if_else(known, numbers, pa.scalar(None, WIDE))), distinct.indices),
        pc.fill_null(pc.take(other, distinct.indices), False),
    )


def numbers(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Plain numbers (decimal, six places): in `1,000` the comma is decimal, as accounting programs write pieces."""
    flat = _flat(values)
    if not pa.types.is_string(flat.type):
        return _typed(flat)
    distinct = flat.dictionary_encode()
    return pc.take(_read(distinct.dictionary, thousands=False)[0], distinct.indices)


def to_money(values: pa.Array) -> pa.Array:
    """Rounded half away from zero to two places, as shops round; a trillion and more is damage: null."""
    return pc.round(_sane(values), 2, round_mode="half_towards_infinity").cast(MONEY)


def _flat(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _typed(values: pa.Array) -> pa.Array:
    """Numbers of a typed file. Not-a-number, infinite and absurdly large ones become null."""
    if pa.types.is_decimal(values.type) or pa.types.is_null(values.type):
        return values.cast(WIDE)
    real = values.cast(pa.float64())
    return _sane(pc.if_else(pc.is_finite(real), real, pa.scalar(None, pa.float64()))).cast(WIDE)


def _sane(values: pa.Array) -> pa.Array:
    return pc.if_else(pc.less(pc.abs(values.cast(pa.float64())), _TRILLION), values, pa.scalar(None, values.type))


def _read(texts: pa.Array, *, thousands: bool) -> tuple[pa.Array, list[str]]:
    """Numbers of distinct cells, null where unreadable, and the currency mark beside each ('' = none)."""
    bare = pc.replace_substring_regex(texts, r"[\s\x{00a0}\x{2009}\x{202f}'’]+", "")
    parts = pc.extract_regex(bare, _CELL)

    def part(name: str) -> pa.Array:
        return pc.fill_null(pc.struct_field(parts, name), "")

    negative = pc.or_(pc.not_equal(part("minus"), ""), pc.not_equal(part("second"), ""))
    # `100,-` is how Poles and Germans write a round sum; `100-` is a minus of accounting programs.
    behind = pc.and_(pc.equal(part("last"), "-"), pc.invert(pc.match_substring_regex(part("body"), "[.,]$")))
    bracketed = pc.and_(pc.equal(part("open"), "("), pc.equal(part("close"), ")"))
    negative = pc.or_(negative, pc.or_(behind, bracketed))
    digits = _plain(pc.replace_substring_regex(part("body"), "[.,]+$", ""), thousands)
    sane = pc.and_(pc.not_equal(digits, ""), pc.less_equal(pc.utf8_length(digits), 30))
    signed = pc.binary_join_element_wise(pc.if_else(negative, "-", ""), digits, "")
    numbers = pc.if_else(sane, signed, pa.scalar(None, pa.string())).cast(WIDE)
    marks = pc.binary_join_element_wise(part("before"), part("after"), "")
    return _sane(numbers), [mark.casefold().strip(".,") for mark in marks.to_pylist()]


def _plain(body: pa.Array, thousands: bool) -> pa.Array:
    """`1.234,56` as `1234.56`. The last separator is decimal unless it repeats or, in sums, cuts off exactly three."""
    cut = pc.extract_regex(body, _BODY)
    head, mark, tail = (pc.fill_null(pc.struct_field(cut, name), "") for name in ("head", "mark", "tail"))
    comma, dot = pc.match_substring(head, ","), pc.match_substring(head, ".")
    repeats = pc.if_else(pc.equal(mark, ","), comma, dot)
    grouped = repeats
    if thousands:
        lone = pc.invert(pc.or_(comma, dot))
        three = pc.and_(pc.equal(pc.utf8_length(tail), 3), pc.not_equal(head, "0"))
        grouped = pc.or_(repeats, pc.and_(lone, three))
    tidy = pc.match_substring_regex(head, r"^(\d*|\d{1,3}(,\d{3})+|\d{1,3}(\.\d{3})+)$")
    tidy = pc.and_(tidy, pc.or_(pc.invert(repeats), pc.equal(pc.utf8_length(tail), 3)))
    whole = pc.replace_substring_regex(head, "[.,]", "")
    point = pc.if_else(grouped, "", ".")
    short = pc.if_else(grouped, tail, pc.utf8_slice_codeunits(tail, 0, 6))
    joined = pc.if_else(tidy, pc.binary_join_element_wise(whole, point, short, ""), "")
    return pc.if_else(cut.is_valid(), joined, body)
