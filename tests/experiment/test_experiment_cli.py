"""`reactivate lift` and `reactivate power`, as people and machines meet them."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reactivate.experiment import newcombe

ROWS = (
    [("letter", 1, "12.50", 10)] * 30
    + [("letter", 0, "0", 4)] * 70
    + [("sms", 1, "8", 6)] * 20
    + [("sms", 0, "0", 5)] * 80
    + [("holdout", 1, "10", 9)] * 10
    + [("holdout", 0, "0", 3)] * 40
)
HEAD = "group,visit,spend,before"


@pytest.fixture
def results(tmp_path):
    path = tmp_path / "results.csv"
    path.write_text("\n".join([HEAD, *(",".join(map(str, row)) for row in ROWS)]), encoding="utf-8")
    return path


LIFT = ("--arm", "group", "--control", "holdout")


class TestLift:
    def test_json_keys_of_the_issue(self, call, results):
        code, out, err = call("lift", results, *LIFT, "--outcome", "visit", "--outcome", "spend", "--format", "json")
        found = json.loads(out)
        assert (code, err, found["format"]) == (0, "", "lift/1")
        assert [(arm["arm"], arm["n"]) for arm in found["arms"]] == [("letter", 100), ("sms", 100)]
        visit, spend = found["arms"][0]["outcomes"]
        expected = newcombe(30, 100, 10, 50)
        assert visit["outcome"] == "visit"
        assert (visit["control"], visit["treated"]) == (0.2, 0.3)
        assert (visit["difference"], visit["low"], visit["high"], visit["p_value"]) == pytest.approx(expected)
        assert spend["difference"] == pytest.approx(12.5 * 0.3 - 10 * 0.2)
        assert {"cuped", "adjusted", "bootstrap"} <= set(visit)
        assert found["sample_ratio"]["checked"] is False

    def test_covariates_stand_beside_and_change_nothing(self, call, results):
        plain = json.loads(call("lift", results, *LIFT, "--outcome", "spend", "--format", "json")[1])
        with_them = json.loads(
            call("lift", results, *LIFT, "--outcome", "spend", "--covariate", "before", "--format", "json")[1]
        )
        ours, theirs = (found["arms"][0]["outcomes"][0] for found in (plain, with_them))
        assert ours["cuped"] is None
        assert theirs["cuped"]["covariates"] == ["before"]
        assert theirs["cuped"]["variance_reduction"] > 0.5
        assert (ours["low"], ours["high"]) == (theirs["low"], theirs["high"])

    def test_parquet_gives_the_same(self, call, results, tmp_path):
        columns = list(zip(*ROWS, strict=True))
        table = pa.table(
            {
                "group": pa.array(columns[0]).dictionary_encode(),
                "visit": pa.array([bool(x) for x in columns[1]]),
                "spend": pa.array([float(x) for x in columns[2]]).cast(pa.decimal128(12, 2)),
            }
        )
        pq.write_table(table, tmp_path / "results.parquet")
        wanted = (*LIFT, "--outcome", "visit", "--outcome", "spend", "--format", "json")
        assert call("lift", tmp_path / "results.parquet", *wanted)[1] == call("lift", results, *wanted)[1]

    def test_text_says_what_was_not_checked(self, call, results):
        code, out, _ = call("lift", results, *LIFT, "--outcome", "visit", "--covariate", "before")
        assert code == 0
        assert "250 people assigned, 50 in the control 'holdout'" in out
        assert "split: not checked" in out
        assert "+10.00pp" in out
        assert "CUPED" in out

    def test_a_good_split_passes_and_a_bad_one_stops(self, call, results):
        good = "letter=40%,sms=40%,holdout=20%"
        assert call("lift", results, *LIFT, "--outcome", "visit", "--shares", good)[0] == 0
        code, out, err = call(
            "lift", results, *LIFT, "--outcome", "visit", "--shares", "letter=1,sms=1,holdout=1", "--format", "json"
        )
        assert code == 6
        assert json.loads(out)["sample_ratio"]["good"] is False
        assert "R730: the split is not as told" in err

    def test_shares_of_other_arms_are_refused(self, call, results):
        code, _, err = call("lift", results, *LIFT, "--outcome", "visit", "--shares", "letter=50%,holdout=50%")
        assert (code, "only one of them has sms" in err) == (2, True)
        for told, words in (
            ("letter=40%,sms=40%,holdout=10%", "the shares sum to 90.0%, not to 100%"),
            ("letter=40%,letter=60%", "arm 'letter' is named twice"),
        ):
            code, _, err = call("lift", results, *LIFT, "--outcome", "visit", "--shares", told)
            assert (code, words in " ".join(err.split())) == (2, True), err
        assert (
            "expected ARM=SHARE, got 'half'"
            in call("lift", results, *LIFT, "--outcome", "visit", "--shares", "half")[2]
        )


def sentence(call, path, *wanted):
    code, _, err = call("lift", path, *wanted)
    return code, err


class TestBadFiles:
    def file(self, folder, text, encoding="utf-8"):
        path = folder / "x.csv"
        path.write_bytes(text.encode(encoding))
        return path

    @pytest.mark.parametrize(
        ("text", "wanted", "code", "words"),
        [
            ("group,visit\na,1\n", (*LIFT, "--outcome", "vist"), 5, "has no column 'vist'"),
            ("group,visit\na,1\nb,0\n", (*LIFT, "--outcome", "visit"), 5, "nobody has group = 'holdout', the control"),
            ("group,visit\n", (*LIFT, "--outcome", "visit"), 5, "nobody has group = 'holdout'"),
            ("group,visit\nholdout,1\n", (*LIFT, "--outcome", "visit"), 5, "there is no arm to compare"),
            ("group,visit\nholdout,1\na,often\n", (*LIFT, "--outcome", "visit"), 5, "person 2: 'often' is no number"),
            ("group,visit,visit\nholdout,1,0\na,1,1\n", (*LIFT, "--outcome", "visit"), 5, "has 2 columns 'visit'"),
            ("group,visit\nholdout,1,2\na,1\n", (*LIFT, "--outcome", "visit"), 5, "is no table"),
            ("", (*LIFT, "--outcome", "visit"), 5, "is no table"),
        ],
    )
    def test_says_what_is_wrong(self, call, tmp_path, text, wanted, code, words):
        found, err = sentence(call, self.file(tmp_path, text), *wanted)
        assert (found, words in err) == (code, True), err
        assert "Traceback" not in err

    def test_missing_file(self, call, tmp_path):
        code, err = sentence(call, tmp_path / "none.csv", *LIFT, "--outcome", "visit")
        assert (code, "R903" in err) == (9, True)

    def test_semicolons_decimal_commas_marks_and_cyrillic(self, call, tmp_path):
        text = "\ufeffгруппа;сумма;пришёл\nписьмо;1 200,50;да\nписьмо;0;нет\nконтроль;3,5;нет\nконтроль;1;нет\n"
        out = call(
            "lift", self.file(tmp_path, text), "--arm", "группа", "--control", "контроль",
            "--outcome", "сумма", "--outcome", "пришёл", "--format", "json",
        )[1]  # fmt: skip
        money, came = json.loads(out)["arms"][0]["outcomes"]
        assert (money["treated"], money["control"]) == (600.25, 2.25)
        assert (came["method"], came["treated"]) == ("newcombe", 0.5)

    def test_arms_of_one_person_and_empty_cells_are_noted(self, call, tmp_path):
        text = "group,spend\nletter,5.5\nholdout,3\nholdout,\n,9\n"
        code, out, _ = call("lift", self.file(tmp_path, text), *LIFT, "--outcome", "spend")
        assert code == 0
        assert "note: 1 row without an arm left out" in out
        assert "note: 1 person without 'spend' counted in no mean of it" in out
        assert "note: letter: too few people, or nothing varies, to say how sure spend is" in out

    def test_infinite_numbers_are_refused_and_nan_is_an_empty_cell(self, call, tmp_path):
        path = tmp_path / "x.parquet"
        group = ["letter", "letter", "holdout", "holdout"]
        pq.write_table(pa.table({"group": group, "spend": [1.0, float("inf"), 2.0, 3.0]}), path)
        assert "person 2: inf is no number" in sentence(call, path, *LIFT, "--outcome", "spend")[1]
        pq.write_table(pa.table({"group": group, "spend": [1.0, float("nan"), 2.0, 3.0]}), path)
        found = json.loads(call("lift", path, *LIFT, "--outcome", "spend", "--format", "json")[1])
        assert found["arms"][0]["outcomes"][0]["n"] == 1

    def test_bytes_that_are_no_text(self, call, tmp_path):
        path = tmp_path / "x.csv"
        path.write_bytes(np.random.default_rng(1).bytes(4000))
        code, err = sentence(call, path, *LIFT, "--outcome", "visit")
        assert (code, "Traceback" in err) == (5, False)
        (tmp_path / "y.parquet").write_bytes(b"PAR1 and then nothing")
        assert sentence(call, tmp_path / "y.parquet", *LIFT, "--outcome", "visit")[0] == 5


class TestPower:
    def test_figures_of_the_issue(self, call):
        code, out, _ = call("power", "--base", "5%", "--lift", "2pp", "--holdout", "20%", "--format", "json")
        found = json.loads(out)
        assert (code, found["needed"], found["needed_treated"] + found["needed_holdout"]) == (0, 6257, 6257)
        assert (found["base"], found["lift"], found["holdout"]) == (0.05, 0.02, 0.2)

    def test_a_shop_too_small_is_told(self, call):
        out = call("power", "--base", "5%", "--lift", "2pp", "--people", "4000")[1]
        assert "4,000 people can show a lift of 3.3pp or more." in out
        assert "This test cannot tell" in out
        assert "can show no lift at all" in call("power", "--base", "5%", "--people", "3")[1]

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("--base", "5", "--lift", "2pp"), "expected a number with %, such as 5%, got '5'"),
            (("--base", "5%", "--lift", "2%"), "expected a number with pp, such as 5pp, got '2%'"),
            (("--base", "5%", "--lift", "99pp"), "99 points over 5.0% cannot be"),
            (("--base", "5%", "--lift", "2pp", "--holdout", "0%"), "both excluded; got 0%"),
            (("--base", "5%"), "say what is known"),
        ],
    )
    def test_refuses_in_words(self, call, arguments, words):
        code, _, err = call("power", *arguments)
        assert (code, words in " ".join(err.split())) == (2, True), err
