"""Which records are one person: blocks, levels, model, clusters. Arrow in, Arrow out."""

from reactivate.matching.exact_rules import exact
from reactivate.matching.explain import explain_pair, explain_stored, weakest_bridges
from reactivate.matching.incremental import Relinked, relink
from reactivate.matching.linked import Linked
from reactivate.matching.linking import Scored, decide, link, score

__all__ = [
    "Linked",
    "Relinked",
    "Scored",
    "decide",
    "exact",
    "explain_pair",
    "explain_stored",
    "link",
    "relink",
    "score",
    "weakest_bridges",
]
