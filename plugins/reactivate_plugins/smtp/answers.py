"""What an answer of a mail server means (reply codes RFC 5321, enhanced codes RFC 3463)."""

import re
from datetime import timedelta

from reactivate.api import Receipt

_AGAIN = timedelta(minutes=5)
_DEAD = re.compile(r"5\.1\.(0|1|2|3|6|10)|5\.2\.1|5\.4\.4")
_DEAD_WORDS = re.compile(
    r"user unknown|no such (user|mailbox|recipient|address)|unknown (user|recipient|mailbox)"
    r"|mailbox (unavailable|not found)"
    r"|(account|mailbox) (is )?(disabled|inactive|suspended)|does not exist|нет такого|не существует",
    re.IGNORECASE,
)
_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


def accepted(key: str, said: bytes) -> Receipt:
    """The server took the letter."""
    return Receipt(key, "accepted", provider_id=_text(said)[:200] or None, code="250")


def refused(key: str, phase: str, code: int, said: bytes) -> Receipt:
    """The server answered no: 5xx for good, everything else for now; in both cases it did not take the letter."""
    text = _text(said)
    enhanced = _ENHANCED.search(text)
    shown = enhanced[1] if enhanced else str(code)
    reason = f"{phase}: {code} {text}"[:300]
    if 500 <= code < 600:
        return Receipt(key, "rejected", code=shown, reason=reason, dead_address=_dead(phase, shown, text))
    return Receipt(key, "not_sent", code=shown, reason=reason, retry_after=_AGAIN)


def unreachable(key: str, fault: Exception) -> Receipt:
    """The connection failed before the body began: proof that nothing was sent."""
    code = str(getattr(fault, "smtp_code", "")) or "connection"
    return Receipt(key, "not_sent", code=code, reason=_said(fault), retry_after=_AGAIN)


def lost(key: str, fault: Exception) -> Receipt:
    """The connection failed after the body began: the server may have taken the letter."""
    return Receipt(key, "unknown", code="connection", reason=f"after the body began: {_said(fault)}")


def _dead(phase: str, code: str, text: str) -> bool:
    """Whether the address itself is at fault. Refusals of policy (5.7.x) are never the address's."""
    if code.startswith("5.7."):
        return False
    if _DEAD.fullmatch(code):
        return True
    return "." not in code and phase != "MAIL" and bool(_DEAD_WORDS.search(text))


def _text(said: bytes) -> str:
    return " ".join(said.decode("utf-8", "replace").split())


def _said(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"[:300]
