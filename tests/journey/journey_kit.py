"""A small world in plain dictionaries, and a walk that takes people one by one: the other road to the same answer."""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import pyarrow as pa
from attrs import define, field, frozen

from reactivate.contracts.nodes import Node, NodeTable, Variant
from reactivate.contracts.schemas import PASSES
from reactivate.contracts.values import Duration

KYIV = ZoneInfo("Europe/Kyiv")
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def passes(count=1, *, at=START, first=1, **columns):
    """`count` people who have just entered; further columns as lists or one value for all."""
    ids = list(range(first, first + count))
    base = {
        "pass_id": ids,
        "person_id": [f"p{i}" for i in ids],
        "number": 1,
        "version": 1,
        "segment": "",
        "arm": "treated",
        "entered_at": at,
        "node": 0,
        "part": "journey",
        "since_at": at,
        "state": "inside",
    } | columns
    return PASSES.table(**{k: v if isinstance(v, list) else [v] * count for k, v in base.items()})


def nodes(*steps, after=()):
    """A node table from `Node` fields as dictionaries; `verb` comes from the key that names the step."""
    return NodeTable("c", "", tuple(map(_node, range(len(steps)), steps)), tuple(map(_node, range(len(after)), after)))


def _node(index, step):
    step = dict(step)
    for verb in ("send", "call", "ads", "wait", "tag", "stop"):
        if verb in step:
            word = step.pop(verb)
            own = {"wait": "wait", "tag": "tag", "stop": "outcome"}.get(verb, "name")
            step["rule"] = step.pop("if", None)
            arms = tuple(Variant(name, share) for name, share in step.pop("split", {}).items())
            return Node(index, verb, **{own: word}, split=arms, **step)
    raise AssertionError(step)


@frozen
class FactRule:
    """True where the named fact is true (a leading `not ` denies it; missing stays missing)."""

    text: str

    @property
    def names(self):
        return frozenset({self.text.removeprefix("not ")})

    def true(self, table):
        import pyarrow.compute as pc

        column = table[self.text.removeprefix("not ")].combine_chunks()
        return pc.invert(column) if self.text.startswith("not ") else column

    def of(self, value):
        if value is None:
            return False
        return not value if self.text.startswith("not ") else value


class Rules(dict):
    def __missing__(self, text):
        return FactRule(text)


@define
class TestWorld:
    """Scripted: endings and facts by person, results of steps by (step, person)."""

    __test__ = False
    ends: dict = field(factory=lambda: defaultdict(list))  # person -> [(outcome, at)]
    known: dict = field(factory=dict)  # (name, person) -> bool | None, or [(from, value), ...]
    fates: dict = field(factory=dict)  # (step, person) -> (state, lasts: timedelta)
    touches: dict = field(factory=dict)  # (pass, step) -> first handed over at
    log: list = field(factory=list)

    def endings(self, passes, now):
        rows = [
            (p["pass_id"], o, at)
            for p in passes.to_pylist()
            for o, at in self.ends.get(p["person_id"], ())
            if at <= now
        ]
        return pa.table(
            {
                "pass_id": pa.array([r[0] for r in rows], pa.int64()),
                "outcome": pa.array([r[1] for r in rows], pa.string()),
                "at": pa.array([r[2] for r in rows], pa.timestamp("us", tz="UTC")),
            }
        )

    def facts(self, passes, names):
        people = passes["person_id"].to_pylist()
        return pa.table({name: pa.array([self.known.get((name, p)) for p in people], pa.bool_()) for name in names})

    def fate(self, node, row, wanted, now):
        """(state, at) of the touch; planned at the first wanted visit."""
        key = (row["pass_id"], node.name)
        if key not in self.touches:
            if not wanted:
                return "passed", now
            self.touches[key] = now
            self.log.append(("touch", node.name, row["pass_id"]))
        state, lasts = self.fates.get((node.name, row["person_id"]), ("done", timedelta()))
        if self.touches[key] + lasts <= now:
            return "done", self.touches[key] + lasts
        if state == "held" and not wanted:
            return "passed", now
        return state if state != "done" else "held", now

    def hand_over(self, node, passes, variants, wanted, now):
        told = [
            (r["pass_id"], *self.fate(node, r, w, now))
            for r, w in zip(passes.to_pylist(), wanted.to_pylist(), strict=True)
        ]
        for r, v in zip(passes.to_pylist(), variants.to_pylist(), strict=True):
            if v:
                self.log.append(("variant", node.name, r["pass_id"], v))
        return pa.table(
            {
                "pass_id": pa.array([t[0] for t in told], pa.int64()),
                "state": pa.array([t[1] for t in told], pa.string()),
                "at": pa.array([t[2] for t in told], pa.timestamp("us", tz="UTC")),
            }
        )

    def tag(self, node, passes, now):
        self.log += [("tag", node.tag, p) for p in passes["pass_id"].to_pylist()]

    def stop(self, node, passes, now):
        self.log += [("stop", node.outcome, p) for p in passes["pass_id"].to_pylist()]

    def release(self, passes, now):
        self.log += [("release", p) for p in passes["pass_id"].to_pylist()]

    def draw(self, passes, salt):
        return pa.array([self.lot(p, salt) for p in passes["pass_id"].to_pylist()], pa.float64())

    def lot(self, pass_id, salt):
        return int.from_bytes(sha256(f"{salt}|{pass_id}".encode()).digest()[:7], "big") / 2**56


