"""What a business file says of itself must fit together."""

from typing import Any

from reactivate.diagnostics import Collector, Span
from reactivate.errors import SpecError
from reactivate.spec import names
from reactivate.spec.business import Business, Question
from reactivate.spec.plugin_specs import OUR_FIELDS, SourceSpec
from reactivate.spec.refer import refer
from reactivate.text import one_line

_TAKEN = {name.name for name in names.CARD} | {"due_service", "until_service", "segment", "ordered"}
_CALLS_ONLY = "only channels for calls have results"


def check_business(business: Business, found: Collector) -> None:
    """References, names that collide, numbers that cannot hold."""
    _policy(business, found)
    for source in (business.sources or {}).values():
        _source(source, found)
    for name, question in (business.questions or {}).items():
        _question(name, question, business, found)
    for channel in (business.channels or {}).values():
        if channel.results and channel.descriptor is not None and channel.reaches != "call":
            found.error(
                "R319", f"`results` under channel {channel.name!r}: {_CALLS_ONLY}", channel.places.key("results")
            )
        standing(channel.descriptor, channel.places.of("use"), found)
    for source in (business.sources or {}).values():
        standing(source.descriptor, source.places.of("use"), found)
    for guard in business.guards or ():
        standing(guard.descriptor, guard.places.of("use"), found)
    for column in (business.columns or {}).values():
        standing(column.descriptor, column.places.of("use"), found)
    if business.match is not None:
        standing(business.match.descriptor, business.match.places.of("use"), found)
    for name in business.write_back or {}:
        refer("source", "R311", name, business.sources or {}, business.places.key(f"write_back.{name}"), found)
    for service in (business.services or {}).values():
        if service.every is None and service.km is None and not {"every", "km"} & set(service.places.keys):
            found.error("R317", f"service {service.name!r} says neither `every` nor `km`", service.places.whole,
                        "write {every: 365d} or {km: 10000}")  # fmt: skip
    _shares(business, found)
    _hours(business, found)


def _policy(business: Business, found: Collector) -> None:
    """The pack exists and can be read; the channels it forbids."""
    from reactivate.policies.pack import load

    if not business.policy:
        return
    try:
        pack = load(business.policy, business.folder)
    except SpecError as fault:
        for item in fault.diagnostics:
            found.error(item.code, item.message, business.places.of("policy"), item.hint)
        return
    for channel in (business.channels or {}).values():
        if channel.use and pack.forbids(channel.use):
            said = f"the rules of {business.policy!r} forbid {channel.use}: channel {channel.name!r} cannot be used"
            found.error("R320", said, channel.places.of("use"), "take the channel out")


def _source(source: SourceSpec, found: Collector) -> None:
    mapped = set(source.map or {})
    for name in source.types or {}:
        place = source.places.key(f"types.{name}")
        if name in OUR_FIELDS:
            found.error("R319", f"the type of our own field {name!r} is fixed", place, "delete the line")
        elif name not in mapped:
            refer("own column", "R318", name, sorted(mapped - OUR_FIELDS), place, found)
    for name in sorted(mapped - OUR_FIELDS):
        _free(name, "own column", source.places.key(f"map.{name}"), found)
    if "status" in mapped and not source.paid and "paid" not in source.places.keys:
        found.error("R317", f"source {source.name!r} maps a status, but does not say which orders count",
                    source.places.key("map.status"), "write `paid: [their words for paid orders]`")  # fmt: skip
    for event in source.events or {}:
        _free(event, "event", source.places.key(f"events.{event}"), found)


def _free(name: str, what: str, place: Span | None, found: Collector) -> None:
    """R323: a name of the language cannot be given to something else."""
    if name in _TAKEN:
        found.error("R323", f"{name!r} has a meaning of its own in rules; this {what} needs another name", place)


def _question(name: str, question: Question, business: Business, found: Collector) -> None:
    _free(name, "question", business.places.key(f"questions.{name}"), found)
    pick, places = question.pick, question.places
    if pick in ("one", "many") and "from" not in places.keys:
        found.error("R317", f"question {name!r} lets people pick, but not from what", places.whole,
                    'write `from: {word: "label", …}` or a list column such as categories')  # fmt: skip
    if pick in ("text", "0-10") and "from" in places.keys:
        found.error(
            "R319", f"question {name!r} is answered by {pick}: there is nothing to pick `from`", places.key("from")
        )
    if isinstance(question.choices, str):
        lists = {"categories", "tags"} | {
            own for source in business.sources.values() for own, kind in source.own_columns.items() if kind == "list"
        }
        refer("list column", "R318", question.choices, lists, places.of("from"), found)
    for position, channel in enumerate(question.grants or ()):
        refer("channel", "R303", channel, business.channels or {}, places.of(f"grants.{position}"), found)


def _shares(business: Business, found: Collector) -> None:
    if isinstance(business.margin, dict) and "default" not in business.margin:
        found.error("R317", "`margin` says nothing of the categories it does not name", business.places.key("margin"),
                    "add `default: 30%`")  # fmt: skip
    if business.holdout_all is not None and business.holdout_all >= 1:
        found.error("R219", "with `holdout_all: 100%` nobody is ever contacted", business.places.of("holdout_all"))


def _hours(business: Business, found: Collector) -> None:
    hours = business.send_hours
    if hours is not None and hours.weekdays is None and hours.weekend is None and not hours.places.keys:
        found.error("R317", "`send_hours` allows no hour at all", hours.places.whole, "write {weekdays: 09:00-21:00}")


def standing(descriptor: Any, place: Span | None, found: Collector) -> None:
    """What a plug-in says of its own state: a note that it is not built yet, a warning that it will leave."""
    if getattr(descriptor, "stability", "") == "planned":
        said = f"{descriptor.name!r} is planned, not built yet: check and plan know it, run ends with code 4"
        found.note("R505", said, place)
    if getattr(descriptor, "deprecated", ""):
        owner = f" ({descriptor.owner})" if descriptor.owner else ""
        said = f"{descriptor.kind} {descriptor.name!r}{owner} is on its way out"
        found.warning("R512", said, place, one_line(descriptor.deprecated))
