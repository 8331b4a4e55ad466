"""The kit can fail: for every rule a plug-in that breaks it, and the check that says so."""

import contextlib
import socket
from datetime import tzinfo
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from attrs import define, frozen

from reactivate.api import (
    Added,
    BadRow,
    Batch,
    ChannelType,
    GuardType,
    MatcherType,
    OfferType,
    Receipt,
    Secret,
    SegmenterType,
    SourceType,
    Terms,
    setting,
)
from reactivate.contracts.schemas import LINKS
from reactivate.testing import Subject, conformance


@frozen
class Plain:
    """One setting."""

    path: Path = setting("file", example="a.txt")


@frozen
class Hidden:
    """A key."""

    token: Secret = setting("key of the account", example="env:CHECK_TOKEN")


@frozen
class Undocumented:
    """A setting without words."""

    path: Path = setting("", example="a.txt")


@frozen
class BadExample:
    """An example that cannot be read."""

    days: int = setting("how many", example="many")


@frozen
class Unwritable:
    """A type that no spec can hold."""

    zone: tzinfo = setting("zone", example="UTC")


@frozen(eq=False)
class Unequal:
    """Two readings of one text are never equal."""

    path: Path = setting("file", example="a.txt")


@define
class Loose:
    """Settings that can be changed."""

    path: Path = setting("file", default=Path("a"))


def fails(subject):
    """Names of the checks that find something."""
    found = set()
    for check in conformance(subject):
        try:
            check()
        except Exception:  # noqa: BLE001 - the kit counts whatever a plug-in raises
            found.add(check.name)
    return found


class Sends:
    """A channel in memory that does everything right, and its faults."""

    def __init__(self, fault="", place=None):
        self.fault, self.place = fault, place

    def send(self, messages):
        if self.fault == "network":
            with contextlib.suppress(OSError):
                socket.create_connection(("example.org", 25), timeout=1)
        receipts = [Receipt(message.key, "accepted") for message in messages]
        if self.fault == "address":
            receipts = [Receipt(m.key, "accepted", reason=f"sent to {m.to}") for m in messages]
        if self.fault == "cyrillic":
            receipts = [Receipt(m.key, "accepted" if m.text.isascii() else "rejected") for m in messages]
        if self.fault in ("twice", "litter"):
            with (self.place / "sent.txt").open("a") as file:
                file.write("".join(f"{m.key}\n" for m in messages))
        return {"fewer": receipts[1:], "turned": receipts[::-1]}.get(self.fault, receipts)

    def lookup(self, key):
        if self.fault == "twice" or self.fault == "none":
            return None
        if self.fault == "forgets":
            return Receipt(key, "not_sent")
        return Receipt(key, "accepted" if self.fault == "invents" or key.startswith("CHECK") else "not_sent")


def channel(fault="", **changes):
    def create(settings, context):
        return Sends(fault, context.folder)

    base = {"name": "memory", "summary": "Keep messages", "settings": Plain, "create": create}
    return Subject(ChannelType(**{**base, "reaches": "email", "local": True, **changes}))


def test_a_good_channel_passes():
    assert not fails(channel())


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ("fewer", "one_receipt_per_message_in_order"),
        ("turned", "one_receipt_per_message_in_order"),
        ("network", "any_text_is_taken"),
        ("cyrillic", "any_text_is_taken"),
        ("address", "receipts_hold_no_address"),
        ("litter", "nothing_to_send_is_nothing"),
        ("twice", "one_key_is_one_message"),
        ("forgets", "lookup_tells_after_a_restart"),
        ("invents", "lookup_invents_nothing"),
    ],
)
def test_a_channel_that_breaks_a_rule_is_found(fault, check):
    assert check in fails(channel(fault))


def leaks(settings, context):
    return type("Made", (Sends,), {"__repr__": lambda self: f"Made({settings.token.reveal()})"})()


