"""Two roads must meet: records matched in batches, and all of them at once."""

import importlib
import json
import random
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matching.test_matching_properties import BY, by_ids, shop

from reactivate import matching, normalise
from reactivate.contracts.schemas import RECORDS
from reactivate.matching import incremental, incremental_pairs
from reactivate.matching.clusters import components
from reactivate.matching.incremental import relink

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def normal():
    return normalise.normal_records(shop(300, 4), region="UA")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "state"


def persons(links, ids):
    """Each record id with the set of ids of its person."""
    merge = links.filter(pc.equal(links["band"], "merge"))
    label = components(len(ids), merge["left"].to_numpy(), merge["right"].to_numpy()).tolist()
    held = {}
    for name, person in zip(ids, label, strict=True):
        held.setdefault(person, set()).add(name)
    return {name: frozenset(held[person]) for name, person in zip(ids, label, strict=True)}


def links_of(relinked, table):
    return by_ids(relinked.linked.links, table["record_id"].to_pylist())


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(30, 200), data=st.data())
def test_batches_give_what_a_full_run_gives(seed, count, data, tmp_path_factory):
    table = normalise.normal_records(shop(count, seed), region="UA")
    draw = random.Random(seed)
    rows = list(range(count))
    draw.shuffle(rows)
    cuts = sorted(data.draw(st.lists(st.integers(2, count), min_size=1, max_size=4)))
    folder = tmp_path_factory.mktemp("state") / "m"
    for end in [*cuts, count]:
        # The rows stand in another order each time, as they do after a sync.
        some = table.take(pa.array(draw.sample(rows[:end], end)))
        found = relink(some, folder, by=BY, cap=10_000)
    assert links_of(found, some) == by_ids(
        matching.link(table, by=BY, cap=10_000).links, table["record_id"].to_pylist()
    )


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_records_may_go_and_change(seed, tmp_path_factory):
    before = shop(120, seed)
    after = shop(120, seed + 1)
    draw = random.Random(seed)
    mixed = pa.concat_tables([before.slice(0, 90), after.slice(90, 20)])
    folder = tmp_path_factory.mktemp("state") / "m"
    relink(normalise.normal_records(before, region="UA"), folder, by=BY, cap=10_000)
    table = normalise.normal_records(mixed.take(pa.array(draw.sample(range(110), 110))), region="UA")
    found = relink(table, folder, by=BY, cap=10_000)
    assert found.how == "incremental"
    assert found.gone == 10
    assert found.new == 0
    assert links_of(found, table) == by_ids(
        matching.link(table, by=BY, cap=10_000).links, table["record_id"].to_pylist()
    )


def test_nothing_new_compares_nothing_and_says_the_same(normal, folder):
    first = relink(normal, folder, by=BY)
    again = relink(normal, folder, by=BY)
    assert (first.how, again.how) == ("full", "incremental")
    assert (again.new, again.changed, again.gone) == (0, 0, 0)
    assert again.linked.links.equals(first.linked.links)
    assert [path.name for path in folder.iterdir()] == ["0000"]


def test_a_batch_is_a_layer_of_its_own_and_counts_as_known_next_time(normal, folder):
    relink(normal.slice(0, 280), folder, by=BY)
    found = relink(normal, folder, by=BY)
    assert (found.new, found.changed, found.gone) == (20, 0, 0)
    assert sorted(path.name for path in folder.iterdir()) == ["0000", "0001"]
    assert relink(normal, folder, by=BY).new == 0


class TestLargeBases:
    """Beyond MOST_REWEIGHED the stored levels and model stand."""

    @pytest.fixture(autouse=True)
    def large(self, monkeypatch):
        monkeypatch.setattr(incremental_pairs, "MOST_REWEIGHED", 0)

    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_nearly_every_record_finds_the_person_of_a_full_run(self, seed, folder, monkeypatch):
        # Records of real persons: in a soup of words whole patterns of agreement may lie at the very line.
        monkeypatch.syspath_prepend(ROOT / "benchmarks")
        drawn = importlib.import_module("cis_generator").generate(600, seed)
        known = [name for name in RECORDS.schema.names if name in drawn.column_names]
        table = normalise.normal_records(RECORDS.conform(drawn.select(known)), region="UA")
        ids = table["record_id"].to_pylist()
        relink(table.slice(0, 590), folder, by=BY)
        found = relink(table, folder, by=BY)
        assert found.how == "incremental"
        mine, theirs = persons(found.linked.links, ids), persons(matching.link(table, by=BY).links, ids)
        assert sum(mine[name] != theirs[name] for name in ids) <= 3

    def test_nothing_new_gives_the_links_of_the_full_run(self, normal, folder):
        first = relink(normal, folder, by=BY)
        again = relink(normal, folder, by=BY)
        assert again.linked.links.select(["left", "right", "band", "reason"]).equals(
            first.linked.links.select(["left", "right", "band", "reason"])
        )

    def test_reviewers_win(self, normal, folder):
        low = {"by": BY, "merge_at": 0.3, "review_at": 0.1}
        links = relink(normal, folder, **low).linked.links
        one = links.filter(pc.equal(links["band"], "merge")).slice(0, 1).to_pylist()[0]
        parted = [(one["left"], one["right"])]
        united = [(normal.num_rows - 1, one["left"])]
        found = relink(normal, folder, **low, must_link=united, cannot_link=parted)
        merge = found.linked.links.filter(pc.equal(found.linked.links["band"], "merge"))
        label = components(normal.num_rows, merge["left"].to_numpy(), merge["right"].to_numpy())
        assert label[one["left"]] != label[one["right"]]
        assert label[united[0][0]] == label[united[0][1]]

    def test_a_pair_is_explained_by_the_stored_model(self, normal, folder):
        relink(normal, folder, by=BY)
        stored = matching.explain_stored(normal, 3, 5, folder, BY)
        fresh = matching.explain_pair(matching.score(normal, by=BY), 3, 5)
        assert [(one.field, one.level) for one in stored.evidence] == [(one.field, one.level) for one in fresh.evidence]
        assert stored.probability == pytest.approx(fresh.probability)


