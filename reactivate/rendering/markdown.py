"""Markdown to a text part and to HTML. Raw HTML is text here, and links go to https, mailto and tel only."""

import re
from collections.abc import Sequence
from string import punctuation

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from reactivate.rendering.language import PLAIN_LINK

_SAFE_LINK = re.compile(r"https?://[^\s<>\"]+|mailto:[^\s<>\"]+|tel:[+\d()\- ]+", re.ASCII | re.IGNORECASE)
_ESCAPED = str.maketrans({char: "\\" + char for char in punctuation})
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def tidy(value: str) -> str:
    """A value on one line, without control and direction characters."""
    return " ".join(_CONTROL.sub(" ", value).split())


def escaped(value: str) -> str:
    """A value that Markdown shows as it stands: names can make neither markup nor lines nor links."""
    return tidy(value).translate(_ESCAPED)


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False})
    reader.disable(["html_block", "html_inline", "image"], ignoreInvalid=True)
    reader.validateLink = lambda url: bool(_SAFE_LINK.fullmatch(url))  # type: ignore[method-assign]
    # Before escapes are joined to their neighbours, so that only addresses of the author and the host are seen.
    reader.core.ruler.before("text_join", "bare_links", _bare_links)
    reader.core.ruler.push("buttons", _buttons)
    return reader


def _buttons(state: StateCore) -> None:
    """A link that is a paragraph of its own is what the letter asks for: marked, so that it can look like a button."""
    for block in state.tokens:
        inside = block.children or []
        alone = len(inside) > 2 and (inside[0].type, inside[-1].type) == ("link_open", "link_close")
        if alone and sum(token.type == "link_open" for token in inside) == 1:
            href = inside[0].attrs.get("href")
            if [token.content for token in inside[1:-1]] != [href]:
                inside[0].attrSet("class", "button")


def _bare_links(state: StateCore) -> None:
    """Make a web address that stands in the text by itself a link."""
    for block in state.tokens:
        if block.children:
            block.children = _linked(block.children)


def _linked(tokens: Sequence[Token]) -> list[Token]:
    done: list[Token] = []
    inside = 0
    for token in tokens:
        inside += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type != "text" or inside or "://" not in token.content:
            done.append(token)
            continue
        for piece in re.split(f"({PLAIN_LINK.pattern}(?<![.:?]))", token.content):
            if PLAIN_LINK.fullmatch(piece):
                done += [
                    Token("link_open", "a", 1, attrs={"href": piece}),
                    Token("text", "", 0, content=piece),
                    Token("link_close", "a", -1),
                ]
            elif piece:
                done.append(Token("text", "", 0, content=piece))
    return done


_READER = _reader()


def to_html(source: str) -> str:
    """HTML of a Markdown text, without a page around it."""
    return str(_READER.render(source))


def to_text(source: str) -> str:
    """The same text to be read without HTML: links as `label: address`, lists with dashes, rules as a line."""
    lines: list[str] = []
    marks: list[str] = []
    first = ""
    for token in _READER.parse(source):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            marks.append("-" if token.type[0] == "b" else str(token.attrs.get("start", 1)))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            marks.pop()
            lines.append("")
        elif token.type == "list_item_open":
            first = "  " * (len(marks) - 1) + (marks[-1] if marks[-1] == "-" else marks[-1] + ".") + " "
            marks[-1] = marks[-1] if marks[-1] == "-" else str(int(marks[-1]) + 1)
        elif token.type == "inline":
            lines.append(first + _inline_text(token.children or ()))
            first = ""
            if not marks:
                lines.append("")
        elif token.type in ("fence", "code_block"):
            lines += [token.content.rstrip("\n"), ""]
        elif token.type == "hr":
            lines += ["-" * 20, ""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _inline_text(tokens: Sequence[Token]) -> str:
    out: list[str] = []
    open_link: tuple[str, int] | None = None
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            out.append("\n")
        elif token.type == "link_open":
            open_link = (str(token.attrs.get("href", "")), len(out))
        elif token.type == "link_close" and open_link:
            address, start = open_link
            label = "".join(out[start:])
            bare = address.removeprefix("mailto:").removeprefix("tel:")
            if label not in (address, bare):
                out.append(f": {bare}")
            open_link = None
        else:
            out.append(token.content)
    return "".join(out)
