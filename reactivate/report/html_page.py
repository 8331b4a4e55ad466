"""The frame of every page: one file that works from disk, loads nothing, runs nothing; light and dark, fit to print."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from reactivate.report.html_parts import joined


def framed(title: str, head: Any, chapters: list[Any], foot: Any) -> str:
    """A whole page of a header, chapters and a footer."""
    style = files("reactivate.report").joinpath("style.css").read_text(encoding="utf-8")
    page = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="{}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n<title>{}</title>\n<style>{}</style>\n</head>\n'
        "<body>\n{}\n<main>\n{}\n</main>\n{}\n</body>\n</html>\n"
    )
    found = joined((chapter for chapter in chapters if chapter), "\n")
    return str(Markup(page).format(_policy(style), title, Markup(style), head, found, foot))


def _policy(style: str) -> str:
    """Nothing may be loaded or run; only this very style sheet counts."""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