def one_by_one(table, passes, world, now, zone=KYIV):
    """The same walk for each person alone, written as a person would do it with a pencil."""
    rows = passes.to_pylist()
    for row in rows:
        _person(table, row, world, now, zone)
    return PASSES.conform(pa.Table.from_pylist(rows, PASSES.schema))


_WEIGHT = {"erased": 0, "refused": 1, "goal": 2, "unreachable": 3, "over": 4}


def _person(table, row, world, now, zone):
    def news():
        found = [(at, _WEIGHT.get(o, 5), o) for o, at in world.ends.get(row["person_id"], ()) if at <= now]
        return sorted(found)

    def close(outcome, at):
        row.update(state="ended", outcome=outcome, ended_at=at)
        world.log.append(("release", row["pass_id"]))

    def begin_after(at):
        row.update(state="inside", outcome=None, ended_at=None, part="after_goal", node=0, since_at=at)

    goals = [at for at, _, o in news() if o == "goal"]
    if row["arm"] == "holdout":
        if row["state"] == "ended" and row["goal_at"] is None and goals:
            row["goal_at"] = goals[0]
            row["outcome"] = "goal" if row["outcome"] == "finished" else row["outcome"]
        elif row["state"] == "inside":
            if goals and row["goal_at"] is None:
                row["goal_at"] = goals[0]
            for at, _, o in news():
                if o != "goal":
                    close((("goal" if row["goal_at"] else "finished") if o == "over" else o), at)
                    break
        return
    if row["state"] == "ended":
        if row["goal_at"] is None and goals:
            row["goal_at"] = goals[0]
            if table.after_goal and row["outcome"] not in ("refused", "erased"):
                begin_after(goals[0])
        if row["state"] == "ended":
            return
    while row["state"] == "inside":
        heard = [n for n in news() if row["part"] == "journey" or n[2] != "goal"]
        if row["part"] == "journey" and goals and row["goal_at"] is None:
            row["goal_at"] = goals[0]
        if heard:
            at, _, outcome = heard[0]
            if outcome == "goal" and table.after_goal:
                begin_after(at)
                world.log.append(("release", row["pass_id"]))
                continue
            close(outcome, at)
            return
        steps = table.nodes if row["part"] == "journey" else table.after_goal
        if row["node"] >= len(steps):
            close("finished" if row["part"] == "journey" else "goal", now)
            return
        if not _step(steps[row["node"]], row, world, now, zone, close):
            return


def _step(node, row, world, now, zone, close):
    wanted = node.rule is None or FactRule(node.rule).of(
        world.known.get((FactRule(node.rule).text.removeprefix("not "), row["person_id"]))
    )
    if node.contacts:
        state, at = world.fate(node, row, wanted, now)
        if state in ("held", "open"):
            return False
        if state == "done":
            row["since_at"] = at
    elif wanted and node.verb == "wait":
        until = node.or_until and FactRule(node.or_until).of(
            world.known.get((node.or_until.removeprefix("not "), row["person_id"]))
        )
        if _due(row["since_at"], node.wait, zone) > now and not until:
            return False
        row["since_at"] = now
    elif wanted and node.verb == "tag":
        world.tag(node, pa.table({"pass_id": [row["pass_id"]]}), now)
        row["since_at"] = now
    elif wanted and node.verb == "stop":
        world.stop(node, pa.table({"pass_id": [row["pass_id"]]}), now)
        close(node.outcome, now)
        return False
    row["node"] += 1
    return True


def _due(since, wait, zone):
    try:
        return datetime.combine(date.fromisoformat(wait), time(), zone)
    except ValueError:
        return Duration.parse(wait).after(since, zone)
