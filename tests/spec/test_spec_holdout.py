"""`holdout_by`: by what a holdout may be stratified, and what is said of the rest."""

import pytest
from spec_tools import CAMPAIGN, codes, loaded


def with_by(text: str, holdout: str = "20%") -> str:
    return CAMPAIGN.replace("journey:", f"holdout: {holdout}\nholdout_by: {text}\njourney:")


@pytest.mark.parametrize("text", ["stage", "[stage]", "[stage, can_email, why]", "city"])
def test_words_and_yes_or_no_make_strata(tmp_path, text):
    found = loaded(tmp_path, with_by(text))
    assert codes(found) == []
    assert found.campaign.holdout_by[0] in ("stage", "city")


def test_the_segment_is_a_stratum_where_there_are_segments(tmp_path):
    text = with_by("[segment, stage]").replace("journey:", "segments:\n  often: orders >= 3\njourney:")
    assert codes(loaded(tmp_path, text)) == []


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("stagge", "R401", "there is no name 'stagge'"),
        ("segment", "R402", "'segment' cannot be used here: this campaign has no `segments`"),
        ("ordered", "R402", "'ordered' cannot be used here: it says what happened since entry"),
        ("avg_order", "R324", "'avg_order' is money, which makes no groups"),
        ("since_last_order", "R324", "'since_last_order' is a duration, which makes no groups"),
        ("tags", "R324", "'tags' is a list, which makes no groups"),
        ("[stage, stage]", "R324", "'stage' stands under `holdout_by` twice"),
    ],
)
def test_what_makes_no_strata_is_refused_with_a_way_out(tmp_path, text, code, said):
    found = [item for item in loaded(tmp_path, with_by(text)).diagnostics if item.code == code]
    assert len(found) == 1
    assert said in found[0].message
    assert found[0].hint
    assert found[0].span.line == 5


def test_strata_without_a_holdout_share_out_nothing(tmp_path):
    found = loaded(tmp_path, with_by("stage", "0%"))
    told = next(item for item in found.diagnostics if item.code == "R324")
    assert told.hint == "write `holdout: 20%`, or delete `holdout_by`"
