"""Small tests of a campaign: this person, these answers -> these touches, this outcome. No base, no ledger."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from attrs import field, frozen

from reactivate.contracts.nodes import Node, NodeTable
from reactivate.contracts.schemas import PASSES
from reactivate.diagnostics import Collector, Span
from reactivate.errors import SpecError
from reactivate.host.registry import Registry
from reactivate.journey import Responses, Simulation, simulate
from reactivate.policies.pack import load as load_pack
from reactivate.spec.compile import compile_campaign
from reactivate.spec.load import Loaded, load, with_excerpts
from reactivate.stages.asof import AsOf
from reactivate.stages.audience import audience
from reactivate.stages.case_file import Case, CaseFile, Touch
from reactivate.stages.cases_people import profile_of
from reactivate.stages.cases_read import (
    INSIDE,
    NO_CHANNEL,
    NO_JOURNEY,
    NOT_IN_AUDIENCE,
    cases_path,
    read_cases,
)
from reactivate.stages.permission import Permission
from reactivate.stages.rulebook import Rulebook
from reactivate.stages.tables import whole

_SECRET = hashlib.sha256(b"small tests").digest()
_STATES = {"accepted": "sent", "planned": "held"}


@frozen
class Seen:
    """What came out; `goal_day` may come after the steps had ended.

    `reasons` of touches not sent, by step; `why` of somebody who did not enter.
    """

    touches: tuple[Touch, ...]
    outcome: str
    day: int | None = None
    goal_day: int | None = None
    segment: str = ""
    why: str | None = None
    reasons: dict[str, str] = field(factory=dict)


@frozen
class Difference:
    """One expectation that was not met: of the touches, the outcome, its day or the segment."""

    what: str
    expected: Any
    seen: Any
    span: Span


@frozen
class Judged:
    """A case, what was seen, and what differs from what its author expected."""

    case: Case
    seen: Seen
    differences: tuple[Difference, ...]

    @property
    def good(self) -> bool:
        return not self.differences


def run_cases(spec: str, business: str | None = None, registry: Registry | None = None) -> tuple[str, list[Judged]]:
    """Play the tests beside `spec`: the path of the test file, and a judgement per case in its order.

    SpecError when spec or test file cannot be read as written, EnvironmentFault R903 without a test file.
    """
    loaded = load(spec, registry or Registry(), business).raise_if_failed()
    path = cases_path(spec)
    if loaded.campaign is None:
        raise SpecError.because("R281", f"{spec} is a business file: it has no steps to test", "name a campaign file")
    file = read_cases(path, loaded)
    seen = play_cases(loaded, file)
    both = zip(file.cases, seen, strict=True)
    return path, [Judged(case, found, tuple(_differences(case, found))) for case, found in both]


def play_cases(loaded: Loaded, file: CaseFile) -> list[Seen]:
    """Let each case enter and pass through the campaign. Cases know nothing of each other."""
    campaign = loaded.campaign
    assert campaign is not None
    tables = compile_campaign(campaign)
    rules = Rulebook(loaded.business, campaign, tables, _SECRET)
    moment = AsOf(file.now, file.now.astimezone(loaded.business.zone).date(), given=True)
    found = Collector()
    people = [profile_of(case, loaded, rules, moment, found) for case in file.cases]
    if found.failed:
        raise SpecError(with_excerpts(found.errors, {file.path: file.text}))
    entries = [_entry(case, row, rules, tables) for case, row in zip(file.cases, people, strict=True)]
    inside = [place for place, seen in enumerate(entries) if seen.outcome == INSIDE]
    if not inside:
        return entries
    passes = pa.concat_tables([_pass(file.cases[place], entries[place], place, file.now, tables) for place in inside])
    result = _played(loaded, file, passes, pa.concat_tables([people[place] for place in inside]), rules, tables)
    for place in inside:
        entries[place] = _seen(result, place, entries[place].segment, loaded, file)
    return entries


def _entry(case: Case, profile: pa.Table, rules: Rulebook, tables: dict[str, NodeTable]) -> Seen:
    """Whether the person enters, and in which segment; ways in are judged as SPEC section 6 does."""
    met = audience(profile, rules.audience)
    if not len(met.people):
        return Seen((), NOT_IN_AUDIENCE, why=_why_out(profile, rules, met.undecided))
    channels = {name for table in tables.values() for node in table.nodes for name in node.by}
    if channels and not any(profile[f"can_{name}"][0].as_py() for name in channels):
        return Seen((), NO_CHANNEL, why="none of the channels of the journey reaches him")
    segment = case.person.segment or rules.segments_of(profile)[0].as_py()
    if rules.campaign.divided and segment not in tables:
        return Seen((), NO_JOURNEY, segment=segment, why=f"segment {segment} has no journey")
    return Seen((), INSIDE, segment=segment)


def _why_out(profile: pa.Table, rules: Rulebook, undecided: Any) -> str:
    if undecided:
        return f"undecided: {', '.join(undecided)} missing (give it under `columns`)"
    untrue = [rule.text for rule in rules.audience if not rule.mask(profile, base=profile)[0].as_py()]
    return f"not true: {', '.join(untrue)}"


def _pass(case: Case, entry: Seen, place: int, now: datetime, tables: dict[str, NodeTable]) -> pa.Table:
    return PASSES.table(
        pass_id=[place + 1],
        person_id=[case.name],
        number=[1],
        version=[0],
        segment=["" if "" in tables else entry.segment],
        arm=["treated"],
        entered_at=[now],
        node=[0],
        part=["journey"],
        since_at=[now],
        state=["inside"],
        offer=[case.person.offer],
    )


def _played(
    loaded: Loaded, file: CaseFile, passes: pa.Table, profiles: pa.Table, rules: Rulebook, tables: dict[str, NodeTable]
) -> Simulation:
    campaign = loaded.campaign
    assert campaign is not None
    pack = load_pack(loaded.business.policy, loaded.business.folder)
    hours = Permission(loaded.business, pack, None)  # type: ignore[arg-type]  # told the moment, it asks no memory

    def allowed(node: Node, waiting: pa.Table, now: datetime) -> pa.Array:
        return whole(hours.open_hours(waiting["person_id"], node.by[0], node, profiles, now))

    return simulate(
        tables,
        passes,
        profiles,
        {text: rule for table in tables.values() for text, rule in rules.journey(table).items()},
        Responses(scripted=tuple(script for case in file.cases for script in case.scripts)),
        start=file.now,
        days=file.days,
        zone=loaded.business.zone,
        goal=campaign.goal.event,
        within=campaign.goal.within,
        allowed=allowed,
        marks=loaded.business.marks,
    )


def _seen(result: Simulation, place: int, segment: str, loaded: Loaded, file: CaseFile) -> Seen:
    zone = loaded.business.zone
    first = file.now.astimezone(zone).date()

    def day(at: datetime | None) -> int | None:
        return None if at is None else (at.astimezone(zone).date() - first).days

    ended = result.passes.filter(pc.equal(result.passes["pass_id"], place + 1)).to_pylist()[0]
    mine = result.touches.filter(pc.equal(result.touches["pass_id"], place + 1)).to_pylist()
    mine.sort(key=lambda row: (row["planned_at"], row["done_at"] or row["planned_at"]))
    touches = [
        Touch(row["step"], _STATES.get(row["state"], row["state"]), day(row["done_at"] or row["planned_at"]))
        for row in mine
    ]
    reasons = {row["step"]: row["reason"] for row in mine if row["reason"]}
    outcome = ended["outcome"] if ended["state"] == "ended" else INSIDE
    days = day(ended["ended_at"]), day(ended["goal_at"])
    return Seen(tuple(touches), outcome, *days, segment, reasons=reasons)


def _differences(case: Case, seen: Seen) -> Sequence[Difference]:
    wanted = case.expected
    found = []
    if wanted.touches is not None and not _alike(wanted.touches, seen.touches):
        found.append(Difference("touches", wanted.touches, seen.touches, wanted.places["touches"]))
    for what in ("outcome", "day", "goal_day", "segment"):
        expected = getattr(wanted, what)
        if expected is not None and expected != getattr(seen, what):
            found.append(Difference(what, expected, getattr(seen, what), wanted.places[what]))
    return found


def _alike(wanted: tuple[Touch, ...], seen: tuple[Touch, ...]) -> bool:
    return len(wanted) == len(seen) and all(map(same, wanted, seen))


def same(wanted: Touch, seen: Touch) -> bool:
    """Whether a touch is as expected; a day left out is any day."""
    return (wanted.step, wanted.state) == (seen.step, seen.state) and wanted.day in (None, seen.day)
