"""What the bookshop's people do with a message: drawn by the message's key, so the same letter gets the same answer.

The chances follow the case behind the example: after the letter three in ten agree and one in ten refuses, the SMS
brings a quarter more, the call most of the rest, and about one in nine is reached by nothing.
"""

from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import pyarrow as pa

TOPICS = ("prose", "classics", "detective", "children", "history", "ideas", "home", "rare")
HOUR = timedelta(hours=1)


def until(ledger: Any, now: datetime) -> pa.Table:
    """All events of messages handed over so far that have happened by `now`; the ledger drops those it knows."""
    from reactivate.contracts.contract import MOMENT

    touches = ledger.touches(states=("accepted",)).select(["key", "step", "channel", "done_at"]).to_pylist()
    rows = [row for touch in touches for row in _of(touch) if row["at"] <= now]
    names = ("source", "event_id", "key", "kind", "value")
    columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in names}
    return pa.table({**columns, "at": pa.array([row["at"] for row in rows], MOMENT)})


def _of(touch: dict[str, Any]) -> list[dict[str, Any]]:
    return {"email": _letter, "sms": _sms, "desk": _call}[touch["channel"]](touch)


def _letter(touch: dict[str, Any]) -> list[dict[str, Any]]:
    if draw(touch, "bounce") < 0.09:
        return [event(touch, "bounced", "hard", HOUR)]
    fate, delay = draw(touch, "fate"), timedelta(hours=2 + 150 * draw(touch, "delay"))
    seen = [event(touch, "delivered", None, HOUR)]
    if fate < 0.30:
        clicked = event(touch, "clicked", None, delay)
        return [*seen, clicked, event(touch, "answered", f"topics={topics(touch)}", delay + HOUR / 4)]
    if fate < 0.40:
        return [*seen, event(touch, "unsubscribed", "all", delay)]
    return seen


def _sms(touch: dict[str, Any]) -> list[dict[str, Any]]:
    fate, delay = draw(touch, "fate"), timedelta(hours=1 + 70 * draw(touch, "delay"))
    if fate < 0.25:
        return [event(touch, "answered", f"topics={topics(touch)}", delay)]
    return [event(touch, "unsubscribed", "all", delay)] if fate < 0.27 else []


def _call(touch: dict[str, Any]) -> list[dict[str, Any]]:
    """Up to three attempts two days apart; the last one without an answer is final."""
    fate, delay = draw(touch, "fate"), timedelta(hours=3 + 40 * draw(touch, "delay"))
    if fate < 0.45:
        agreed = event(touch, "answered", f"topics={topics(touch)}", delay)
        return [event(touch, "result", "interested", delay), agreed]
    for line, result in ((0.60, "refused"), (0.62, "do_not_call"), (0.72, "wrong_number")):
        if fate < line:
            return [event(touch, "result", result, delay)]
    again = [event(touch, "result", "call_again", delay + n * 48 * HOUR, str(n)) for n in range(2)]
    return [*again, event(touch, "result", "no_answer", delay + 96 * HOUR)]


def event(touch: dict[str, Any], kind: str, value: str | None, after: timedelta, more: str = "") -> dict[str, Any]:
    name = f"{touch['key']}/{kind}{more}"
    moment = touch["done_at"] + after
    return {"source": "drawn", "event_id": name, "key": touch["key"], "kind": kind, "value": value, "at": moment}


def topics(touch: dict[str, Any]) -> str:
    """One to three topics."""
    first = int(draw(touch, "topic") * len(TOPICS))
    return ",".join(TOPICS[(first + n) % len(TOPICS)] for n in range(1 + int(draw(touch, "many") * 3)))


def draw(touch: dict[str, Any], what: str) -> float:
    """A number in [0, 1) that belongs to this message and question."""
    digest = blake2b(f"{what}/{touch['key']}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
