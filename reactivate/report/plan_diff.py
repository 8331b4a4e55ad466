"""What changed between two plans: every number or word that differs, named by its path."""

from collections.abc import Iterator
from typing import Any

from attrs import frozen

CHANGES_EVERY_TIME = {"now", "base", "ledger", "samples", "ceilings"}
"""Parts that differ between any two plans and tell nothing."""

_NAMES = ("name", "step", "segment", "reason", "code", "rule")


@frozen
class Change:
    """`path` such as `reach.email.people`; `before` or `after` is None where there was nothing."""

    path: str
    before: Any
    after: Any

    def __str__(self) -> str:
        if self.before is None:
            return f"+ {self.path}: {self.after}"
        if self.after is None:
            return f"- {self.path}: {self.before}"
        return f"~ {self.path}: {self.before} -> {self.after}"


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Leaves that differ, in the order of the newer plan, what vanished last."""
    old, new = dict(_leaves(_told(before))), dict(_leaves(_told(after)))
    found = [Change(path, old.get(path), value) for path, value in new.items() if old.get(path) != value]
    return found + [Change(path, value, None) for path, value in old.items() if path not in new]


def _told(plan: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in plan.items() if key not in CHANGES_EVERY_TIME}


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{_label(inner, place)}]")
    elif value is not None:
        yield path, value


def _label(item: Any, place: int) -> str:
    """Items of a list are known by their name, so that a new first one does not change all others."""
    if isinstance(item, dict):
        for name in _NAMES:
            if item.get(name):
                return str(item[name])
    return str(place)
