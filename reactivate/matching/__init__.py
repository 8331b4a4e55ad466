"""Which records are one person: blocks, levels, model, clusters. Arrow in, Arrow out."""

from reactivate.matching.exact_rules import exact
from reactivate.matching.linked import Linked
from reactivate.matching.linking import link

__all__ = ["Linked", "exact", "link"]
