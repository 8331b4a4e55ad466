"""`reactivate sync` as a person meets it: what it prints, how it leaves."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from in_process import reactivate

BUSINESS = """
brand: "Сова"
currency: UAH
timezone: Europe/Kyiv
policy: ua
sources:
  orders:
    use: csv
    path: orders.csv
    rows: orders
    map: {ordered_on: day, amount: sum, name: who, phone: tel}
match: {use: exact, by: [phone]}
channels:
  sms: {use: sms_outbox, path: out/sms.csv}
"""
GOOD = "day,sum,who,tel\n2025-01-02,10,Анна Коваль,0671112233\n2025-01-03,20,Ганна Коваль,0671112233\n"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return reactivate("sync", folder / "business.yml", *arguments)


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "business.yml").write_text(BUSINESS, encoding="utf-8")
    (tmp_path / "orders.csv").write_text(GOOD, encoding="utf-8")
    return tmp_path


def test_machines_get_only_json(shop):
    """In a process of its own: nothing that a library prints may stand before the JSON either."""
    command = [sys.executable, "-m", "reactivate", "sync", shop / "business.yml", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["format"], found["records"], found["people"]) == ("sync/1", 2, 1)
    assert found["good"] == {"email": 0.0, "phone": 1.0, "any": 1.0}
    assert found["sources"][0]["rows"] == 2
    assert found["reach"]["sms"] == {"people": 0, "why": {"no_consent": 1}}


def test_people_get_lines(shop):
    done = run(shop)
    assert done.returncode == 0
    assert "2  rows  2  records" in done.stdout
    assert "50.0% of the records were doubles" in done.stdout
    assert "0671112233" not in done.stdout


@pytest.mark.parametrize(
    ("spoil", "code", "exit_code"),
    [
        (lambda shop: (shop / "orders.csv").unlink(), "R903", 9),
        (lambda shop: (shop / "orders.csv").write_bytes(b""), "R611", 5),
        (lambda shop: (shop / "orders.csv").write_bytes(GOOD.encode("cp1251")), "R612", 5),
        (lambda shop: (shop / "orders.csv").write_text("datum;x\n1;2\n"), "R620", 5),
        (lambda shop: (shop / "orders.csv").write_text("day,sum,who,tel\nx,1,a,067\n"), "R621", 5),
        (lambda shop: (shop / "business.yml").write_text(BUSINESS.replace("use: csv", "use: cvs")), "R301", 3),
    ],
    ids=["missing", "empty", "encoding", "columns", "rows", "plug-in"],
)
def test_bad_input_has_a_code_a_way_out_and_no_traceback(shop, spoil, code, exit_code):
    spoil(shop)
    done = run(shop)
    assert done.returncode == exit_code
    assert f"error {code}" in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout
    assert not list(shop.glob(".reactivate/base/2*"))
