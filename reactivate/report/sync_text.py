"""What a sync found, for people."""

from typing import Any

from reactivate.report.shares import share
from reactivate.text import columns, counted


def as_text(found: dict[str, Any]) -> str:
    """The result of `reactivate sync` (`sync/1`) as lines that are never wrapped."""
    lines = ["Sources", *columns([_source(one) for one in found["sources"]], right=(1, 3, 5)), ""]
    lines += ["People", *columns(_people(found), right=(1,)), *_matching(found.get("matching")), ""]
    if found["reach"]:
        lines += ["Can be contacted for marketing", *columns(_reach(found), right=(1, 2)), ""]
    if found["findings"]:
        rows = [(f"  {item['code']}", f"{item['count']:,}", item["reason"]) for item in found["findings"]]
        lines += ["Findings", *columns(rows, right=(1,)), ""]
    lines.append(f"base {found['base']} · ledger {found['ledger']['place']} (key {found['ledger']['key_id']})")
    return "\n".join(lines)


def _source(one: dict[str, Any]) -> tuple[str, ...]:
    kinds = [(one[kind], kind) for kind in ("records", "orders", "events", "consents", "refusals") if one[kind]]
    cells = [cell for count, kind in kinds for cell in (f"{count:,}", kind)]
    if one["bad_rows"]:
        cells.append(counted(one["bad_rows"], "bad row"))
    return (f"  {one['name']}", f"{one['rows']:,}", "rows", *cells)


def _people(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    good = found["good"]
    return [
        ("  records", f"{found['records']:,}", ""),
        ("  people", f"{found['people']:,}", f"{share(found['duplicates'])} of the records were doubles"),
        ("  good e-mail", share(good["email"]), "of all people"),
        ("  good phone", share(good["phone"]), ""),
        ("  either", share(good["any"]), ""),
        ("  pairs to look at", f"{found['review']:,}", "perhaps one person, perhaps two: left apart"),
    ]


def _matching(done: dict[str, Any] | None) -> list[str]:
    """What was compared, and what reviewers had said; nothing for a base of an older version."""
    if not done:
        return []
    came = ", ".join(f"{done[name]:,} {name}" for name in ("new", "changed", "gone") if done[name])
    if done["how"] == "incremental":
        lines = [f"  matched incrementally: {came or 'no record changed'}"]
    else:
        lines = [f"  matched in full: {done['why']}"]
    if done["decided"] or done["decided_elsewhere"]:
        elsewhere = f", {done['decided_elsewhere']:,} wait for their records" if done["decided_elsewhere"] else ""
        lines.append(f"  decisions of reviewers: {done['decided']:,} hold{elsewhere}")
    return lines + [f"  {note}" for note in done["notes"]]


def _reach(found: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    total = found["people"] or 1
    return [
        (f"  {name}", f"{one['people']:,}", share(one["people"] / total), _why(one["why"]))
        for name, one in found["reach"].items()
    ]


def _why(reasons: dict[str, int]) -> str:
    told = ", ".join(f"{people:,} {reason.replace('_', ' ')}" for reason, people in reasons.items())
    return f"not: {told}" if told else ""
