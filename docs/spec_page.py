"""The reference of the campaign language: `spec_template.md` with its tables made from the model's metadata."""

import re
from datetime import date, time
from pathlib import Path
from typing import Any

import attrs

TEMPLATE = Path(__file__).with_name("spec_template.md")


def spec() -> str:
    """The page."""
    tables = {**_classes(), **_lists()}

    def filled(found: "re.Match[str]") -> str:
        return tables[found[1]]

    return re.sub(r"<<(\w+)>>", filled, TEMPLATE.read_text(encoding="utf-8"))


def _classes() -> dict[str, str]:
    from reactivate.spec import business, campaign, plugin_specs, steps

    found = {}
    for module in (business, campaign, plugin_specs, steps):
        for name, cls in vars(module).items():
            if isinstance(cls, type) and attrs.has(cls) and cls.__module__ == module.__name__:
                found[name] = table(cls)
    return found


def table(cls: type) -> str:
    """Keys of a class: what is written, its default, what it means."""
    from reactivate.spec.fields import expected, keys_of

    rows = ["| key | expects, default | meaning | example |", "| --- | --- | --- | --- |"]
    for key in keys_of(cls):
        example = f"`{key.key}: {key.example}`" if key.example else ""
        rows.append(f"| `{key.key}` | {_short(expected(key.type))}; {_default(key.default)} | {key.doc} | {example} |")
    return "\n".join(rows)


_SHORT = {
    "a name: small Latin letters, digits and _, at most 40": "a name",
    "a duration such as 14d, 48h or 30min": "a duration",
    "a rule such as orders >= 2": "a rule",
    "text in double quotes": "a text",
    "a word or text": "a word",
    "a list, each keys with values": "a list",
    "keys with values": "keys",
}
"""What section 2 has explained needs no second explanation in the tables."""


def _short(phrase: str) -> str:
    for long, short in _SHORT.items():
        phrase = phrase.replace(long, short)
    return phrase


def _default(value: Any) -> str:
    from reactivate.contracts.values import plain

    if value is attrs.NOTHING:
        return "**required**"
    if value is None or isinstance(value, attrs.Factory) or value == ():  # type: ignore[arg-type]
        return "may be left out"
    if isinstance(value, float):
        return f"`{value * 100:g}%`"
    return f"`{' '.join(value) if isinstance(value, tuple) else plain(value)}`"


def _lists() -> dict[str, str]:
    from reactivate.spec import names
    from reactivate.spec.checks_templates import CONTENT
    from reactivate.spec.plugin_specs import OUR_FIELDS

    def words(found: "frozenset[str]") -> str:
        return ", ".join(f"`{word}`" for word in sorted(found))

    return {
        "literals": _literals(),
        "names": _names(names.CARD),
        "figures": _names((*names.BUSINESS_FIGURES, *names.CAMPAIGN_FIGURES)),
        "rfm": words(names.RFM_WORDS),
        "stage": words(names.STAGE_WORDS),
        "results": words(names.RESULT_WORDS),
        "our_fields": words(OUR_FIELDS),
        "content": ", ".join(f"`{{{{ {word} }}}}`" for word in sorted(CONTENT)),
    }


def _names(found: Any) -> str:
    rows = ["| name | kind | meaning |", "| --- | --- | --- |"]
    for name in found:
        written = f"{name.name}(90d)" if name.needs_window else name.name
        window = f", also `{name.name}(90d)`" if name.windowed and not name.needs_window else ""
        rows.append(f"| `{written}` | {name.kind.value} | {name.doc}{window} |")
    return "\n".join(rows)


def _literals() -> str:
    from reactivate.contracts.settings import Name, Points, Share, Text
    from reactivate.contracts.values import Duration, Hours, Money, Price, Secret
    from reactivate.spec import kinds
    from reactivate.spec.scalars import READERS

    shown = {
        "text": Text,
        "name": Name,
        "duration": Duration,
        "share": Share,
        "difference of shares": Points,
        "money": Money,
        "price of a contact": Price,
        "rate": kinds.CountRate,
        "people": kinds.People,
        "budget": kinds.Budget,
        "date": date,
        "time": time,
        "hours": Hours,
        "count": int,
        "orders": kinds.OrderCount,
        "part of the margin": kinds.OfMargin,
        "secret": Secret,
    }
    rows = ["| kind | write |", "| --- | --- |"]
    rows += [f"| {name} | {READERS[kind].expects} |" for name, kind in shown.items()]
    return "\n".join(rows)
