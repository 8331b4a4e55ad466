"""Letters: template files, the limited template language, Markdown, SMS parts, e-mail bytes. Also for plug-ins."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

_HOME = {
    **dict.fromkeys(("Template", "find", "load", "parse"), "templates"),
    **dict.fromkeys(("Brand", "Links"), "letter"),
    "Rendered": "compose",
    **dict.fromkeys(("Renderer", "RenderFault", "render_letters"), "render"),
    **dict.fromkeys(("check", "names_of"), "checks"),
    **dict.fromkeys(("Parts", "sms_parts", "gsm_friendly"), "sms"),
    **dict.fromkeys(("HeaderFault", "eml", "envelope", "list_headers", "sender_of"), "mail"),
    "selling_words": "lint",
    "safe_cell": "cells",
}

__all__ = [
    "Brand",
    "HeaderFault",
    "Links",
    "Parts",
    "RenderFault",
    "Rendered",
    "Renderer",
    "Template",
    "check",
    "eml",
    "envelope",
    "find",
    "gsm_friendly",
    "list_headers",
    "load",
    "names_of",
    "parse",
    "render_letters",
    "safe_cell",
    "selling_words",
    "sender_of",
    "sms_parts",
]

if TYPE_CHECKING:
    from reactivate.rendering.cells import safe_cell
    from reactivate.rendering.checks import check, names_of
    from reactivate.rendering.compose import Rendered
    from reactivate.rendering.letter import Brand, Links
    from reactivate.rendering.lint import selling_words
    from reactivate.rendering.mail import HeaderFault, eml, envelope, list_headers, sender_of
    from reactivate.rendering.render import Renderer, RenderFault, render_letters
    from reactivate.rendering.sms import Parts, gsm_friendly, sms_parts
    from reactivate.rendering.templates import Template, find, load, parse


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'reactivate.rendering' has no attribute {name!r}")
    return getattr(import_module(f"reactivate.rendering.{_HOME[name]}"), name)
