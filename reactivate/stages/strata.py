"""The groups of which a stratified holdout takes its exact share (`holdout_by`)."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.stages.opened import Opened
from reactivate.stages.tables import counts

UNKNOWN = "not known"
_ENOUGH = 1.0
"""Of a stratum that should leave at least so many households alone, some are left alone for certain."""


def strata_of(opened: Opened, people: pa.Table) -> pa.Table | None:
    """`person_id, stratum` of `people` (profiles with `segment`); None where the campaign does not stratify.

    A stratum is written as the words of `holdout_by` in their order, `regular / lapsed`; what is missing is a word too.
    """
    names = opened.campaign.holdout_by
    if not names:
        return None
    known = {**opened.rules.scopes.offers}
    words = [pc.fill_null(_word(people[known[name].source]), UNKNOWN) for name in names]
    return pa.table({"person_id": people["person_id"], "stratum": pc.binary_join_element_wise(*words, " / ")})


def _word(values: pa.ChunkedArray) -> Any:
    if pa.types.is_boolean(values.type):
        return pc.if_else(values, "yes", "no")
    return values.cast(pa.string())


def told(entrants: pa.Table) -> list[dict[str, Any]]:
    """People and households per stratum and how many are left alone, largest first; empty without strata."""
    if "stratum" not in entrants.column_names:
        return []
    held = entrants.filter(pc.equal(entrants["arm"], "holdout"))
    out, homes, homes_out = counts(held["stratum"]), _homes(entrants), _homes(held)
    return [
        {
            "stratum": name,
            "people": people,
            "holdout": out.get(name, 0),
            "households": homes[name],
            "households_held": homes_out.get(name, 0),
        }
        for name, people in counts(entrants["stratum"]).items()
    ]


def _homes(entrants: pa.Table) -> dict[str, int]:
    return counts(entrants.group_by(["household", "stratum"]).aggregate([])["stratum"])


def remark(rows: list[dict[str, Any]], share: float) -> list[str]:
    """A word about strata too small to leave one household alone for certain: their holdout is a lot among them."""
    small = [row["stratum"] for row in rows if row["households"] * share < _ENOUGH]
    if not small:
        return []
    listed = ", ".join(f"{name!r}" for name in small[:3]) + (" …" if len(small) > 3 else "")
    return [
        f"{len(small)} of {len(rows)} strata have fewer than {round(_ENOUGH / share)} households, so a holdout of "
        f"{share:.0%} leaves one alone in some of them only ({listed}): fewer names under `holdout_by` would do"
    ]
