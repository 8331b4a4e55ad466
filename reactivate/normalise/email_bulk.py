"""Plain e-mail addresses in bulk; whatever looks unusual in any way is left to `emails.emails_in`."""

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.normalise.columns import encode, take
from reactivate.normalise.emails import domain_is_plain, local_words, provider

_PLAIN = r"^(?P<local>[A-Za-z0-9._+\-]{1,64})@(?P<domain>[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,24})$"
_ODD = r"^(?:\d{7,}|" + "|".join(f"{sign}+" for sign in "abcdefghijklmnopqrstuvwxyz0123456789") + ")$"


@frozen(eq=False)
class FastEmails:
    """Match key and address to write to per distinct cell; null = look closer."""

    value: pa.Array
    display: pa.Array


def fast_emails(cells: pa.Array) -> FastEmails:
    """Read `Anna.K@yandex.ru` in bulk: one address, plain letters, a domain that is nobody's typing error."""
    none = pa.scalar(None, pa.string())
    parts = pc.extract_regex(cells, _PLAIN)
    local = pc.utf8_lower(pc.struct_field(parts, "local"))
    shown_local = pc.struct_field(parts, "local")
    domains = encode(pc.utf8_lower(pc.struct_field(parts, "domain")))
    texts = domains.values.to_pylist()
    plain = take(pa.array([domain_is_plain(text) for text in texts], pa.bool_()), domains.codes)
    odd = pc.or_(pc.match_substring_regex(local, _ODD), pc.is_in(local, pa.array(sorted(local_words()))))
    edges = pc.match_substring_regex(local, r"^[.\-]|[.\-]$")
    usable = pc.fill_null(pc.and_(plain, pc.invert(pc.or_(odd, edges))), False)
    same = take(pa.array([provider(text)[0] for text in texts], pa.string()), domains.codes)
    for rule, pattern, to in (
        ("plus", r"\+.*$", ""),
        ("dash", r"-.*$", ""),
        ("dots", r"\.", ""),
        ("hyphens", "-", "."),
    ):
        applies = take(pa.array([rule in provider(text)[1] for text in texts], pa.bool_()), domains.codes)
        if pc.any(applies).as_py():
            shorter = pc.replace_substring_regex(local, pattern, to)
            applies = pc.and_(applies, pc.not_equal(shorter, ""))
            local = pc.if_else(pc.fill_null(applies, False), shorter, local)
    value = pc.binary_join_element_wise(local, same, "@")
    display = pc.binary_join_element_wise(shown_local, take(domains.values, domains.codes), "@")
    return FastEmails(pc.if_else(usable, value, none), pc.if_else(usable, display, none))
