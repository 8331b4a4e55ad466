"""What no key of a campaign file says: each constant with its reason. Plans print them with their source."""

from attrs import field, frozen


def _constant(value: float, doc: str) -> float:
    constant: float = field(default=value, metadata={"doc": doc})
    return constant


@frozen
class Assumptions:
    """The terms of E that the spec does not give. Replace one with `attrs.evolve` as soon as it is measured."""

    second_life_days: int = _constant(  # type: ignore[assignment]
        365, "later orders count for a year after the return: what lies beyond is hope (Gupta, Lehmann 2003)"
    )
    yearly_rate: float = _constant(0.15, "money of next year is worth 15% less: cost of capital of a small shop")
    brought_forward: float = _constant(
        0.20, "share of extra orders only brought forward from after the window, until a long holdout says more"
    )
    extra_use: float = _constant(1.0, "extra buyers all use the offer: the guard errs to the safe side")
    base_use: float = _constant(1.0, "those who would have come anyway use it too: codes lie at the till")
    permission_loss: float = _constant(
        0.002, "chance that a letter costs us the permission: 2 in 1,000, an assumption until unsubscribes are counted"
    )
    permission_orders: float = _constant(
        1.0, "a permission is worth the margin of one order: an assumption, low for a shop that writes monthly"
    )
    exploration: float = _constant(
        0.02, "share of the people not chosen who are tried all the same, or no model could ever be checked"
    )
    wasted_warning: float = _constant(0.5, "warn when more than half of the codes used change nothing")
    few_buyers: int = _constant(  # type: ignore[assignment]
        100, "a mean over fewer buyers in an arm is said to be one"
    )


DEFAULT = Assumptions()
HALVED = 0.5
"""An assumed lift is halved once: pilots and stories disappoint, guards must not."""
