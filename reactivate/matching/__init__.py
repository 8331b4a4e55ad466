"""Which records are one person: blocks, levels, model, clusters. Arrow in, Arrow out."""

from reactivate.matching.exact import exact
from reactivate.matching.link import link
from reactivate.matching.linked import Linked

__all__ = ["Linked", "exact", "link"]
