"""Cells of a file of results as programs and people write them; what cannot be reckoned with is named."""

import json
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ARMS = ["held", "letter"] * 10


@pytest.fixture
def lift(call):
    def run(path, *arguments, control="held"):
        code, out, err = call("lift", path, "--arm", "arm", "--control", control, "--outcome", "y", *arguments)
        return code, out, err

    return run


@pytest.fixture
def outcome(lift):
    """The one outcome of the one arm, as JSON."""

    def run(path, control="held"):
        code, out, err = lift(path, "--format", "json", control=control)
        assert code == 0, err
        return json.loads(out)["arms"][0]["outcomes"][0]

    return run


def csv(folder, *cells, arms=ARMS):
    path = folder / "results.csv"
    path.write_text("\n".join(["arm;y", *(f"{arm};{cell}" for arm, cell in zip(arms, cells, strict=False))]) + "\n")
    return path


def parquet(folder, values, arms=ARMS):
    path = folder / "results.parquet"
    pq.write_table(pa.table({"arm": arms, "y": values}), path)
    return path


class TestWhatIsEmpty:
    @pytest.mark.parametrize("mark", ["", "NA", "n/a", "NaN", "NULL", "None", "\\N", "#N/A", "<NA>"])
    def test_the_marks_of_other_programs(self, tmp_path, outcome, mark):
        found = outcome(csv(tmp_path, "0", "1", mark, "1", "1", mark))
        assert (found["control_n"], found["n"], found["difference"]) == (2, 2, 0.5)

    def test_a_column_of_nulls_says_nothing(self, tmp_path, outcome):
        assert outcome(parquet(tmp_path, pa.nulls(20)))["difference"] is None


class TestWhatIsANumber:
    @pytest.mark.parametrize(
        ("cells", "control", "treated"),
        [
            (("y", "n", "N", "Y"), 0.5, 0.5),
            (("t", "f"), 1, 0),
            (("1,234", "12.50"), 1234, 12.5),
            (("1,5", "0,125"), 1.5, 0.125),
            (("1 234,50 ₽", "10"), 1234.5, 10),
            (("(5)", "1e3"), -5, 1000),
        ],
        ids=["yes and no", "true and false", "thousands", "decimal commas", "a currency", "brackets and powers"],
    )
    def test_as_people_write_it(self, tmp_path, outcome, cells, control, treated):
        found = outcome(csv(tmp_path, *cells))
        assert (found["control"], found["treated"]) == (control, treated)

    @pytest.mark.parametrize(
        ("cell", "words"),
        [
            ("red", "person 2: 'red' is no number"),
            ("1e308", "person 2: '1e308' is no number"),
            ("inf", "person 2: 'inf' is no number"),
            ("$5", "holds sums in several currencies: EUR, USD"),
        ],
    )
    def test_what_is_none_is_named(self, tmp_path, lift, cell, words):
        code, _, err = lift(csv(tmp_path, "5 €", cell, "3", "4"))
        assert (code, "R666" in err, words in err) == (5, True, True), err

    @pytest.mark.parametrize(
        "values",
        [
            pa.array([str(i % 2) for i in range(20)]).dictionary_encode(),
            pa.array([i % 2 for i in range(20)]).dictionary_encode(),
            pa.array([str(i % 2) for i in range(20)]).cast(pa.string_view()),
            pa.array([str(i % 2) for i in range(20)], pa.large_string()),
            pa.array([Decimal(i % 2) for i in range(20)]),
            pa.array([i % 2 for i in range(20)], pa.uint8()),
            pa.array([bool(i % 2) for i in range(20)]),
        ],
        ids=lambda values: str(values.type),
    )
    def test_every_kind_of_parquet_column(self, tmp_path, outcome, values):
        found = outcome(parquet(tmp_path, values))
        assert (found["method"], found["control"], found["treated"]) == ("newcombe", 0, 1)

    @pytest.mark.parametrize("values", [pa.array([[1]] * 20), pa.array([1e300] * 20), pa.array([1] * 20, pa.date32())])
    def test_kinds_that_are_no_numbers(self, tmp_path, lift, values):
        code, _, err = lift(parquet(tmp_path, values))
        assert (code, "R666" in err) == (5, True), err


class TestArms:
    @pytest.mark.parametrize(
        ("arms", "control"),
        [
            (pa.array([False, True] * 10), "False"),
            (pa.array([0.0, 1.0] * 10), "0"),
            (pa.array(["Held", "letter"] * 10), "held"),
            (pa.array(ARMS).cast(pa.string_view()), "held"),
            (pa.array(ARMS).dictionary_encode(), "HELD"),
        ],
        ids=["pandas' False", "whole floats", "letter case", "views", "categories"],
    )
    def test_the_control_is_found(self, tmp_path, outcome, arms, control):
        path = parquet(tmp_path, [float(i % 2) for i in range(20)], arms)
        assert outcome(path, control)["difference"] == 1

    def test_two_that_differ_in_case_stay_two_and_are_named(self, tmp_path, lift):
        path = csv(tmp_path, *"0101", arms=["held", "Held", "letter", "letter"])
        assert "arms Held, held differ in letter case alone" in lift(path)[1]
        code, _, err = lift(path, control="HELD")
        assert (code, "nobody has arm = 'HELD'" in err) == (5, True)

    def test_arms_that_are_no_names(self, tmp_path, lift):
        code, _, err = lift(parquet(tmp_path, [1.0] * 20, pa.array([[1]] * 20)))
        assert (code, "R667" in err) == (5, True), err


def test_resampling_is_not_sure_of_one_person(tmp_path, outcome):
    assert outcome(csv(tmp_path, "10.5", "3"))["bootstrap"] is None
    assert outcome(csv(tmp_path, *["5", "7"] * 10))["bootstrap"] is None
