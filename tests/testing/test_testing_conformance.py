"""The author's kit, run by our own plug-ins: every one that is built, at work; the planned ones by what they say."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reactivate.host.registry import Registry
from reactivate.testing import Subject, conformance
from reactivate.testing.samples import PlainOffer

ROOT = Path(__file__).parents[2]
REGISTRY = Registry()
OURS = sorted(key for key, found in REGISTRY.found.items() if found.distribution == "reactivate")
SHEET = "order,date,total,name,email\n" + "".join(
    f"o{n},2026-0{1 + n % 9}-1{n % 10},{n}.50,{'Наталія Терьохіна' if n % 2 else ''},c{n % 7}@example.com\n"
    for n in range(40)
)
MAP = {"order_id": "order", "ordered_on": "date", "amount": "total", "name": "name", "email": "email"}


def parquet():
    rows = [line.split(",") for line in SHEET.splitlines()]
    columns = dict(zip(rows[0], zip(*rows[1:], strict=True), strict=True))
    sink = pa.BufferOutputStream()
    pq.write_table(
        pa.table({name: pa.array([cell or None for cell in cells]) for name, cells in columns.items()}), sink
    )
    return sink.getvalue().to_pybytes()


MORE = {
    ("source", "csv"): {"files": {"data/orders.csv": SHEET + "too,short\n"}, "map": MAP},
    ("source", "parquet"): {"files": {"data/lines.parquet": parquet()}, "map": MAP},
    ("offer", "codes"): {
        "files": {"data/ten.csv": "code\n" + "".join(f"TEN{n}\n" for n in range(50))},
    },
    ("offer", "bundle"): {"offers": {"coupon": PlainOffer(), "saffron": PlainOffer()}},
    ("guard", "stock"): {"files": {"data/stock.csv": "item,quantity\nten,3\n"}},
    ("channel", "smtp"): {"at_work": False},
}


def subject(kind, word):
    return Subject(REGISTRY.get(kind, word), **MORE.get((kind, word), {}))


CHECKS = [check for kind, word in OURS for check in conformance(subject(kind, word))]


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_the_kit_finds_no_fault_in_our_own(check):
    check()


def test_the_kit_is_as_large_as_it_says():
    assert {check.subject.kind for check in CHECKS} == {"source", "matcher", "segmenter", "offer", "guard", "channel"}
    assert all(check.doc for check in CHECKS)


@pytest.mark.parametrize(
    "folder",
    sorted(p for p in (ROOT / "plugins/reactivate_plugins").iterdir() if p.is_dir() and p.name != "__pycache__"),
    ids=lambda p: p.name,
)
def test_every_folder_is_registered_tested_and_documented(folder):
    words = [key for key in OURS if REGISTRY.found[key].entry.value == f"reactivate_plugins.{folder.name}"]
    assert words, f"{folder.name} has no entry point in pyproject.toml"
    page = (ROOT / "docs/reference/plugins.md").read_text(encoding="utf-8")
    tests = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "tests").rglob("test_*.py") if p != Path(__file__))
    for kind, word in words:
        assert f"## {kind}.{word}\n" in page, f"{kind}.{word} is not in docs/reference/plugins.md: make docs"
    assert any(f'"{word}"' in tests or f"use: {word}" in tests for _, word in words) or folder.name in tests
