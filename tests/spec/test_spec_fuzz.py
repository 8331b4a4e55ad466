"""Mutated specs: whatever is done to them, the answer is a list of diagnostics, within two seconds of work.

The gate runs 600 cases. All 5,000: `REACTIVATE_FUZZ=5000 pytest tests/spec/test_spec_fuzz.py -m slow`
"""

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spec_tools import DESIGN, stubs

from reactivate.errors import EnvironmentFault
from reactivate.report.diagnostics_text import as_text
from reactivate.spec.compile import compile_campaign
from reactivate.spec.load import load

TEXTS = [path.read_text(encoding="utf-8") for path in sorted((DESIGN).rglob("*.yml"))]
WORDS = sorted({word for text in TEXTS for word in text.replace(",", " ").replace("{", " ").replace("}", " ").split()})
PIECES = st.sampled_from([*WORDS, "\t", "\n", "\n  ", "{", "}", "[", "]", "- ", ": ", '"', "'", "&a", "*a", "!x", "<<: ", "---\n", "%", "#", "\u00a0", "\x00", "(", ")", "9" * 20, "é" * 50])  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 12))
        text = text[:at] + draw(PIECES) + text[at + length :]
    if draw(st.booleans()):
        lines = text.split("\n")
        one, two = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
        lines[one], lines[two] = lines[two], lines[one]
        text = "\n".join(lines)
    return text


MOST_SECONDS = 2
"""Of the processor, so that a busy machine says nothing."""


def answer(folder: Path, data: bytes) -> None:
    started = time.process_time()
    _answer(folder, data)
    assert time.process_time() - started < MOST_SECONDS


def _answer(folder: Path, data: bytes) -> None:
    path = folder / "fuzz.yml"
    path.write_bytes(data)
    try:
        spec = load(path, stubs())
    except EnvironmentFault:
        return
    as_text(spec.diagnostics, summary=True)
    for item in spec.diagnostics:
        if item.span is not None and spec.files.get(item.span.file):
            lines = spec.files[item.span.file].split("\n")
            assert item.span.line <= len(lines)
    if spec.campaign is not None and not spec.failed:
        compile_campaign(spec.campaign)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("fuzz")
    (place / "business").mkdir()
    for path in (DESIGN / "business").glob("*.yml"):
        (place / "business" / path.name).write_bytes(path.read_bytes())
    return place


few = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
many = settings(few, max_examples=int(os.environ.get("REACTIVATE_FUZZ", "600")))


@few
@given(text=mutated())
def test_a_mutated_spec_is_answered(folder: Path, text: str) -> None:
    answer(folder, text.encode())


@pytest.mark.slow
@many
@given(text=mutated())
def test_many_mutated_specs_are_answered(folder: Path, text: str) -> None:
    answer(folder, text.encode())


@few
@given(data=st.binary(max_size=400))
def test_bytes_are_answered(folder: Path, data: bytes) -> None:
    answer(folder, data)
