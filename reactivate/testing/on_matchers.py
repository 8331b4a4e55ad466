"""Matchers: links by contract, the same for any order and any batches of the records."""

from typing import Any

import pyarrow as pa

from reactivate.contracts.schemas import LINKS
from reactivate.host.remembering import Memory
from reactivate.testing import samples
from reactivate.testing.subject import Place


def links_keep_the_contract(place: Place) -> None:
    """Contract LINKS, and positions of records that were given."""
    records = samples.records()
    links = LINKS.conform(place.make().link(records))
    for left, right in zip(links["left"].to_pylist(), links["right"].to_pylist(), strict=True):
        assert 0 <= left < right < records.num_rows, f"a link {left}-{right} among {records.num_rows} records"
    assert all(0 <= chance <= 1 for chance in links["probability"].to_pylist()), "a probability outside 0 to 1"


def plain_doubles_are_found(place: Place) -> None:
    """Cards with the same name, phone and e-mail are linked."""
    assert place.make().link(samples.records()).num_rows, "not one of twenty doubles was found"


def few_records_break_nothing(place: Place) -> None:
    """No record and a single one have no links."""
    for count in (0, 1):
        assert place.make().link(samples.records().slice(0, count)).num_rows == 0, f"links among {count} records"


def empty_cells_link_nobody(place: Place) -> None:
    """Records without any value are not one person."""
    merged = LINKS.conform(place.make().link(samples.nulls(samples.records())))
    assert "merge" not in merged["band"].to_pylist(), "empty cells were taken for equal ones"


def batches_change_nothing(place: Place) -> None:
    """Batches of 7 and of 4,096 rows give the same links; a second call too."""
    records = samples.records()
    once = _pairs(place, records)
    for rows in (7, 4096):
        assert _pairs(place, samples.cut(records, rows)) == once, f"batches of {rows} rows give other links"
    assert _pairs(place, records) == once, "a second call gives other links"


def order_changes_nothing(place: Place) -> None:
    """The records turned round give the same links between the same records."""
    records = samples.records()
    assert _pairs(place, samples.turned(records)) == _pairs(place, records), "the order of the records matters"


def what_it_remembers_changes_nothing(place: Place) -> None:
    """One with `link_again` gives the links of `link`: the first time, and when it knows all records already."""
    matcher, records = place.make(), samples.records()
    if not hasattr(matcher, "link_again"):
        return
    memory = Memory(place.folder / "memory")
    once = LINKS.conform(matcher.link(records))
    for time in ("the first time", "the second time"):
        again = LINKS.conform(matcher.link_again(records, memory).links)
        assert again.to_pylist() == once.to_pylist(), f"link_again gives other links {time}"


def reviewers_stand_above_it(place: Place) -> None:
    """One with `link_again` does not unite what reviewers parted."""
    matcher, records = place.make(), samples.records()
    merge = [(row["left"], row["right"]) for row in matcher.link(records).to_pylist() if row["band"] == "merge"]
    if not hasattr(matcher, "link_again") or not merge:
        return
    found = matcher.link_again(records, Memory(place.folder / "memory", cannot_link=merge[:1])).links.to_pylist()
    assert merge[0] not in [(row["left"], row["right"]) for row in found if row["band"] == "merge"], (
        "a pair was united that reviewers had parted"
    )


def records_stay_as_they_are(place: Place) -> None:
    """The table given is not changed."""
    records = samples.records()
    before = records.to_pylist()
    place.make().link(records)
    assert records.to_pylist() == before, "the records were changed"


def _pairs(place: Place, records: pa.Table) -> dict[frozenset[Any], tuple[Any, ...]]:
    """Links by the ids of their records, which unlike positions do not depend on the order."""
    ids = records["record_id"].to_pylist()
    rows = LINKS.conform(place.make().link(records)).to_pylist()
    return {
        frozenset((ids[row["left"]], ids[row["right"]])): (round(row["probability"], 9), row["band"]) for row in rows
    }
