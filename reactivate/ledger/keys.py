"""Everything that is derived from the ledger's secret: message keys, person ids, keyed hashes of addresses."""

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Iterable
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

_SEPARATOR = "\x1f"


_REMEMBERED = 200_000
"""Hashes kept in memory: a process that runs day after day asks for the same addresses and messages again."""


@lru_cache(maxsize=_REMEMBERED)
def message_key(secret: bytes, campaign: str, step: str, person: str, number: int) -> str:
    """The idempotency key: 26 base32 characters (128 bits), the same after any crash, re-plan or restore."""
    told = _SEPARATOR.join(("v1", campaign, step, person, str(number)))
    return b32encode(_digest(secret, told)[:16]).decode().rstrip("=")


def person_id(secret: bytes, record: str, again: int = 0) -> str:
    """12 characters of base32 for the smallest record key of a person; `again` counts collisions."""
    told = _SEPARATOR.join(("person", record, *([str(again)] if again else [])))
    return b32encode(_digest(secret, told)[:8]).decode()[:12].lower()


def number_of(secret: bytes, told: str) -> int:
    """64 bits of the keyed hash as a signed integer: short, joins fast, tells nothing without the key."""
    return int.from_bytes(_digest(secret, told)[:8], "big", signed=True)


@lru_cache(maxsize=_REMEMBERED)
def point(secret: bytes, kind: str, value: str) -> int:
    """The keyed hash of a contact value; letter case, blanks and phone punctuation do not matter."""
    return number_of(secret, f"point{_SEPARATOR}{kind}{_SEPARATOR}{canonical(kind, value)}")


def canonical(kind: str, value: str) -> str:
    """The form that is hashed: e-mail folded to lower case, phone as plus and digits, the rest without edges."""
    if kind == "phone":
        digits = "".join(char for char in value if char.isdigit())
        return f"+{digits}" if digits else value.strip()
    return value.strip().casefold()


def points(secret: bytes, kinds: pa.ChunkedArray, values: pa.ChunkedArray) -> pa.Array:
    """`point` of every row (int64); null where the value is null. Each distinct value is hashed once."""
    joined = pc.binary_join_element_wise(kinds.cast(pa.string()), values.cast(pa.string()), _SEPARATOR)
    if isinstance(joined, pa.ChunkedArray):
        joined = joined.combine_chunks()
    coded = joined.dictionary_encode()
    hashed = (point(secret, *told.split(_SEPARATOR, 1)) for told in coded.dictionary.to_pylist())
    return pa.array(hashed, pa.int64()).take(coded.indices)


def person_ids(secret: bytes, records: Iterable[str]) -> pa.Array:
    """`person_id` for each smallest record key."""
    return pa.array((person_id(secret, record) for record in records), pa.string())


def key_id(secret: bytes) -> str:
    """A short public name of the secret: two ledgers with different keys show it."""
    return hashlib.sha256(b"reactivate ledger key" + secret).hexdigest()[:8]


def _digest(secret: bytes, told: str) -> bytes:
    return hmac.digest(secret, told.encode("utf-8", "surrogatepass"), "sha256")
