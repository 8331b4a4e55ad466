"""`reactivate check`: what it prints and how it leaves."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from spec_tools import BUSINESS, CAMPAIGN, designs, write

from reactivate.cli.check import command


def check(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_a_good_spec_is_called_good(tmp_path: Path) -> None:
    path = write(tmp_path)
    result = check(path)
    assert (result.exit_code, result.output) == (0, f"{path}: good\n")


def test_warnings_do_not_fail(tmp_path: Path) -> None:
    result = check(write(tmp_path, CAMPAIGN + "holdout: 0%\n"))
    assert result.exit_code == 0
    assert "warning R355" in result.output
    assert result.output.endswith("1 warning\n")


def test_a_fault_ends_with_three_and_an_unknown_plugin_too(tmp_path: Path) -> None:
    assert check(write(tmp_path, CAMPAIGN + "colour: red\n")).exit_code == 3
    result = check(write(tmp_path, business=BUSINESS.replace("use: csv", "use: cvs")))
    assert result.exit_code == 3
    assert "R301" in result.output


def test_several_specs_and_formats_in_one_go(tmp_path: Path) -> None:
    good, bad = write(tmp_path / "a"), write(tmp_path / "b", CAMPAIGN + "colour: red\n")
    result = check(
        good, bad, "--format", "json", "--output", f"junit={tmp_path}/r.xml", "--output", f"sarif={tmp_path}/r.sarif"
    )
    assert result.exit_code == 3
    assert json.loads(result.output)["errors"] == 1
    assert "<testsuite" in (tmp_path / "r.xml").read_text()
    assert json.loads((tmp_path / "r.sarif").read_text())["version"] == "2.1.0"


def test_a_fault_of_a_shared_business_file_is_said_once(tmp_path: Path) -> None:
    path = write(tmp_path, business=BUSINESS + "colour: red\n")
    twin = path.with_name("twin.yml")
    twin.write_text(CAMPAIGN.replace("hello_again", "twin"), encoding="utf-8")
    assert check(path, twin).output.count("error R203") == 1


def test_another_business_file_is_checked_instead(tmp_path: Path) -> None:
    other = tmp_path / "other.yml"
    other.write_text(BUSINESS + "colour: red\n", encoding="utf-8")
    assert check(write(tmp_path), "--business", other).exit_code == 3


def test_an_unknown_output_format_is_a_fault_of_usage(tmp_path: Path) -> None:
    assert check(write(tmp_path), "--output", "pdf=x").exit_code == 2


def test_a_missing_file_is_a_fault_of_the_world_and_hides_no_other(tmp_path: Path) -> None:
    assert check("nowhere.yml").exit_code == 9
    result = check("nowhere.yml", write(tmp_path, CAMPAIGN + "colour: red\n"))
    assert result.exit_code == 3
    assert {"R901", "R203"} <= set(result.output.replace(":", " ").split())


def test_a_file_of_rubbish_is_a_fault_of_the_spec(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_bytes(bytes(range(256)))
    assert check(path).exit_code == 3


@pytest.mark.slow
def test_all_specs_of_the_design_pass(tmp_path: Path) -> None:
    result = check(*designs(tmp_path / "specs"))
    assert result.exit_code == 0, result.output
