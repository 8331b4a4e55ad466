"""The pure journey kernel: (states, events, clock, draws) to states; used by run and simulate alike."""

from reactivate.journey.funnel import Count, funnel
from reactivate.journey.responses import Responses
from reactivate.journey.simulate import Simulation, simulate
from reactivate.journey.walk import walk
from reactivate.journey.world import FINISHED, GOAL, OVER, Rule, World

__all__ = [
    "Count",
    "FINISHED",
    "GOAL",
    "OVER",
    "Responses",
    "Rule",
    "Simulation",
    "World",
    "funnel",
    "simulate",
    "walk",
]
