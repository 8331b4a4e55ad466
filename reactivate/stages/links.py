"""Signed links in messages: unsubscribe, answer, preferences. Opaque, without an address, impossible to guess.

A token is base64url of: version, key id, scope, person, campaign, step, and 16 bytes of HMAC-SHA-256 over them.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Literal

from attrs import frozen

Scope = Literal["unsubscribe", "answer", "preferences"]
_VERSION = "1"
_MAC_BYTES = 16


@frozen
class Link:
    """What a token says once its signature has been checked."""

    scope: str
    person: str
    campaign: str
    step: str


def token(link: Link, *, secret: bytes, key_id: str) -> str:
    """The token of `link`; the same link always gives the same token."""
    body = "\x1f".join((_VERSION, key_id, link.scope, link.person, link.campaign, link.step)).encode()
    return urlsafe_b64encode(_mac(body, secret) + body).decode().rstrip("=")


def read(text: str, *, secrets: dict[str, bytes]) -> Link | None:
    """The link behind a token, None when it is not one of ours. `secrets`: key id -> key, old keys included."""
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        version, key_id, scope, person, campaign, step = body.decode().split("\x1f")
    except ValueError:
        return None
    secret = secrets.get(key_id)
    # urlsafe_b64decode skips strange characters, so a token must also be written as we write it.
    if version != _VERSION or secret is None or not hmac.compare_digest(mac, _mac(body, secret)):
        return None
    found = Link(scope, person, campaign, step)
    return found if token(found, secret=secret, key_id=key_id) == text else None


def address(web: str, link: Link, *, secret: bytes, key_id: str) -> str:
    """The link under the business's public address `web`."""
    page = {"unsubscribe": "u", "answer": "a", "preferences": "p"}[link.scope]
    return f"{web.rstrip('/')}/{page}/{token(link, secret=secret, key_id=key_id)}"


def _mac(body: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, b"reactivate.link|" + body, sha256).digest()[:_MAC_BYTES]
