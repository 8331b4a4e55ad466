"""The pure journey kernel: (states, events, clock, draws) to states; used by run and simulate alike."""

from reactivate.journey.walk import walk
from reactivate.journey.world import FINISHED, GOAL, OVER, Rule, World

__all__ = ["FINISHED", "GOAL", "OVER", "Rule", "World", "walk"]
