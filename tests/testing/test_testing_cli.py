"""`reactivate plugins info, check, new`: what a person and a machine are told."""

import importlib
import json
import textwrap

import pytest
from click.testing import CliRunner

from reactivate.cli.plugins import command
from reactivate.diagnostics import Collector
from reactivate.errors import EnvironmentFault, PluginError, SpecError
from reactivate.host.descriptors import KINDS
from reactivate.spec.yaml import parse
from reactivate.testing import conformance, verdicts
from reactivate.testing.scaffold import write_plugin
from reactivate.testing.subject import Check


def run(*words):
    return CliRunner().invoke(command, words, catch_exceptions=False)


def test_bare_plugins_lists_one_line_each():
    done = run()
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert [line.split()[:2] for line in lines if line.startswith("channel.outbox")] == [
        ["channel.outbox", "reactivate"]
    ]
    assert len(lines) == len(json.loads(run("--format", "json").output)["plugins"])


def test_info_tells_settings_and_an_example_that_can_be_copied():
    told = run("info", "outbox").output
    assert "channel.outbox  reactivate " in told
    assert "folder  required" in told
    assert "  channels:\n    my_outbox:\n      use: outbox\n      folder: out/letters\n" in told


def test_info_for_machines_names_types_and_units():
    (told,) = json.loads(run("info", "channel.smtp", "--format", "json").output)["plugins"]
    timeout = next(one for one in told["settings"] if one["key"] == "timeout")
    assert (timeout["unit"], timeout["default"], timeout["required"]) == ("seconds", "30", False)


def test_info_of_a_word_nobody_brings():
    with pytest.raises(SpecError, match="R301") as caught:
        run("info", "outbux")
    assert caught.value.diagnostics[0].hint == "did you mean 'outbox'?"


@pytest.mark.parametrize("word", ["outbox", "sms_outbox", "bundle", "rfm", "guard.budget", "csv"])
def test_check_passes_for_ours(word):
    done = run("check", word)
    assert done.exit_code == 0
    assert ", 0 failed" in done.output


def test_check_says_what_it_could_not_judge():
    told = json.loads(run("check", "codes", "--format", "json").output)
    assert told["failed"] == []
    assert any("data/ten.csv" in lacking for lacking in told["unjudged"].values())


def test_a_failed_check_is_an_error_that_names_rule_and_finding(monkeypatch):
    def broken(self):
        if self.name == "summary_is_one_line":
            raise AssertionError("the summary is empty")
        if self.name == "name_is_a_word":
            raise KeyError("name")

    monkeypatch.setattr(Check, "__call__", broken)
    with pytest.raises(PluginError) as caught:
        run("check", "outbox")
    told = {item.message: item for item in caught.value.diagnostics}
    assert set(told) == {
        "channel.outbox-summary_is_one_line: the summary is empty",
        "channel.outbox-name_is_a_word: KeyError: 'name'",
    }
    assert {item.code for item in told.values()} == {"R511"}
    assert verdicts.Verdicts().passed == []


@pytest.mark.parametrize("kind", KINDS)
def test_new_writes_a_repository_that_passes(tmp_path, monkeypatch, kind):
    word = f"my_{kind}"
    done = run("new", kind, word, str(tmp_path / "new"))
    assert done.exit_code == 0, done.output
    assert f"reactivate plugins info {kind}.{word}" in done.output
    assert "$" not in "".join(file.read_text() for file in (tmp_path / "new").rglob("*.*") if file.is_file())
    monkeypatch.syspath_prepend(tmp_path / "new")
    monkeypatch.syspath_prepend(tmp_path / "new" / "tests")
    tests = importlib.import_module(f"test_reactivate_{word}")
    checks = conformance(tests.SUBJECT)
    assert len(checks) > 15
    for check in checks:
        check()
    assert f'"{kind}.{word}" = "reactivate_{word}"' in (tmp_path / "new/pyproject.toml").read_text()
    assert f"reactivate plugins check {kind}.{word}" in (tmp_path / "new/.github/workflows/test.yml").read_text()


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_in_its_readme_is_read_by_check(tmp_path, kind):
    """The YAML of the README stands where it says, and the settings it shows are right."""
    write_plugin(kind, "pigeon", tmp_path)
    shown = textwrap.dedent((tmp_path / "README.md").read_text().rpartition(":\n\n")[2])
    found = Collector()
    tree = parse(shown, "README.md", found)
    assert tree is not None
    assert not found.items
    assert tree.names[0] == {"matcher": "match", "segmenter": "columns"}.get(kind, f"{kind}s")


def test_new_never_writes_over_anything_and_refuses_what_is_no_word(tmp_path):
    write_plugin("channel", "pigeon", tmp_path)
    with pytest.raises(EnvironmentFault, match="R906"):
        write_plugin("guard", "pigeon", tmp_path)
    for word in ("Pigeon", "my-pigeon", "9", "../up", ""):
        with pytest.raises(SpecError, match="R212"):
            write_plugin("channel", word, tmp_path / "other")