def writes(settings, context):
    (context.folder / "early.txt").write_text("")
    return Sends()


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"name": "Memory"}, "name_is_a_word"),
        ({"summary": "two\nlines"}, "summary_is_one_line"),
        ({"summary": ""}, "summary_is_one_line"),
        ({"stability": "great"}, "stability_is_known"),
        ({"api": (2, 0)}, "interface_fits"),
        ({"api": (1, 99)}, "interface_fits"),
        ({"reaches": "pigeon"}, "promises_are_whole"),
        ({"batch": 0}, "promises_are_whole"),
        ({"settings": Loose}, "settings_cannot_change"),
        ({"settings": Undocumented}, "every_setting_is_documented"),
        ({"settings": BadExample}, "every_example_is_right"),
        ({"settings": Unwritable}, "every_setting_can_be_written"),
        ({"settings": Unequal}, "settings_are_read_alike_twice"),
        ({"settings": Hidden, "create": leaks}, "secrets_never_show"),
        ({"create": writes}, "create_is_quick_and_quiet"),
        ({"create": lambda settings, context: object()}, "create_is_quick_and_quiet"),
    ],
)
def test_a_descriptor_that_breaks_a_rule_is_found(changes, check):
    assert check in fails(channel(**changes))


ROWS = [f"o{n}" for n in range(20)]


def source(read):
    made = type("Made", (), {"read": lambda self: read()})
    kind = SourceType(name="made", summary="Make orders", settings=Plain, create=lambda settings, context: made())
    return Subject(kind, map={"order_id": "id", "ordered_on": "on"})


def batch(first=1, ids=ROWS):
    return Batch("orders", pa.record_batch({"id": ids, "on": ["2026-01-02"] * len(ids)}), first)


CALLS = iter(range(10_000))


def test_something_else_than_a_descriptor_is_found():
    other = type("Other", (), {**{name: getattr(channel().descriptor, name) for name in ("name", "summary", "settings")},
                               "stability": "beta", "api": (1, 0), "kind": "channel", "create": Sends})  # fmt: skip
    assert "kind_is_known" in fails(Subject(other(), at_work=False))


def test_a_reading_that_leaves_files_when_it_is_abandoned_is_found():
    class Leaves:
        def __init__(self, folder):
            self.lock = folder / "lock"

        def read(self):
            self.lock.write_text("mine")
            yield batch()
            self.lock.unlink()

    kind = SourceType(name="made", summary="Lock", settings=Plain, create=lambda settings, here: Leaves(here.folder))
    found = fails(Subject(kind, map={"order_id": "id", "ordered_on": "on"}))
    assert found == {"an_abandoned_reading_leaves_nothing"}


@pytest.mark.parametrize(
    ("read", "check"),
    [
        (list, "batches_are_sound"),
        (lambda: [{"id": 1}], "batches_are_sound"),
        (lambda: [batch(0)], "row_numbers_are_honest"),
        (lambda: [batch(), batch()], "row_numbers_are_honest"),
        (lambda: [batch(ids=[f"o{next(CALLS)}"])], "two_readings_are_alike"),
    ],
)
def test_a_source_that_breaks_a_rule_is_found(read, check):
    assert not fails(source(lambda: [batch(), BadRow(21, "cut short")]))
    found = fails(source(read))
    assert check in found


def links(records, key):
    """Records that share `key`, each with the first of them."""
    first, rows = {}, []
    for row, value in enumerate(records[key].to_pylist()):
        if value in first:
            rows.append((first[value], row))
        first.setdefault(value, row)
    left, right = zip(*rows, strict=True) if rows else ((), ())
    return LINKS.table(left=list(left), right=list(right), probability=[0.9] * len(left), band=["merge"] * len(left))


def of_phones(records):
    held = [row for row, phone in enumerate(records["phone"].to_pylist()) if phone]
    found = links(records.take(pa.array(held, pa.int64())), "phone")
    left, right = ([held[at] for at in found[side].to_pylist()] for side in ("left", "right"))
    return LINKS.table(left=left, right=right, probability=[0.9] * len(left), band=["merge"] * len(left))


@pytest.mark.parametrize(
    ("link", "check"),
    [
        (lambda records: links(records, "phone"), "empty_cells_link_nobody"),
        (lambda records: LINKS.empty(), "plain_doubles_are_found"),
        (lambda records: links(records, "phone").slice(0, 3), "order_changes_nothing"),
        (lambda records: links(records.slice(0, len(records["name"].chunk(0))), "phone"), "batches_change_nothing"),
        (lambda records: pa.table({"left": [0]}), "links_keep_the_contract"),
        (
            lambda records: (
                of_phones(records)
                if len(records) > 1
                else LINKS.table(left=[0], right=[1], probability=[0.9], band=["merge"])
            ),
            "few_records_break_nothing",
        ),
    ],
)
def test_a_matcher_that_breaks_a_rule_is_found(link, check):
    def kind(work):
        made = type("Made", (), {"link": lambda self, records: work(records)})
        create = lambda settings, context: made()  # noqa: E731
        return Subject(MatcherType(name="made", summary="Link phones", settings=Plain, create=create))

    assert not fails(kind(of_phones))
    assert check in fails(kind(link))


