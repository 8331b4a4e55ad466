"""Pieces of a page: figures that know their place in the JSON, tables, sections. Markup escapes whatever enters."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import frozen
from markupsafe import Markup

_FEW = 3
"""A table with so few figures is kept narrow, so that the eye finds its way from name to figure."""
DASH = Markup('<span class="none" title="not known">–</span>')


@frozen
class Spot:
    """A place in the report's JSON. Figures printed from it carry their value and path, so a test can follow them back.

    A key or index that is not there is a spot whose value is None.
    """

    value: Any
    path: str = ""

    def __getitem__(self, key: str | int) -> "Spot":
        path = f"{self.path}.{key}" if self.path else str(key)
        if isinstance(key, str):
            return Spot(self.value.get(key) if isinstance(self.value, dict) else None, path)
        inside = isinstance(self.value, list) and key < len(self.value)
        return Spot(self.value[key] if inside else None, path)

    def __iter__(self) -> "Iterator[Spot]":
        return (self[at] for at in range(len(self.value or ())))

    def __bool__(self) -> bool:
        return bool(self.value)

    @property
    def known(self) -> bool:
        return self.value is not None

    @property
    def amount(self) -> float:
        """The number for a picture; 0 when not known."""
        return float(self.value) if isinstance(self.value, int | float) else 0.0

    @property
    def text(self) -> str:
        return "" if self.value is None else str(self.value)

    def number(self) -> Markup:
        return self._figure(lambda value: f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}")

    def rounded(self, digits: int = 0) -> Markup:
        """An expectation without its needless digits; the page's data keep all of them."""
        return self._figure(lambda value: f"{value:,.{digits}f}")

    def share(self) -> Markup:
        """A share from 0 to 1 as `41.6%`."""
        return self._figure(percent)

    def points(self) -> Markup:
        """A difference of shares as `+3.2pp`."""
        return self._figure(lambda value: f"{100 * value:+.1f}pp".replace("-", "−"))

    def money(self, currency: Any) -> Markup:
        return self._figure(lambda value: f"{amount_text(value)} {currency or ''}".strip())

    def _figure(self, say: Any) -> Markup:
        if not isinstance(self.value, int | float) or isinstance(self.value, bool):
            return DASH
        said = say(self.value)
        return Markup('<data value="{}" data-at="{}">{}</data>').format(repr(self.value), self.path, said)


def percent(value: float) -> str:
    """`41.6%`; small shares keep a second digit."""
    return f"{100 * value:.2f}%" if 0 < abs(value) < 0.01 else f"{100 * value:.1f}%"


def amount_text(value: float) -> str:
    """Money without needless cents: `12,340`, `0.90`."""
    said = f"{value:,.0f}" if abs(value) >= 1000 or float(value).is_integer() else f"{value:,.2f}"
    return said.replace("-", "−")


def words(text: Any) -> str:
    """`no_consent` as people say it."""
    return "" if text is None else str(text).replace("_", " ")


def sentence(text: str) -> str:
    """With a capital at the start and a full stop at the end."""
    said = text.strip()
    return said and said[0].upper() + said[1:] + ("" if said[-1] in ".!?…" else ".")


def joined(pieces: Iterable[Any], between: str = "") -> Markup:
    return Markup(between).join(pieces)


def section(name: str, title: str, lead: Any, *body: Any) -> Markup:
    """One chapter; `lead` says in a sentence what is to be seen."""
    head = Markup('<h2 id="{}-title">{}</h2>').format(name, title)
    said = Markup('<p class="lead">{}</p>').format(lead) if lead else Markup("")
    page = '<section id="{}" aria-labelledby="{}-title">{}{}{}</section>'
    return Markup(page).format(name, name, head, said, joined(body))


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]], *, text: int = 1, caption: str = "") -> Markup:
    """A table; the first `text` columns are words, the others figures and right-aligned."""

    def cells(row: Sequence[Any], tag: str) -> Markup:
        done = []
        for at, cell in enumerate(row):
            kind = "" if at < text else ' class="figure"'
            first = ' scope="row"' if at == 0 and tag == "td" else ' scope="col"' if tag == "th" else ""
            name = "th" if at == 0 or tag == "th" else "td"
            done.append(Markup(f"<{name}{first}{kind}>{{}}</{name}>").format(cell))
        return joined(done)

    body = joined(Markup("<tr>{}</tr>").format(cells(row, "td")) for row in rows)
    said = Markup("<caption>{}</caption>").format(caption) if caption else Markup("")
    page = '<div class="wide"><table{}>{}<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
    few = Markup(' class="few"' if len(heads) - text <= _FEW else "")
    return Markup(page).format(few, said, cells(heads, "th"), body)


def tile(title: str, figure: Any, below: Any = "") -> Markup:
    """One large number with its name and what it is a part of."""
    page = '<div class="tile"><dt>{}</dt><dd><b>{}</b><small>{}</small></dd></div>'
    return Markup(page).format(title, figure, below)


def note(spot: Spot) -> Markup:
    """A remark below a picture."""
    return Markup('<p class="note">{}</p>').format(sentence(spot.text))


def legend(entries: Iterable[tuple[str, str]]) -> Markup:
    """Colour keys: (class of the colour, word)."""
    key = '<svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="{}" width="10" height="10"/></svg>'
    page = f"<li>{key}{{}}</li>"
    return Markup('<ul class="legend">{}</ul>').format(joined(Markup(page).format(*entry) for entry in entries))