class TestFullRuns:
    """Whatever is wrong with the state, everything is matched anew, and the reason is said."""

    @pytest.fixture(autouse=True)
    def known(self, normal, folder):
        self.expected = relink(normal, folder, by=BY).linked.links

    def again(self, normal, folder, **more):
        found = relink(normal, folder, **{"by": BY, **more})
        assert found.how == "full"
        assert relink(normal, folder, **{"by": BY, **more, "afresh": False}).how == "incremental"
        return found.why

    def test_on_demand(self, normal, folder):
        assert self.again(normal, folder, afresh=True) == "asked for"

    def test_other_fields(self, normal, folder):
        assert "`by`" in self.again(normal, folder, by=["phone", "name"])

    def test_another_version(self, normal, folder, monkeypatch):
        monkeypatch.setattr("reactivate.matching.incremental_files.stamp", lambda: "another")
        assert "another version" in self.again(normal, folder)

    @pytest.mark.parametrize("name", ["records", "keys", "pairs", "patterns", "counts", "holders"])
    def test_a_damaged_file(self, name, normal, folder):
        # Without crowded blocks: which neighbours meet there depends on all who stand in them.
        relink(normal, folder, by=BY, cap=10_000, afresh=True)
        path = folder / "0000" / f"{name}.parquet"
        raw = bytearray(path.read_bytes())
        middle = slice(8, max(9, len(raw) // 3))
        raw[middle] = bytes(255 - byte for byte in raw[middle])
        path.write_bytes(bytes(raw))
        found = relink(normal.slice(5), folder, by=BY, cap=10_000)
        if found.how == "full":
            assert f"damaged: 0000/{name}.parquet" in found.why
        # Files that this run did not need may stay damaged; the links are right in any case.
        table = normal.slice(5)
        ids = table["record_id"].to_pylist()
        assert persons(found.linked.links, ids) == persons(matching.link(table, by=BY, cap=10_000).links, ids)

    @pytest.mark.parametrize("name", ["records", "keys", "pairs"])
    def test_a_file_that_is_cut_short_or_gone(self, name, normal, folder):
        path = folder / "0000" / f"{name}.parquet"
        path.write_bytes(path.read_bytes()[:100])
        assert "damaged" in self.again(normal, folder)
        path.unlink()
        assert "damaged" in self.again(normal, folder)

    def test_a_layer_between_that_is_gone(self, normal, folder):
        for end in (290, 295):
            relink(normal.slice(0, end), folder, by=BY)
        shutil.rmtree(folder / "0001")
        assert "gap" in self.again(normal, folder)

    def test_too_many_new_records(self, folder, monkeypatch, normal):
        monkeypatch.setattr(incremental, "FEW", 20)
        relink(normal.slice(0, 250), folder, by=BY, afresh=True)
        found = relink(normal, folder, by=BY)
        assert (found.how, found.new) == ("full", 50)
        assert "50 of 300 records came, changed or went" in found.why

    def test_a_column_that_was_empty(self, folder):
        table = shop(60, 9)
        bare = table.set_column(table.schema.get_field_index("email"), "email", pa.nulls(60, pa.string()))
        relink(normalise.normal_records(bare, region="UA"), folder, by=BY)
        found = relink(normalise.normal_records(table, region="UA"), folder, by=BY)
        assert found.how == "full"
        assert found.why == "email was empty in the last full run and is filled now"


def test_a_disk_that_refuses_is_a_note_and_no_failure(normal, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    found = relink(normal, blocked / "state", by=BY)
    assert found.linked.links.num_rows > 0
    assert "could not be stored" in found.notes[0]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_records(count, folder):
    table = normalise.normal_records(shop(2, 1).slice(0, count), region="UA")
    for _ in range(2):
        assert relink(table, folder, by=BY).linked.links.num_rows <= 1


def test_all_records_may_go(normal, folder):
    relink(normal.slice(0, 100), folder, by=BY)
    assert relink(normal.slice(0, 0), folder, by=BY).linked.links.num_rows == 0


def test_the_state_is_parquet_that_names_its_format(normal, folder):
    relink(normal, folder, by=BY)
    head = json.loads(pq.read_schema(folder / "0000" / "records.parquet").metadata[b"reactivate.matching"])
    assert head["format"] == 1
    assert head["count"] == normal.num_rows
    assert np.all(np.diff(pq.read_table(folder / "0000" / "pairs.parquet")["left"].to_numpy()) >= 0)
