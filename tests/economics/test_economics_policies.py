"""Allocation earns more than what shops do: a discount for all, or the highest risk first."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path


def bench():
    path = Path(__file__).parents[2] / "benchmarks" / "bench_policies.py"
    spec = spec_from_file_location("bench_policies", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_allocation_beats_discount_for_all_and_highest_risk_first():
    gained = {name: profit for name, _, _, profit in bench().table(count=8000, seasons=8)}
    assert gained["allocation"] > 0
    assert gained["allocation"] > gained["discount for all"] + 500
    assert gained["allocation"] > gained["highest risk first"] + 500
