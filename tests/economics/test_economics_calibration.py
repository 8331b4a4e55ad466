"""Do the intervals cover the truth? 1,000 campaigns in a world that is not the estimators' own model."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

CAMPAIGNS = 1000
MAIN = "lift of all, Newcombe (the main comparison)"


def bench():
    path = Path(__file__).parents[2] / "benchmarks" / "bench_calibration.py"
    spec = spec_from_file_location("bench_calibration", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_intervals_cover_the_truth_in_93_to_97_of_100_campaigns(capsys):
    module = bench()
    # The bootstrap takes half of the time and says what Welch says; docs/benchmarks/proof.md has it.
    methods = {name: method for name, method in module.METHODS.items() if "bootstrap" not in name}
    found = module.coverage(CAMPAIGNS, methods)
    with capsys.disabled():
        print("\n" + "\n".join(f"{share:6.1%} of {should:.0%}  {name}" for name, (share, should) in found.items()))
    assert 0.93 <= found[MAIN][0] <= 0.97


@pytest.mark.slow
def test_the_guards_lower_end_holds_nearly_as_often_as_it_says():
    module = bench()
    name = "shrunk lift per segment, lower end of 80 %"
    share, should = module.coverage(300, {name: module.METHODS[name]})[name]
    assert share > should - 0.05
