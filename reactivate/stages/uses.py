"""How often an offer is used by those who come back: as the codes of earlier campaigns say, else always."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.economics import DEFAULT
from reactivate.experiment import Use, uses
from reactivate.stages.opened import Opened
from reactivate.stages.start import goal_word
from reactivate.stages.tables import counts, whole


@frozen
class Uses:
    """`known`: (segment, offer) -> what codes of campaigns with this goal told; ("", offer) where a segment is new."""

    known: Mapping[tuple[str, str], Use]

    def about(self, segment: str, offer: str) -> Use | None:
        return self.known.get((segment, offer)) or self.known.get(("", offer))

    def terms(self, segments: pa.ChunkedArray, offer: str) -> dict[str, Any]:
        """`extra_use`, `base_use` and `use_source` per person, for `OfferSums`; nothing where nothing is known."""
        if ("", offer) not in self.known:
            return {}
        coded = whole(segments).dictionary_encode()
        found = [self.about(segment, offer) for segment in coded.dictionary.to_pylist()]
        rates = pa.array([DEFAULT.extra_use if use is None else use.rate for use in found], pa.float64())
        each = rates.take(coded.indices)
        return {"extra_use": each, "base_use": each, "use_source": "measured"}

    def told(self, segments: pa.ChunkedArray, offers: list[str]) -> list[dict[str, Any]]:
        """One row per segment and offer of which codes told something."""
        rows = []
        for segment in counts(segments):
            for offer in offers:
                use = self.about(segment, offer)
                if use is not None:
                    rows.append({"segment": segment, "offer": offer, "rate": use.rate, "mean": use.mean,
                                 "error": use.error, "observed": use.observed, "reached": use.reached,
                                 "used": use.used, "source": "measured", "said": _said(use)})  # fmt: skip
        return rows


def _said(use: Use) -> str:
    seen = f"{use.used:,} codes came back of {use.reached:,} people who did"
    if use.observed is None:
        how = f"{use.mean:.0%} in the other segments that had it ({seen})"
    else:
        how = f"{use.observed:.0%} so far ({seen}), shrunk to {use.mean:.0%}"
    return f"used by {use.rate:.0%} of those who come: {how}; the upper end is counted on"


def uses_of(opened: Opened, set_aside: tuple[str, ...] = ()) -> Uses:
    """What the ledger holds of codes in campaigns with this goal; campaigns `set_aside` teach nothing."""
    found = opened.ledger.campaigns.used()
    found = found.filter(pc.equal(found["goal"], goal_word(opened.campaign)))
    found = found.filter(pc.invert(pc.is_in(found["campaign"], value_set=pa.array(list(set_aside), pa.string()))))
    told = pc.is_in(
        found["campaign"], value_set=found.filter(pc.greater(found["used"], 0))["campaign"].combine_chunks()
    )
    return Uses(uses(found.filter(told)))
