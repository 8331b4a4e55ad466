"""The file of small tests: `campaign.test.yml` -> cases, every fault with its place.

as_of: 2026-11-02T10:00
cases:
- name: "answers the letter"
person:
orders: [{on: 2026-01-10, sum: 450 UAH}]
reached_by: [email, sms]
answers:
- {step: thanks, event: answered, value: novels, after: 2d}
expect:
touches: [{step: thanks, day: 0}]
outcome: goal
"""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from attrs import define

from reactivate.contracts.settings import Text
from reactivate.contracts.values import Duration, Money
from reactivate.diagnostics import Collector, Span
from reactivate.errors import EnvironmentFault, SpecError
from reactivate.journey.drawn import HEARD
from reactivate.journey.responses import Script
from reactivate.journey.world import FINISHED, GOAL
from reactivate.spec.load import Loaded, with_excerpts
from reactivate.spec.names import RESULT_WORDS
from reactivate.spec.scalars import READERS, Around, Unreadable
from reactivate.spec.steps import Ads, Call, Send, Stop
from reactivate.spec.tree import Mapping, Node, Scalar, Sequence
from reactivate.spec.vocabulary import goal_events
from reactivate.spec.yaml import read
from reactivate.stages.asof import as_of
from reactivate.stages.case_file import Case, CaseFile, Expected, Order, Person, Touch
from reactivate.text import nearest, one_of

NOT_IN_AUDIENCE, NO_CHANNEL, NO_JOURNEY, INSIDE = "not_in_audience", "no_channel", "no_journey", "inside"
"""Outcomes beside those of the campaign: three ways not to enter, and still inside when the days are over."""
MORE_DAYS = 14
"""How long a case is played beyond the goal's `within` when the file does not say."""
STATES = ("sent", "held", "skipped", "expired", "cancelled")


def cases_path(spec: str) -> str:
    """`campaign.yml` -> `campaign.test.yml`."""
    path = Path(spec)
    return str(path.with_name(f"{path.stem}.test{path.suffix or '.yml'}"))


def read_cases(path: str, loaded: Loaded) -> CaseFile:
    """Read a test file. EnvironmentFault R903 without one; SpecError with every fault (R281, and those of values)."""
    try:
        data = Path(path).read_bytes()
    except OSError as fault:
        hint = "small tests of a campaign lie beside it: see docs/how-to/test-a-campaign.md"
        raise EnvironmentFault.because("R903", f"cannot read {path}: {fault.strerror}", hint) from None
    found = Collector()
    tree, text = read(data, path, found)
    cases = None if tree is None else _Reader(loaded, found, path).file(tree, text)
    if found.failed or cases is None:
        raise SpecError(with_excerpts(found.errors, {path: text}))
    return cases


