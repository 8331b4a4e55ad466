"""A campaign -> the flat table of nodes that the journey kernel walks, one per segment."""

from collections.abc import Iterable, Mapping
from datetime import time

from reactivate.contracts.nodes import Node, NodeTable
from reactivate.contracts.nodes import Variant as Arm
from reactivate.contracts.settings import Name
from reactivate.spec.campaign import Campaign
from reactivate.spec.kinds import Rule
from reactivate.spec.steps import Ads, Call, Send, Step, Stop, Tag, Variant, Wait


def compile_campaign(campaign: Campaign) -> dict[str, NodeTable]:
    """Node tables by segment; one under '' when the journey is not divided. Indices are positions in the list."""
    after = _nodes(campaign.after_goal, campaign)
    return {
        segment: NodeTable(campaign.campaign, segment, _nodes(steps, campaign), after)
        for segment, steps in campaign.journeys.items()
    }


def _nodes(steps: Iterable[Step], campaign: Campaign) -> tuple[Node, ...]:
    return tuple(_node(index, step, campaign) for index, step in enumerate(steps))


def _node(index: int, step: Step, campaign: Campaign) -> Node:
    line = step.places.whole.line if step.places.whole else 0
    rule = _text(step.rule)
    match step:
        case Send():
            return Node(
                index, "send", step.name, rule, by=step.by, template=step.template or step.name, subject=step.subject,
                ask=step.ask, offer=step.offer, at=_clock(step.at), split=arms(step.split), expires=str(step.expires),
                purpose=step.purpose or campaign.purpose, line=line,
            )  # fmt: skip
        case Call():
            return Node(
                index, "call", step.name, rule, by=step.by, template=step.template or step.name, ask=step.ask,
                offer=step.offer, split=arms(step.split), purpose=campaign.purpose, attempts=step.attempts,
                within=str(step.within), line=line,
            )  # fmt: skip
        case Ads():
            return Node(
                index,
                "ads",
                step.name,
                rule,
                by=step.by,
                purpose=campaign.purpose,
                keep_for=str(step.keep_for),
                line=line,
            )
        case Wait():
            return Node(index, "wait", rule=rule, wait=str(step.until), or_until=_text(step.or_until), line=line)
        case Tag():
            return Node(index, "tag", rule=rule, tag=step.tag, line=line)
        case Stop():
            cool_off = str(step.cool_off) if step.cool_off else None
            return Node(index, "stop", rule=rule, outcome=step.outcome, pause=step.pause, cool_off=cool_off, line=line)


def arms(split: Mapping[Name, Variant] | None) -> tuple[Arm, ...]:
    """The arms of a test; those without a share divide equally what the others leave."""
    if not split:
        return ()
    free = [name for name, variant in split.items() if variant.share is None]
    rest = 1 - sum(variant.share for variant in split.values() if variant.share is not None)
    return tuple(
        Arm(name, rest / len(free) if item.share is None else item.share, item.template, item.subject, item.offer)
        for name, item in split.items()
    )


def _clock(at: time | str | None) -> str | None:
    return at.strftime("%H:%M") if isinstance(at, time) else at


def _text(rule: Rule | None) -> str | None:
    return rule.text if rule is not None else None
