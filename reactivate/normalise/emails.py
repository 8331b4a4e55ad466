"""E-mail addresses: a canonical form for matching, the address as given for sending, and what speaks against it.

The canonical form brings together the mailboxes that one provider holds to be the same (`data/email_providers.tsv`).
"""

import re
import unicodedata
from functools import cache

from attrs import frozen

from reactivate.normalise.fold import CYRILLIC_TWINS
from reactivate.normalise.phones import is_placeholder
from reactivate.normalise.tables import listed, rows, words

_BETWEEN = re.compile(r"[,;|<>()\s\"'\[\]]+|\s(?:и|или|та|або|or|and)\s|/(?=\S+@)")
_SHAPE = re.compile(r"^[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)+$")
_LOCAL = re.compile(r"^[\w.!#$%&'*+/=?^`{|}~-]+$", re.UNICODE)
_DOMAIN = re.compile(r"^(?=.{3,253}$)[\w-]{1,63}(?:\.[\w-]{1,63})*\.(?:[^\W\d_]{2,63}|xn--[\w-]+)$", re.UNICODE)
_RELAYS = ("marketplace.", "members.ebay.")
_WITHOUT_ZONE = re.compile(r"^[^\s@]{1,64}@\w+$")


@frozen
class Email:
    """`value`: match key; `display`: what to write to; `flaw`: invalid, placeholder, role, disposable, None."""

    value: str
    display: str
    flaw: str | None = None


def emails_in(cell: str) -> tuple[Email, ...]:
    """All addresses of a cell in their order, repeats left out. A cell without `@` is one invalid address."""
    if "@" not in cell:
        return (Email(cell.lower(), cell, "placeholder" if cell.lower() in _locals() else "invalid"),)
    found: dict[str, Email] = {}
    for piece in _BETWEEN.split(re.sub(r"(?<=\S) ?@ ?(?=\S)", "@", cell)):
        if "@" in piece:
            email = _one(piece)
            found.setdefault(email.value, email)
    return tuple(found.values())


def _one(piece: str) -> Email:
    shown = unicodedata.normalize("NFKC", piece).strip(".,;:!?-—«»\u200b\ufeff")
    shown = re.sub(r"^(?:mailto|e-?mail|почта):", "", shown, flags=re.IGNORECASE)
    low = shown.lower()
    twins = low.translate(CYRILLIC_TWINS)
    if not low.isascii() and twins.isascii():
        low = shown = twins
    if not (_SHAPE.match(low) or _WITHOUT_ZONE.match(low)):
        return Email(low, shown, "invalid")
    local, _, domain = low.rpartition("@")
    right = _right_domain(domain)
    # A misspelt domain reaches nobody, so the letter goes to the right one as well.
    if right != domain:
        shown = f"{shown.rpartition('@')[0]}@{right}"
    if not (_LOCAL.match(local) and _DOMAIN.match(right)):
        return Email(low, shown, "invalid")
    return Email(_canonical(local, right), _lower_domain(shown), _flaw(local, right))


@cache
def _right_domain(domain: str) -> str:
    """The domain meant by a misspelt one; ASCII (IDNA) for matching."""
    fixed = _typos().get(domain) or _typos().get(domain.lstrip("0123456789")) or domain
    if fixed.isascii():
        return fixed
    try:
        return fixed.encode("idna").decode("ascii")
    except UnicodeError:
        return fixed


def domain_is_plain(domain: str) -> bool:
    """Whether nothing speaks against a domain: no typing error, no placeholder, not disposable."""
    wrong = _right_domain(domain) != domain or domain in _listed("domain") or domain in words("email_disposable.txt")
    return not (wrong or domain.endswith((".local", ".test", ".invalid")) or domain.startswith(_RELAYS))


def local_words() -> frozenset[str]:
    """Local parts that need a closer look: placeholders, roles, those of listed addresses."""
    listed_locals = {address.partition("@")[0] for address in _listed("address")}
    return _locals() | words("email_roles.txt") | listed_locals


def provider(domain: str) -> tuple[str, tuple[str, ...]]:
    """(the domain that stands for all of its provider's, rules for the local part)."""
    return _providers().get(domain, (domain, ()))


def _canonical(local: str, domain: str) -> str:
    same, rules = provider(domain)
    if "plus" in rules:
        local = local.split("+", 1)[0] or local
    if "dash" in rules:
        local = local.split("-", 1)[0] or local
    if "dots" in rules:
        local = local.replace(".", "") or local
    if "hyphens" in rules:
        local = local.replace("-", ".")
    return f"{local}@{same}"


def _flaw(local: str, domain: str) -> str | None:
    if local in _locals() or f"{local}@{domain}" in _listed("address") or domain in _listed("domain"):
        return "placeholder"
    if domain.endswith((".local", ".test", ".invalid")) or domain.startswith(_RELAYS):
        return "placeholder"
    if local.isdigit() and 10 <= len(local) <= 12 and is_placeholder(local[-10:]):
        return "placeholder"
    if re.fullmatch(r"(\w)\1*", local) and len(local) > 2:
        return "placeholder"
    if domain in words("email_disposable.txt"):
        return "disposable"
    return "role" if local in words("email_roles.txt") else None


def _lower_domain(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


@cache
def _providers() -> dict[str, tuple[str, tuple[str, ...]]]:
    return {row["domain"]: (row["same_as"], tuple(row["rules"].split())) for row in rows("email_providers.tsv")}


@cache
def _typos() -> dict[str, str]:
    return {wrong: row["right"] for row in rows("email_typos.tsv") for wrong in listed(row["wrong"], " ")}


def _locals() -> frozenset[str]:
    return _listed("local")


@cache
def _listed(kind: str) -> frozenset[str]:
    return frozenset(
        value for row in rows("email_placeholders.tsv") if row["kind"] == kind for value in row["value"].split()
    )