def scores(profiles):
    return pa.table({"person_id": profiles["person_id"], "score": profiles["orders"]})


@pytest.mark.parametrize(
    ("assign", "check"),
    [
        (lambda people, orders: scores(people).drop_columns(["score"]), "columns_are_as_promised"),
        (lambda people, orders: scores(people).append_column("more", people["orders"]), "columns_are_as_promised"),
        (lambda people, orders: scores(people).slice(1), "everybody_stands_once"),
        (lambda people, orders: scores(people.take([0])), "nobody_and_nothing_break_nothing"),
        (lambda people, orders: scores(people).set_column(
            1, "score", pa.array([people["orders"].num_chunks] * len(people))), "batches_change_nothing"),
        (lambda people, orders: scores(people).set_column(
            1, "score", pa.array(range(len(people)))), "order_changes_nothing"),
    ],
)  # fmt: skip
def test_a_segmenter_that_breaks_a_rule_is_found(assign, check):
    def kind(work):
        made = type("Made", (), {"assign": lambda self, people, orders, as_of: work(people, orders)})
        create = lambda settings, context: made()  # noqa: E731
        adds = (Added("score", "count", "orders"),)
        return Subject(SegmenterType(name="made", summary="Count", settings=Plain, create=create, adds=adds))

    assert not fails(kind(lambda people, orders: scores(people)))
    assert check in fails(kind(assign))


def costs(values, each=1.0):
    return pa.array([each] * len(values), pa.float64())


@pytest.mark.parametrize(
    ("cost", "codes", "terms", "check"),
    [
        (lambda values: costs(values, -1.0), None, Terms(), "one_cost_per_order"),
        (lambda values: costs(values, None), None, Terms(), "one_cost_per_order"),
        (lambda values: costs(values)[1:], None, Terms(), "one_cost_per_order"),
        (lambda values: pa.array([1.0]), None, Terms(), "no_orders_no_costs"),
        (lambda values: pc.cast(pa.array(range(len(values))), pa.float64()), None, Terms(), "costs_are_alike_twice_and_in_any_order"),
        (costs, ["A", "A"], Terms(), "codes_differ"),
        (costs, [], Terms(), "codes_differ"),
        (costs, None, {"valid": 3}, "terms_can_be_told"),
        (costs, None, Terms(stock=-1), "terms_can_be_told"),
    ],
)  # fmt: skip
def test_an_offer_that_breaks_a_rule_is_found(cost, codes, terms, check):
    def kind(cost, codes, terms):
        methods = {"cost": lambda self, values: cost(values), "terms": terms}
        made = type("Made", (), {**methods, "codes": lambda self: None if codes is None else iter(codes)})
        create = lambda settings, context: made()  # noqa: E731
        return Subject(OfferType(name="made", summary="Give", settings=Plain, create=create))

    assert not fails(kind(costs, ["A", "B"], Terms()))
    assert check in fails(kind(cost, codes, terms))


def dear(candidates):
    found = candidates.filter(pc.greater(candidates["most_cost"], 20.0)).select(["person_id", "offer"])
    return found.append_column("verdict", pa.array(["too dear"] * len(found), pa.string()))


@pytest.mark.parametrize(
    ("judge", "check"),
    [
        (lambda given: dear(given).drop_columns(["verdict"]), "refusals_say_why"),
        (lambda given: dear(given).set_column(2, "verdict", pa.array([""] * len(dear(given)), pa.string())), "refusals_say_why"),
        (lambda given: pa.concat_tables([dear(given)] * 2), "refusals_say_why"),
        (lambda given: dear(given).slice(0, 2), "order_changes_nothing"),
        (lambda given: dear(given).slice(0, given["offer"].num_chunks), "batches_change_nothing"),
    ],
)  # fmt: skip
def test_a_guard_that_breaks_a_rule_is_found(judge, check):
    def kind(work):
        made = type("Made", (), {"judge": lambda self, candidates: work(candidates)})
        create = lambda settings, context: made()  # noqa: E731
        return Subject(GuardType(name="made", summary="Refuse", settings=Plain, create=create))

    assert not fails(kind(dear))
    assert check in fails(kind(judge))
