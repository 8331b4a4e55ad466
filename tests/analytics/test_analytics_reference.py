import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_of_columns_is_the_list_of_columns():
    made = runpy.run_path(str(ROOT / "docs/columns_page.py"))["page"]()
    assert (ROOT / "docs/reference/columns.md").read_text(encoding="utf-8") == made
