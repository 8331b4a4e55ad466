"""A plug-in in words: what it is, whose, its settings, and how a spec uses it."""

from typing import Any

import attrs

from reactivate.host.registry import Found
from reactivate.spec.fields import Key, expected, keys_of
from reactivate.text import columns

_PLACES = {
    "source": "sources:\n  my_{word}:\n    use: {word}\n",
    "channel": "channels:\n  my_{word}:\n    use: {word}\n",
    "segmenter": "columns:\n  my_{word}:\n    use: {word}\n",
    "offer": "offers:\n  my_{word}:\n    use: {word}\n",
    "matcher": "match:\n    use: {word}\n",
    "guard": "guards:\n  - use: {word}\n",
}
"""Where a spec names a plug-in of each kind; offers stand in the campaign, the others in the business file."""


def facts(found: Found, descriptor: Any) -> dict[str, Any]:
    """Everything `plugins info` tells, for machines."""
    return {
        "name": f"{found.kind}.{found.word}",
        "distribution": found.distribution,
        "version": found.version,
        "summary": descriptor.summary,
        "stability": str(descriptor.stability),
        "traits": _traits(descriptor),
        "adds": [
            {"name": added.name, "type": added.type, "doc": added.doc} for added in getattr(descriptor, "adds", ())
        ],
        "settings": [_setting(key) for key in keys_of(descriptor.settings)],
        "example": example(descriptor),
    }


def text(found: Found, descriptor: Any) -> str:
    """The same for people."""
    told = facts(found, descriptor)
    lines = [f"{told['name']}  {found.owner}  {told['stability']}", told["summary"]]
    lines += [f"  {trait}" for trait in told["traits"]]
    if told["adds"]:
        lines += ["", "adds", *(f"  {row}" for row in columns([tuple(one.values()) for one in told["adds"]]))]
    if told["settings"]:
        rows = [(one["key"], "required" if one["required"] else one["default"], one["doc"]) for one in told["settings"]]
        lines += ["", "settings", *(f"  {row}" for row in columns(rows))]
    lines += ["", "example", *(f"  {line}" for line in told["example"].splitlines())]
    return "\n".join(lines)


def example(descriptor: Any) -> str:
    """YAML that uses the plug-in with its required settings; those that are optional stand behind `#`."""
    lines = _PLACES[descriptor.kind].format(word=descriptor.name)
    for key in keys_of(descriptor.settings):
        if key.required or key.example:
            lines += f"    {'' if key.required else '# '}{key.key}: {key.example}\n"
    return lines


def _setting(key: Key) -> dict[str, Any]:
    return {
        "key": key.key,
        "required": key.required,
        "default": "" if key.required else _default(key.default),
        "type": expected(key.type),
        "doc": key.doc,
        "unit": key.unit,
        "example": key.example,
    }


def _default(value: Any) -> str:
    if isinstance(value, attrs.Factory):  # type: ignore[arg-type]
        value = value.factory()
    if value in (None, "", (), {}, []):
        return "-"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _traits(descriptor: Any) -> list[str]:
    found = []
    if descriptor.kind == "channel":
        found.append(f"reaches people by {descriptor.reaches}" if descriptor.reaches != "staff" else "reaches staff")
        found.append(f"takes up to {descriptor.batch} messages at a time")
    if getattr(descriptor, "local", False):
        found.append("stays on this machine")
    if getattr(descriptor, "needs_codes", False):
        found.append("hands out codes")
    if descriptor.deprecated:
        found.append(f"on its way out: {descriptor.deprecated}")
    if descriptor.stability == "planned":
        found.append("planned: can be checked and planned, not run")
    return found
