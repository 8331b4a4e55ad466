import json
import subprocess
import sys

import pytest

from reactivate import __version__
from reactivate.cli.main import COMMANDS, cli, known, main

HEAVY = ("pyarrow", "numpy", "scipy", "duckdb", "sqlalchemy", "jinja2", "yaml", "rich", "httpx", "rapidfuzz", "altair")


def imported(*arguments):
    code = f"import sys; from reactivate.cli.main import main\ntry:\n    main({list(arguments)!r})\nexcept SystemExit: pass\n"
    code += "print('|'.join(sorted({name.split('.')[0] for name in sys.modules})), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.strip().splitlines()[-1].split("|"))


@pytest.mark.parametrize(
    "arguments", [("--help",), ("--version",), ("plan", "--help"), ("run", "--help"), ("check", "--help")]
)
def test_help_and_version_import_nothing_heavy(arguments):
    assert not imported(*arguments) & set(HEAVY)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_named_is_there_and_its_help_says_something(name):
    from importlib import import_module

    module = import_module(f"reactivate.cli.{name.replace('-', '_')}")
    assert known(module)
    assert len(module.command.help or "") > 20


def test_version_is_a_literal(capsys):
    with pytest.raises(SystemExit) as leave:
        main(["--version"])
    assert leave.value.code == 0
    assert capsys.readouterr().out.strip() == f"reactivate {__version__}"


def test_a_misspelt_command_is_a_usage_error_with_a_suggestion(capsys):
    with pytest.raises(SystemExit) as leave:
        main(["plna"])
    assert leave.value.code == 2
    assert "Did you mean 'plan'?" in capsys.readouterr().err


def test_faults_of_the_world_leave_with_nine_and_no_traceback(capsys, tmp_path):
    with pytest.raises(SystemExit) as leave:
        main(["check", str(tmp_path / "absent.yml")])
    assert leave.value.code == 9
    told = "".join(capsys.readouterr())
    assert "absent.yml" in told
    assert "Traceback" not in told


def test_a_bug_leaves_with_one_and_says_so(capsys, monkeypatch):
    monkeypatch.setattr(cli, "main", lambda **_: 1 / 0)
    with pytest.raises(SystemExit) as leave:
        main(["plan"])
    assert leave.value.code == 1
    assert "R999" in capsys.readouterr().err


def test_an_interrupt_leaves_with_130(capsys, monkeypatch):
    def interrupted(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "main", interrupted)
    with pytest.raises(SystemExit) as leave:
        main(["plan"])
    assert leave.value.code == 130


def test_a_full_disk_is_said_in_words(capsys, monkeypatch):
    def full(**_):
        raise OSError(28, "No space left on device", "base.parquet")

    monkeypatch.setattr(cli, "main", full)
    with pytest.raises(SystemExit) as leave:
        main(["sync"])
    assert leave.value.code == 9
    told = capsys.readouterr().err
    assert "No space left on device: base.parquet" in told
    assert "free some space" in told


def test_plugins_are_listed_with_their_owner(capsys):
    with pytest.raises(SystemExit):
        main(["plugins", "--format", "json"])
    listed = {row["name"]: row for row in json.loads(capsys.readouterr().out)["plugins"]}
    assert listed["source.csv"]["distribution"] == "reactivate"
    assert all(row["summary"] for row in listed.values())


def test_python_m_is_the_same_program():
    done = subprocess.run([sys.executable, "-m", "reactivate", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"reactivate {__version__}"
