"""A study as one HTML page with pictures: the four of `reactivate study` in the frame of the reports."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from reactivate.report import study_cohorts, study_lapse, study_next, study_rfm
from reactivate.report.html_page import framed
from reactivate.report.html_parts import Spot, joined, sentence

Chapter = Callable[[Spot], Markup | None]

_STUDIES: dict[str, Any] = {
    "study-rfm/1": study_rfm,
    "study-lapse/1": study_lapse,
    "study-cohorts/1": study_cohorts,
    "study-next/1": study_next,
}


def page(result: dict[str, Any]) -> str:
    """The page of a study's JSON. Pure: the same JSON gives the same bytes; every figure leads to its place there."""
    study = _STUDIES[result["format"]]
    spot = Spot(result)
    chapters = [chapter(spot) for chapter in study.CHAPTERS]
    return framed(f"{study.TITLE} · {result['name']}", _head(study, spot), chapters, _FOOT)


def _head(study: Any, spot: Spot) -> Markup:
    chips = joined(Markup("<li>{}</li>").format(chip) for chip in (f"on {spot['as_of'].text}", *study.chips(spot)))
    page = (
        '<header>\n<p class="brand">{}</p>\n<h1>{}</h1>\n<ul class="chips">{}</ul>\n<p class="verdict">{}</p>\n'
        '<dl class="tiles">{}</dl>\n</header>'
    )
    said = sentence(study.verdict(spot))
    return Markup(page).format(spot["name"].text, study.TITLE, chips, said, joined(study.tiles(spot)))


_FOOT = Markup(
    "<footer>\n<p>Made by reactivate study. How each figure is reckoned: docs/explanation/insight.md.</p>\n</footer>"
)
