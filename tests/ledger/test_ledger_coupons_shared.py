"""Codes that stand in several pools are given once in the whole ledger, also by runs at one time and runs that die."""

import os
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from ledger.ledger_kit import START, enter, open_ledger, populate

CODES = [f"TEN-{number:03}" for number in range(30)]


def two_campaigns(folder, people=20):
    """A ledger with two campaigns, `people` passes in each and one pool in both; pass ids by campaign."""
    ledger = open_ledger(folder)
    ids = populate(ledger, 2 * people)
    found = {}
    for number, name in enumerate(("first", "second")):
        passes = enter(ledger, ids[number * people : (number + 1) * people], campaign=name, offer="ten")
        ledger.money.add_codes(name, "ten", CODES)
        found[name] = passes["pass_id"].to_pylist()
    return ledger, found


def given(ledger, passes):
    """What each pass has when it asks again; None where the pool was dry."""
    return [ledger.money.reserve_code(number, "ten") for mine in passes.values() for number in mine]


@pytest.mark.usefixtures("dialect")
class TestOnePoolOfTwoCampaigns:
    def test_a_code_is_given_once(self, tmp_path):
        ledger, passes = two_campaigns(tmp_path)
        with ledger:
            assert ledger.money.reserve_codes([(number, "ten") for number in passes["first"]]) == []
            assert ledger.money.codes("second", "ten")[0] == 10
            dry = ledger.money.reserve_codes([(number, "ten") for number in passes["second"]])
            assert len(dry) == 10
            codes = [code for code in given(ledger, passes) if code]
            assert sorted(codes) == sorted(CODES)

    def test_letter_case_makes_no_other_code(self, tmp_path):
        ledger, passes = two_campaigns(tmp_path)
        with ledger:
            ledger.money.add_codes("second", "small", [code.lower() for code in CODES])
            ledger.money.reserve_codes([(number, "ten") for number in passes["first"]])
            taken = {ledger.money.reserve_code(number, "small") for number in passes["second"]} - {None}
            assert len(taken) == 10

    def test_open_offers_tell_whose_they_are(self, tmp_path):
        ledger, passes = two_campaigns(tmp_path, people=2)
        with ledger:
            ledger.money.reserve_codes([(passes["first"][0], "ten")])
            found = ledger.money.open_offers(START).to_pylist()
            assert found == [{"person_id": "p00000", "campaign": "first", "offer": "ten", "until": None}]

    def test_four_runs_at_one_time(self, tmp_path):
        ledger, passes = two_campaigns(tmp_path)
        ledger.close()
        every = [[number] for mine in passes.values() for number in mine]

        def reserve(part):
            with open_ledger(tmp_path) as mine:
                for (number,) in part:
                    mine.money.reserve_code(number, "ten")

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(reserve, (every[start::4] for start in range(4))))
        with open_ledger(tmp_path) as ledger:
            codes = [code for code in given(ledger, passes) if code]
        assert max(Counter(codes).values()) == 1
        assert sorted(codes) == sorted(CODES)


@pytest.mark.parametrize("after", [1, 5, 11, 17])
def test_runs_that_are_killed_give_no_code_twice(tmp_path, after):
    ledger, passes = two_campaigns(tmp_path)
    ledger.close()
    for name in ("first", "second"):
        _killed(tmp_path, passes[name], after)
    with open_ledger(tmp_path) as ledger:
        codes = [code for code in given(ledger, passes) if code]
        assert max(Counter(codes).values()) == 1
        assert sorted(codes) == sorted(CODES)
        assert not any(ledger.check().values())


def _killed(folder, passes, after):
    """A process that reserves a code for each pass and is killed once it has told of `after` of them."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with open_ledger(folder) as ledger:
                for number in passes:
                    ledger.money.reserve_code(number, "ten")
                    os.write(tell, b".")
        finally:
            os._exit(0)
    os.close(tell)
    for _ in range(after):
        os.read(told, 1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(told)
