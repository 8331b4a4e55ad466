"""The pages behind the codes: `reactivate/codes/R203.md`, wrong, right, why."""

from functools import cache
from importlib.resources import files


def page(code: str) -> str | None:
    """The page of a code; None when there is no such code."""
    place = files("reactivate").joinpath("codes", f"{code}.md")
    return place.read_text(encoding="utf-8") if place.is_file() else None


@cache
def title(code: str) -> str:
    """The first line of a page without its mark and code; the code itself where there is no page."""
    text = page(code)
    return text.split("\n", 1)[0].lstrip("# ").removeprefix(f"{code}:").strip() if text else code
