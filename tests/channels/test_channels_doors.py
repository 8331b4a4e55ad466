"""What importing a channel costs, and through which door it comes."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[2] / "plugins" / "reactivate_plugins"
HEAVY = {"pyarrow", "numpy", "scipy", "duckdb", "sqlalchemy", "jinja2", "yaml", "rich", "httpx", "openpyxl"}


@pytest.mark.parametrize("word", ["outbox", "smtp", "sms_outbox", "call_list"])
def test_a_channel_knows_only_the_door(word):
    for file in (PLUGINS / word).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [a.name for a in getattr(node, "names", [])]
                if isinstance(node, ast.Import)
                else []
            )
            for name in names:
                ours = name.split(".")[0] == "reactivate"
                assert not ours or name == "reactivate.api", f"{file.name} imports {name}"


def test_importing_channels_and_asking_for_them_costs_nothing_heavy():
    code = (
        "import sys; from reactivate_plugins import outbox, smtp, sms_outbox, call_list\n"
        "for plugin in (outbox, smtp, sms_outbox, call_list): plugin.reactivate_channels()\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PLUGINS.parent)
    assert done.stdout.strip() == "[]"
