"""Rules ready to run: one text compiled once, applied to tables of any size and chunking."""

from collections.abc import Iterator, Sequence
from functools import reduce
from math import ceil
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
from attrs import field, frozen

from reactivate.diagnostics import Span
from reactivate.errors import SpecError
from reactivate.rules import typed
from reactivate.rules.arrow import Edges, evaluate
from reactivate.rules.blame import blamed
from reactivate.rules.check import read
from reactivate.rules.types import Kind, Vocabulary

_ROWS = 65_536
"""Rows at a time: intermediate columns of this length stay in the processor's cache."""

Data: TypeAlias = pa.Table | pa.RecordBatch


@frozen
class CompiledRule:
    """A rule that can be asked. `names` are the columns it reads; `windows` the (name, days) among them."""

    text: str
    kind: Kind
    names: frozenset[str]
    windows: frozenset[tuple[str, float]]
    uses_top: bool
    root: typed.Value = field(repr=False)

    def mask(self, table: Data, *, base: Data | None = None) -> pa.BooleanArray:
        """True, false or null (undecided) for each row. `base`: everyone, for `in top 60%`; by default the table.

        Raises DataError (R601, R602) when the table lacks a column or holds another kind in it.
        """
        return _run(self.root, table, table if base is None else base)

    def true(self, table: Data, *, base: Data | None = None) -> pa.BooleanArray:
        """Where the rule is true; undecided counts as false."""
        return self.mask(table, base=base).fill_null(False)

    def value(self, table: Data, *, base: Data | None = None) -> pa.Array:
        """What the rule comes to, in the column encoding of its kind; whole counts and days may be int64."""
        return _outward(_run(self.root, table, table if base is None else base), self.kind)

    def undecided(self, table: Data, *, base: Data | None = None) -> dict[str, int]:
        """Column -> rows that are undecided because it is missing there; most first. A row may count for several."""
        everyone = table if base is None else base
        return blamed(self.root, lambda node: _run(node, table, everyone), table.num_rows)


def compile_rule(
    text: str, vocabulary: Vocabulary, *, currency: str, span: Span | None = None, want: Kind | None = Kind.YESNO
) -> CompiledRule:
    """Read, check and compile one rule. Raises SpecError with every fault in it."""
    rule, found = read(text, vocabulary, currency=currency, span=span, want=want)
    if rule is None:
        raise SpecError([item for item in found if item.is_error])
    return compile_typed(rule)


def compile_typed(rule: typed.Typed) -> CompiledRule:
    """A checked rule, ready to run."""
    return CompiledRule(rule.ast.text, rule.kind, rule.columns, rule.windows, rule.uses_top, rule.root)


def all_of(rules: Sequence[CompiledRule]) -> CompiledRule:
    """One rule that asks all of them, as a list in a spec does; of no rules, true for everybody."""
    if len(rules) == 1:
        return rules[0]
    if not rules:
        zero = typed.Const(Kind.COUNT, 0, said="0")
        return CompiledRule("0 = 0", Kind.YESNO, frozenset(), frozenset(), False, typed.Compare("=", zero, zero))
    text = " and ".join(f"({rule.text})" for rule in rules)
    return CompiledRule(
        text,
        Kind.YESNO,
        reduce(frozenset.union, (rule.names for rule in rules)),
        reduce(frozenset.union, (rule.windows for rule in rules)),
        any(rule.uses_top for rule in rules),
        typed.All(tuple(rule.root for rule in rules), said=text),
    )


def _run(node: typed.Value, table: Data, base: Data) -> pa.Array:
    """`node` for every row of `table`, in the inner shape of its kind."""
    columns = typed.columns_in(node)
    edges = _edges(node, base)
    if not columns:
        return pa.repeat(evaluate(node, pa.RecordBatch.from_arrays([], []), edges), table.num_rows)
    found = [evaluate(node, batch, edges) for batch in _batches(table, columns)]
    found = [one.dictionary_decode() if pa.types.is_dictionary(one.type) else one for one in found]
    return found[0] if len(found) == 1 else pa.concat_arrays(found)


def _edges(node: typed.Value, base: Data) -> Edges:
    """The smallest value that is still in the top, for every `in top` below `node`."""
    return {top: _edge(top, base) for top in typed.walk(node) if isinstance(top, typed.Top)}


def _edge(top: typed.Top, base: Data) -> pa.Scalar:
    values = _run(top.left, base, base).drop_null()
    if not len(values):
        return pa.scalar(None, values.type)
    outside = len(values) - ceil(top.share * len(values))
    return values[pc.partition_nth_indices(values, pivot=outside)[outside].as_py()]


def _batches(table: Data, columns: frozenset[str]) -> Iterator[pa.RecordBatch]:
    """The table in pieces that fit a cache; of an empty table one empty piece, so that columns are still checked."""
    names = sorted(name for name in columns if table.schema.get_field_index(name) >= 0)
    if isinstance(table, pa.RecordBatch):
        table = pa.Table.from_batches([table])
    table = table.select(names)
    if max((table[name].num_chunks for name in names), default=0) > 2 + table.num_rows // 4096:
        table = table.combine_chunks()  # a table in crumbs would cost a call for every crumb
    pieces = [batch for batch in table.to_batches(max_chunksize=_ROWS) if batch.num_rows]
    yield from pieces or [pa.RecordBatch.from_arrays([pa.nulls(0, f.type) for f in table.schema], schema=table.schema)]


def _outward(values: pa.Array, kind: Kind) -> pa.Array:
    if kind is Kind.MONEY:
        return values.cast(pa.decimal128(19, 0)).view(pa.decimal128(18, 2))
    if kind is Kind.DATE:
        return values.cast(pa.int32()).cast(pa.date32())
    return values.cast(pa.string()) if kind is Kind.TEXT else values
