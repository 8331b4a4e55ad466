"""Texts, names, words joined by `or`, truths, rules."""

import re

from reactivate.contracts.settings import Name
from reactivate.spec import kinds
from reactivate.spec.reading import NAME, SWITCHES, Around, Unreadable, refuse, shown
from reactivate.spec.tree import Scalar


def read_text(scalar: Scalar, _: Around) -> str:
    if not scalar.quoted:
        said = f"text that people will read stands in double quotes, got {shown(scalar.text)}"
        whole = _unwrapped(f"{scalar.text} {scalar.comment}".strip())
        why = "; without them everything behind # is cut off" if scalar.comment else ""
        raise Unreadable("R211", said, f'write "{whole}"{why}' if len(whole) < 60 and '"' not in whole else 'write "…"')
    if not scalar.text.strip():
        raise Unreadable("R211", "the text is empty", "write something, or delete the key")
    return scalar.text


def _unwrapped(text: str) -> str:
    """A text without the printed quotes that somebody's editor put in place of straight ones."""
    return text[1:-1].strip() if len(text) > 2 and (text[0], text[-1]) in _PRINTED else text


_PRINTED = {("“", "”"), ("„", "“"), ("„", "”"), ("‘", "’"), ("«", "»")}


def read_plain(scalar: Scalar, _: Around) -> str:
    return scalar.text


def read_name(scalar: Scalar, _: Around) -> str:
    text = scalar.text
    if text in SWITCHES:
        raise Unreadable("R212", f"{text!r} cannot be a name: many programs read it as a switch", "take another word")
    if NAME.fullmatch(text):
        return text
    better = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    hint = f"write {better}" if NAME.fullmatch(better) else "write it in Latin letters, like at_risk"
    raise refuse(Name, scalar, hint)


def read_template(scalar: Scalar, _: Around) -> str:
    text = scalar.text
    if text.endswith(".md"):
        raise refuse(kinds.Template, scalar, f"write {text.removesuffix('.md')}")
    if not re.fullmatch(r"[\w-]{1,80}", text):
        raise refuse(kinds.Template, scalar)
    return text


def read_either(scalar: Scalar, _: Around) -> tuple[str, ...]:
    words = re.split(r"\s+or\s+", scalar.text.strip())
    for word in words:
        if not NAME.fullmatch(word) or word in SWITCHES | {"or", "and"}:
            listed = re.findall(r"[a-z][a-z0-9_]*", re.sub(r"\b(and|or)\b", " ", scalar.text))
            several = re.search(r"[,/|]|\band\b", scalar.text) and listed
            raise refuse(kinds.Either, scalar, f"write {' or '.join(listed)}" if several else None)
    twice = next((word for word in words if words.count(word) > 1), None)
    if twice:
        raise Unreadable("R212", f"{twice!r} is written twice", "write it once")
    return tuple(words)


def read_bool(scalar: Scalar, _: Around) -> bool:
    if scalar.text not in ("true", "false"):
        meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(scalar.text.lower())
        raise refuse(bool, scalar, f"write {meant}" if meant else None)
    return scalar.text == "true"


def read_rule(scalar: Scalar, _: Around) -> kinds.Rule:
    return kinds.Rule(scalar.text, scalar.span, scalar.pieces, scalar.comment)