@define
class _Reader:
    loaded: Loaded
    found: Collector
    path: str
    today: date = date.max

    def file(self, tree: Mapping, text: str) -> CaseFile:
        keys = self._keys(tree, "this test file", ("as_of", "days", "cases"))
        now = self._moment(keys.get("as_of"), tree)
        self.today = now.astimezone(self.loaded.business.zone).date()
        days = self._value(int, keys.get("days"))
        cases = tuple(self._case(item) for item in self._list(keys.get("cases"), "cases", tree.span))
        if "cases" not in keys:
            self._fault("a test file needs `cases`", tree.span, 'cases: [{name: "…", person: {…}, expect: {…}}]')
        seen: set[str] = set()
        for case in cases:
            if case.name in seen:
                self._fault(f"two cases are named {case.name!r}", case.span, "a name says which one failed")
            seen.add(case.name)
        assert self.loaded.campaign is not None
        usual = round(self.loaded.campaign.goal.within.days) + MORE_DAYS
        return CaseFile(self.path, now, min(days or usual, 1000), cases, text)

    def _case(self, node: Node) -> Case:
        keys = self._keys(node, "a case", ("name", "person", "answers", "expect"))
        for needed in ("name", "person", "expect"):
            if isinstance(node, Mapping) and needed not in keys:
                self._fault(f"a case needs `{needed}`", node.span)
        name = self._value(Text, keys.get("name")) or f"case in line {node.span.line}"
        person = self._person(keys.get("person"))
        scripts = tuple(self._script(item, name) for item in self._list(keys.get("answers"), "answers"))
        return Case(name, node.span, person, scripts, self._expected(keys.get("expect")))

    def _person(self, node: Node | None) -> Person:
        keys = self._keys(node, "a person", ("orders", "columns", "reached_by", "segment", "offer"))
        columns = keys.get("columns")
        own = columns.entries if isinstance(columns, Mapping) else ()
        if columns is not None and not isinstance(columns, Mapping):
            self._fault("columns: expected names with values", columns.span)
        channels = None
        if "reached_by" in keys:
            listed = self._words(keys["reached_by"], "reached_by")
            channels = tuple(self._known(word, self.loaded.business.channels, "channel") for word in listed)
        assert self.loaded.campaign is not None
        return Person(
            tuple(self._order(item) for item in self._list(keys.get("orders"), "orders")),
            tuple((entry.key, entry.value) for entry in own),
            channels,
            self._known(keys.get("segment"), {*self.loaded.campaign.segments, "rest"}, "segment"),
            self._known(keys.get("offer"), self.loaded.campaign.offers, "offer"),
        )

    def _order(self, node: Node) -> Order:
        keys = self._keys(node, "an order", ("on", "sum", "category", "items"))
        on = self._value(date, keys.get("on"))
        if isinstance(node, Mapping) and "on" not in keys:
            self._fault("an order needs `on`, its day", node.span, "{on: 2026-01-10, sum: 450 EUR}")
        elif on is not None and on > self.today:
            self._fault("this order lies after `as_of`", node.span, "what the person does later stands under `answers`")
        money: Money | None = self._value(Money, keys.get("sum"))
        category = self._value(str, keys.get("category"))
        items = tuple(word.text for word in self._words(keys.get("items"), "items"))
        return Order(on or date.min, money.amount if money else None, category, items)

    def _script(self, node: Node, name: str) -> Script:
        keys = self._keys(node, "an answer", ("step", "event", "value", "after"))
        step, event = keys.get("step"), keys.get("event")
        known = HEARD if step is not None else set(goal_events(self.loaded.business)) | {"refused"}
        if isinstance(node, Mapping) and event is None:
            self._fault("an answer needs `event`, what the person does", node.span, one_of(known))
        after = self._value(Duration, keys.get("after"))
        said = self._value(str, keys.get("value"))
        word = self._known(event, {*known, *goal_events(self.loaded.business)} if step else known, "event")
        if word == "result":
            self._known(keys.get("value"), RESULT_WORDS, "result")
        place = self._known(step, self._steps, "step")
        return Script(name, word or "", after or Duration(1, "d"), place, said)

    def _expected(self, node: Node | None) -> Expected:
        keys = self._keys(node, "expect", ("touches", "outcome", "day", "goal_day", "segment"))
        if node is not None and isinstance(node, Mapping) and not keys:
            self._fault("`expect` says nothing", node.span)
        touches = None
        if "touches" in keys:
            touches = tuple(self._touch(item) for item in self._list(keys["touches"], "touches"))
        return Expected(
            touches,
            self._known(keys.get("outcome"), self._outcomes, "outcome"),
            self._value(int, keys.get("day")),
            self._value(int, keys.get("goal_day")),
            self._value(str, keys.get("segment")),
            {name: value.span for name, value in keys.items()},
        )

    def _touch(self, node: Node) -> Touch:
        keys = self._keys(node, "a touch", ("step", "state", "day"))
        if isinstance(node, Mapping) and "step" not in keys:
            self._fault("a touch needs `step`", node.span, "{step: hello, day: 0}")
        step = self._known(keys.get("step"), self._steps, "step") or ""
        return Touch(step, self._known(keys.get("state"), STATES, "state") or "sent", self._value(int, keys.get("day")))

    @property
    def _steps(self) -> list[str]:
        assert self.loaded.campaign is not None
        return [step.name for step in self.loaded.campaign.steps() if isinstance(step, (Send, Call, Ads))]

    @property
    def _outcomes(self) -> set[str]:
        assert self.loaded.campaign is not None
        stops = {step.outcome for step in self.loaded.campaign.steps() if isinstance(step, Stop)}
        return stops | {GOAL, FINISHED, INSIDE, "refused", "unreachable", NOT_IN_AUDIENCE, NO_CHANNEL, NO_JOURNEY}

    def _moment(self, node: Node | None, tree: Mapping) -> datetime:
        zone = self.loaded.business.zone
        if not isinstance(node, Scalar):
            self._fault("a test file needs `as_of`, the moment of entry", tree.span, "as_of: 2026-11-02T10:00")
            return datetime.now(zone)
        try:
            return as_of(node.text, zone, datetime.now(zone)).now
        except SpecError:
            self._fault(f"as_of: {node.text!r} is no moment", node.span, "write 2026-11-02T10:00")
            return datetime.now(zone)

    def _keys(self, node: Node | None, what: str, allowed: tuple[str, ...]) -> dict[str, Node]:
        if node is None:
            return {}
        if not isinstance(node, Mapping):
            self._fault(f"{what}: expected keys with values ({', '.join(allowed)}), got {node.kind}", node.span)
            return {}
        for entry in node.entries:
            if entry.key.text not in allowed:
                close = nearest(entry.key.text, allowed)
                hint = f"did you mean {close}?" if close else f"allowed: {', '.join(allowed)}"
                self._fault(f"{what} has no key {entry.key.text!r}", entry.key.span, hint)
        return {entry.key.text: entry.value for entry in node.entries if entry.key.text in allowed}

    def _list(self, node: Node | None, what: str, place: Span | None = None) -> tuple[Node, ...]:
        if node is None or isinstance(node, Sequence):
            return node.items if isinstance(node, Sequence) else ()
        self._fault(f"{what}: expected a list, got {node.kind}", node.span)
        return ()

    def _words(self, node: Node | None, what: str) -> tuple[Scalar, ...]:
        return tuple(item for item in self._list(node, what) if isinstance(item, Scalar))

    def _known(self, node: Node | None, names: Iterable[str], what: str) -> Any:
        """The text of a node that must be one of `names`; None where there is no node."""
        if node is None:
            return None
        text = node.text if isinstance(node, Scalar) else node.kind
        if text not in set(names):
            close = nearest(text, names)
            hint = f"did you mean {close}?" if close else f"there are: {one_of(names)}"
            self._fault(f"there is no {what} {text!r}", node.span, hint)
        return text

    def _value(self, kind: Any, node: Node | None) -> Any:
        """A scalar read as its type; None where there is none or it cannot be read (and was complained of)."""
        if node is None:
            return None
        if not isinstance(node, Scalar):
            self._fault(f"expected {READERS[kind].expects}, got {node.kind}", node.span)
            return None
        try:
            return READERS[kind].read(node, Around(Path(self.path).parent, self.loaded.business.currency))
        except Unreadable as fault:
            self.found.error(fault.code, fault.message, node.span, fault.hint)
            return None

    def _fault(self, message: str, span: Span, hint: str | None = None) -> None:
        self.found.error("R281", message, span, hint)
