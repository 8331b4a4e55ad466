"""Who meets the audience rules, how many could not be decided and because of which column."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.stages.tables import whole


class Rule(Protocol):
    """A compiled rule (see `reactivate.rules`)."""

    @property
    def windows(self) -> frozenset[tuple[str, float]]: ...
    def mask(self, table: pa.Table, *, base: pa.Table | None = None) -> pa.Array: ...
    def undecided(self, table: pa.Table) -> dict[str, int]: ...


@frozen
class Audience:
    """`people`: ids that meet every rule, in profile order. `undecided`: column -> people it left open."""

    people: pa.Array
    undecided: Mapping[str, int]


def audience(profiles: pa.Table, rules: Sequence[Rule]) -> Audience:
    """All rules must be true. A person that one rule refuses is decided, whatever is missing elsewhere."""
    met = everything(profiles.num_rows)
    for rule in rules:
        met = pc.and_kleene(met, rule.mask(profiles, base=profiles))
    open_ = profiles.filter(pc.is_null(met))
    undecided: dict[str, int] = {}
    for rule in rules:
        for column, people in rule.undecided(open_).items():
            undecided[column] = undecided.get(column, 0) + people
    chosen = profiles.filter(pc.fill_null(met, False))
    return Audience(whole(chosen["person_id"]), dict(sorted(undecided.items(), key=lambda item: -item[1])))


def segments(profiles: pa.Table, rules: Mapping[str, Rule]) -> pa.Array:
    """The first segment from the top whose rule is true; everybody else is `rest`. Empty without segments."""
    if not rules:
        return pa.repeat(pa.scalar(""), profiles.num_rows)
    masks = [pc.fill_null(rule.mask(profiles, base=profiles), False) for rule in rules.values()]
    cases = pc.make_struct(*(whole(mask) for mask in masks))
    return whole(pc.case_when(cases, *(pa.scalar(name) for name in rules), pa.scalar("rest")))


def everything(rows: int) -> pa.Array:
    """True for every row."""
    return pa.repeat(pa.scalar(True), rows)
