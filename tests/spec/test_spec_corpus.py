"""Broken specs and what is said of them, word for word. `REACTIVATE_WRITE=1 pytest tests/spec` writes the expectations anew."""

import os
from pathlib import Path

import pytest
from spec_tools import SPECS, stubs

from reactivate.report.diagnostics_text import as_text
from reactivate.spec.load import load

BAD = sorted((SPECS / "bad").glob("*.yml"))


def said(path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(path.parent)
    return as_text(load(path.name, stubs()).diagnostics, summary=True) + "\n"


@pytest.mark.parametrize("path", BAD, ids=[path.stem for path in BAD])
def test_a_broken_spec_is_answered_word_for_word(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = path.with_suffix(".txt")
    now = said(path, monkeypatch)
    if os.environ.get("REACTIVATE_WRITE"):
        expected.write_text(now, encoding="utf-8")
    assert now == expected.read_text(encoding="utf-8")


def test_the_corpus_shows_sixty_faults_and_more() -> None:
    texts = [path.with_suffix(".txt").read_text(encoding="utf-8") for path in BAD]
    assert len(set(texts)) >= 60
    assert all("error R" in text or "warning R" in text for text in texts)
    assert not any("Traceback" in text for text in texts)
