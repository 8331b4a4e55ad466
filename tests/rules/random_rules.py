"""Random typed rules and random tables for the two roads to meet."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pyarrow as pa
from hypothesis import strategies as st

COLUMNS = {
    "orders": (pa.int32(), st.integers(-3, 9)),
    "orders(90d)": (pa.int64(), st.integers(-(2**60), 2**60) | st.integers(0, 3)),
    "r": (pa.float64(), st.floats(allow_nan=True, width=64) | st.integers(0, 5).map(float)),
    "revenue": (
        pa.decimal128(18, 2),
        st.decimals(-(10**16) + 1, 10**16 - 1, places=2) | st.integers(-5, 500).map(Decimal),
    ),
    "avg_order": (pa.decimal128(18, 2), st.integers(-500, 500).map(lambda cents: Decimal(cents) / 100)),
    "chance_alive": (pa.float64(), st.floats(0, 1) | st.just(float("nan"))),
    "smallest_lift": (pa.float64(), st.sampled_from([0.01, 0.03, 0.1, float("inf")])),
    "since_last_order": (pa.int32(), st.integers(0, 400)),
    "rhythm": (pa.float64(), st.floats(0, 400) | st.sampled_from([0.0, 2.0, 1.5])),
    "last_order_on": (pa.date32(), st.dates()),
    "first_order_on": (pa.date32(), st.dates(date(2024, 1, 1), date(2026, 12, 31))),
    "rfm": (pa.string(), st.sampled_from(["lost", "Lost", "new", "champions"])),
    "city": (pa.string(), st.sampled_from(["Омск", "омск", "ОМСК", "Киї́в", "łódź", "", "not"])),
    "tags": (pa.list_(pa.string()), st.lists(st.sampled_from(["a", "А", "а", "x y", None]), max_size=3)),
    "can_sms": (pa.bool_(), st.booleans()),
    "can_email": (pa.bool_(), st.booleans()),
}

_rows = st.fixed_dictionaries({name: st.none() | values for name, (_, values) in COLUMNS.items()})
rows = st.lists(_rows, max_size=12)


def table(of: list[dict], cuts: list[int]) -> pa.Table:
    """The rows as a table, cut into chunks at `cuts`."""
    schema = pa.schema([(name, type_) for name, (type_, _) in COLUMNS.items()])
    edges = [0, *sorted(cut % (len(of) + 1) for cut in cuts), len(of)]
    batches = [pa.RecordBatch.from_pylist(of[low:high], schema=schema) for low, high in pairwise(edges)]
    return pa.Table.from_batches(batches, schema=schema)


def _either(*options):
    return st.one_of(*options)


def _joined(left, signs, right):
    return st.tuples(left, st.sampled_from(signs), right).map(lambda part: f"({part[0]} {part[1]} {part[2]})")


count = st.deferred(lambda: _either(
    st.sampled_from(["orders", "orders(90d)", "r", "0", "1", "2.5", "-3", "9223372036854775807"]),
    _joined(count, "+-*/", count), _joined(money, "/", money), _joined(duration, "/", duration), _joined(count, "*", share),
))  # fmt: skip
share = st.deferred(lambda: _either(
    st.sampled_from(["chance_alive", "15%", "100%", "0.5%"]), _joined(share, "+", share), _joined(share, "*", share),
    _joined(share, "+-", points),
))  # fmt: skip
points = st.deferred(lambda: _either(
    st.sampled_from(["smallest_lift", "3pp"]), _joined(share, "-", share), _joined(points, "/", count),
))  # fmt: skip
money = st.deferred(lambda: _either(
    st.sampled_from(["revenue", "avg_order", "500 RUB", "-0.01 RUB", "9999999999999999.99 RUB"]),
    _joined(money, "+-", money), _joined(money, "*", share), _joined(money, "*/", count),
))  # fmt: skip
duration = st.deferred(lambda: _either(
    st.sampled_from(["since_last_order", "rhythm", "180d", "36h", "30min", "0d"]),
    _joined(duration, "+-", duration), _joined(duration, "*/", count), _joined(day, "-", day),
))  # fmt: skip
day = st.deferred(lambda: _either(
    st.sampled_from(["last_order_on", "first_order_on", "2026-02-28", "0001-01-01"]),
    _joined(day, "+-", duration),
))  # fmt: skip
_measures = (count, share, points, money, duration, day)
_signs = ["=", "!=", "<", "<=", ">", ">="]
_words = st.sampled_from(["омск", "'Омск'", "'x y'", "łódź", "'Киї́в'", "а", "a", "'not'", "007"])
_claims = _either(
    *(_joined(one, _signs, one) for one in _measures),
    *(st.tuples(one, st.sampled_from(["is missing", "is not missing"])).map(" ".join) for one in _measures),
    *(st.tuples(one, st.sampled_from(["10%", "60%", "100%"])).map(" in top ".join) for one in _measures),
    st.tuples(st.sampled_from(["city = ", "city != ", "tags has "]), _words).map("".join),
    st.tuples(st.sampled_from(["in", "not in"]), st.lists(_words, min_size=1, max_size=3)).map(
        lambda part: f"city {part[0]} ({', '.join(part[1])})"
    ),
    st.sampled_from(["rfm = LOST", "rfm != new", "rfm in (champions, lost)", "orders in (1, 2)", "orders not in (0)"]),
    st.sampled_from(["can_sms", "can_email", "can_sms = can_email", "can_sms is missing", "tags is missing"]),
)
_simple = _either(
    _joined(st.sampled_from(["orders", "r"]), _signs, st.sampled_from(["0", "1", "2"])),
    _joined(st.sampled_from(["0", "1", "2"]), _signs, st.sampled_from(["orders"])),
    _joined(st.sampled_from(["rhythm"]), _signs, st.sampled_from(["0d", "36h", "2d"])),
    st.sampled_from(["can_sms", "can_email", "city = омск", "city != Омск", "city in (Омск, łódź)", "city not in (łódź)",
                     "rfm = lost", "rfm != lost", "rfm in (lost, new)", "tags has a", "tags has а", "rhythm is missing",
                     "orders is not missing", "orders > r", "rhythm * 2 > 3d", "can_sms is missing"]),
)  # fmt: skip
"""Few names and constants, so that rules contradict and cover each other often."""
simple_rules = st.recursive(
    _simple,
    lambda inner: _either(
        inner.map(lambda rule: f"not ({rule})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: " and ".join(f"({part})" for part in parts)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: " or ".join(f"({part})" for part in parts)),
    ),
    max_leaves=4,
)
small_rows = st.lists(
    st.fixed_dictionaries({
        "orders": st.none() | st.integers(0, 3),
        "r": st.none() | st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0]),
        "rhythm": st.none() | st.sampled_from([0.0, 1.0, 1.5, 2.0, 5.0]),
        "city": st.none() | st.sampled_from(["Омск", "łódź", "x"]),
        "rfm": st.none() | st.sampled_from(["lost", "new", "champions"]),
        "tags": st.none() | st.lists(st.sampled_from(["a", "а"]), max_size=2),
        "can_sms": st.none() | st.booleans(),
        "can_email": st.none() | st.booleans(),
    }),
    min_size=30, max_size=60,
)  # fmt: skip

rules = st.recursive(
    _claims,
    lambda inner: _either(
        inner.map(lambda rule: f"not ({rule})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: " and ".join(f"({part})" for part in parts)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: " or ".join(f"({part})" for part in parts)),
    ),
    max_leaves=5,
)
