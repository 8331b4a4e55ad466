"""The study of RFM: how large each group is, what earns each score, and who moved since an earlier day."""

from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.analytics.movement import MOVED_BY, movement, moves
from reactivate.analytics.rfmtables import cells, cuts, groups
from reactivate.analytics.studies.shop import Shop, Study, in_files


def study_rfm(shop: Shop, *, since: date) -> Study:
    """`study-rfm/1`. `people`: scores, word, the word on `since` and what moved the person; `table`: the movement.

    Orders after `since` up to the shop's day count as what moved people.
    """
    now, then = shop.profiles(shop.as_of), shop.profiles(since)
    scored, before = shop.rfm(now, shop.until(shop.as_of), shop.as_of), shop.rfm(then, shop.until(since), since)
    span: dict[str, Any] = {"start": _next(since), "end": shop.as_of}
    each = moves(before, scored, "rfm", shop.orders, **span)
    moved = movement(before, scored, "rfm", shop.orders, **span)
    result = {
        "format": "study-rfm/1",
        **shop.head(),
        "since": since.isoformat(),
        "currency": shop.currency,
        "with_orders": len(scored["rfm"].drop_null()),
        "groups": groups(now, scored).to_pylist(),
        "cuts": cuts(now, scored).to_pylist(),
        "cells": cells(scored),
        "movement": moved.to_pylist(),
        "moved_by": _causes(each),
    }
    people = pa.table({name: scored[name] for name in ("person_id", "r", "f", "m", "rfm")})
    people = people.append_column("was", each["was"]).append_column("moved_by", each["moved_by"])
    return Study(result, in_files(people), moved)


def _next(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def _causes(each: pa.Table) -> dict[str, int]:
    """How many people each cause moved, and how many stayed."""
    known = each.filter(pc.or_(pc.is_valid(each["was"]), pc.is_valid(each["now"])))
    counts = {item["values"]: item["counts"] for item in pc.value_counts(known["moved_by"]).to_pylist()}
    return {**{word: counts.get(word, 0) for word in MOVED_BY}, "stayed": counts.get(None, 0)}
