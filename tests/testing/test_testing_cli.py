"""`reactivate plugins info, check, new`: what a person and a machine are told."""

import json

import pytest
from click.testing import CliRunner

from reactivate.cli.plugins import command
from reactivate.errors import EnvironmentFault, PluginError, SpecError
from reactivate.testing import verdicts
from reactivate.testing.scaffold import write_channel
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


def test_new_writes_a_repository_that_passes(tmp_path, monkeypatch):
    done = run("new", "channel", "my_pigeon", str(tmp_path / "new"))
    assert done.exit_code == 0
    assert "reactivate plugins info my_pigeon" in done.output
    monkeypatch.syspath_prepend(tmp_path / "new")
    import reactivate_my_pigeon

    from reactivate.testing import Subject, conformance

    (channel,) = reactivate_my_pigeon.reactivate_channels()
    for check in conformance(Subject(channel)):
        check()
    assert '"channel.my_pigeon" = "reactivate_my_pigeon"' in (tmp_path / "new/pyproject.toml").read_text()
    assert (tmp_path / "new/.github/workflows/test.yml").exists()


def test_new_never_writes_over_anything_and_refuses_what_is_no_word(tmp_path):
    write_channel("pigeon", tmp_path)
    with pytest.raises(EnvironmentFault, match="R906"):
        write_channel("pigeon", tmp_path)
    for word in ("Pigeon", "my-pigeon", "9", "../up", ""):
        with pytest.raises(SpecError, match="R212"):
            write_channel(word, tmp_path / "other")
