"""Guards: refusals with words, of candidates that were given, the same for any order and any batches."""

from typing import Any

import pyarrow as pa

from reactivate.host.answers import refusals
from reactivate.testing import samples
from reactivate.testing.subject import Place


def refusals_say_why(place: Place) -> None:
    """`person_id`, `offer`, `verdict`: candidates that were given, each once, each with words."""
    candidates = samples.candidates()
    found = refusals(place.make().judge(candidates), (), None)
    pairs = [(row["person_id"], row["offer"]) for row in found.to_pylist()]
    given = {(row["person_id"], row["offer"]) for row in candidates.select(["person_id", "offer"]).to_pylist()}
    assert len(set(pairs)) == len(pairs), "a candidate is refused twice"
    assert set(pairs) <= given, "somebody is refused who was no candidate"
    assert all(verdict and verdict.strip() for verdict in found["verdict"].to_pylist()), "a refusal without words"


def nobody_and_nothing_break_nothing(place: Place) -> None:
    """No candidates, and candidates of whom nothing is known."""
    guard = place.make()
    assert guard.judge(samples.candidates().slice(0, 0)).num_rows == 0, "refusals without candidates"
    refusals(guard.judge(samples.nulls(samples.candidates())), (), None)


def batches_change_nothing(place: Place) -> None:
    """Batches of 7 and of 4,096 rows give the same; a second call too."""
    once = _judged(place, samples.candidates())
    for rows in (7, 4096):
        found = _judged(place, samples.cut(samples.candidates(), rows))
        assert found == once, f"batches of {rows} rows give other verdicts"
    assert _judged(place, samples.candidates()) == once, "a second call gives other verdicts"


def order_changes_nothing(place: Place) -> None:
    """The candidates turned round get the same verdicts."""
    found = _judged(place, samples.turned(samples.candidates()))
    assert found == _judged(place, samples.candidates()), "the order of the candidates matters"


def candidates_stay_as_they_are(place: Place) -> None:
    """The table given is not changed."""
    before = samples.candidates().to_pylist()
    place.make().judge(samples.candidates())
    assert samples.candidates().to_pylist() == before, "the candidates were changed"


def _judged(place: Place, candidates: pa.Table) -> list[dict[str, Any]]:
    found = place.make().judge(candidates).select(["person_id", "offer", "verdict"])
    return samples.rows_of(found, "person_id", "offer")
