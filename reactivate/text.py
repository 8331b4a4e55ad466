"""Small helpers for words on a screen: nearest names, counted nouns, columns, masked people."""

import unicodedata
from collections.abc import Iterable, Sequence


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The one name clearly meant by a misspelt `word`, else None (too far, or two equally near)."""
    limit = 0 if len(word) <= 1 else 1 if len(word) <= 4 else 2 if len(word) <= 8 else 3
    alike = {name for name in names if abs(len(name) - len(word)) <= limit}  # no distance is below that of the lengths
    if not alike:
        return None
    from rapidfuzz.distance import OSA

    scored = sorted((OSA.distance(word.casefold(), name.casefold()), name) for name in alike)
    near = [(distance, name) for distance, name in scored if distance <= limit]
    if not near or (len(near) > 1 and near[0][0] == near[1][0]):
        return None
    return near[0][1]


def one_of(names: Iterable[str], most: int = 8) -> str:
    """`a, b, c … (12 in all)`: what is allowed, for a message."""
    listed = sorted(set(names))
    shown = ", ".join(listed[:most])
    return shown if len(listed) <= most else f"{shown} … ({len(listed)} in all)"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """`1 person`, `2,000 people`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def one_line(text: str, most: int = 300) -> str:
    """`text` on one line without control characters, cut in the middle beyond `most`: others wrote it, we print it."""
    plain = " ".join("".join(char if char.isprintable() or char.isspace() else "\ufffd" for char in text).split())
    return plain if len(plain) <= most else f"{plain[: most - 60]} … {plain[-40:]}"


def width(text: str) -> int:
    """Columns that `text` takes on a terminal: wide characters two, combining ones none."""
    return sum(
        0 if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}
        else 2 if unicodedata.east_asian_width(char) in "WF"
        else 1
        for char in text
    )  # fmt: skip


def columns(rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> list[str]:
    """Rows padded into columns by display width; `right` lists the columns that align to the right."""
    if not rows:
        return []
    to_right = set(right)
    widths = [max(width(row[i]) for row in rows if i < len(row)) for i in range(max(map(len, rows)))]
    lines = []
    for row in rows:
        cells = []
        for i, cell in enumerate(row):
            gap = " " * (widths[i] - width(cell))
            cells.append(gap + cell if i in to_right else cell + gap)
        lines.append("  ".join(cells).rstrip())
    return lines


def masked_email(address: str) -> str:
    """`n…a@gmail.com`: enough to recognise, too little to write to."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}…{local[-1:] if len(local) > 2 else ''}@{domain}" if domain else masked(address)


def masked_phone(phone: str) -> str:
    """`+380…45 67` as `+380…67`: country and the last two digits."""
    return f"{phone[:4]}…{phone[-2:]}" if len(phone) > 7 else masked(phone)


def masked(text: str) -> str:
    """First letter of each word: `Т… Н…`."""
    return " ".join(f"{word[:1]}…" for word in text.split())
