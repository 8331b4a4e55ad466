"""`match/1`: the JSON that `reactivate match` gives, in the user's words. Its reference page is match-json.md."""

from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

if TYPE_CHECKING:
    import pyarrow as pa

    from reactivate.cli.match_files import Records
    from reactivate.matching import Linked

_OURS = {"first": "first_name", "last": "last_name", "birth": "birth_date"}


def document(linked: "Linked", read: "Records") -> dict[str, Any]:
    """What the matcher counted, with the columns and cells that reading left out."""
    stats = {**linked.stats}
    ignored = {kind: {**whys} for kind, whys in stats["ignored_values"].items()}
    if read.unread_dates:
        ignored.setdefault("birth_date", {})["unreadable"] = read.unread_dates
    model = {**stats["model"]}
    if "bits" in model:
        model["bits"] = {_named(name): bits for name, bits in model["bits"].items()}
    return {
        "format": "match/1",
        **stats,
        "fields": [_named(name) for name in stats["fields"]],
        "model": model,
        "ignored_values": ignored,
        "empty_columns": read.empty,
        "ignored_columns": read.ignored,
    }


def _named(field: str) -> str:
    """Our field, or the user's column: `exact:x_vip` is `vip`."""
    kind, colon, column = field.partition(":")
    return column.removeprefix("x_") if colon else _OURS.get(kind, kind)


def pairs(linked: "Linked", ids: "pa.ChunkedArray") -> "pa.Table":
    """The links by record ids, with reasons that name the user's columns as he does."""
    links = linked.links
    reason = pc.replace_substring_regex(links["reason"], r"(^|, )x_", r"\1")
    links = links.set_column(links.schema.get_field_index("reason"), "reason", reason)
    for place, side in enumerate(("left", "right")):
        links = links.add_column(place, f"{side}_id", ids.take(links[side]))
    return links.drop_columns(["left", "right"])
