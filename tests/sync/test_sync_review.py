"""From two syncs and a reviewer to persons that stay: what the files, the ledger and the command say."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pyarrow.compute as pc
import pytest
from in_process import reactivate

from reactivate.cli.review import ask_all, prompted
from reactivate.errors import DataError
from reactivate.host.registry import Registry
from reactivate.ledger import Ledger
from reactivate.ledger.decisions import Decision
from reactivate.report.pair_text import as_text
from reactivate.spec.load import load
from reactivate.stages.asof import as_of
from reactivate.stages.explain_pair import explain_pair, weakest_bridge
from reactivate.stages.opened import Opened
from reactivate.stages.review import open_pairs, questions
from reactivate.stages.review_csv import as_csv, read_csv
from reactivate.stages.review_decide import meant, take
from reactivate.stages.review_undo import split
from reactivate.stages.story import find_person, story
from reactivate.stages.sync import sync

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
BUSINESS = """
brand: "Сова"
currency: UAH
timezone: Europe/Kyiv
policy: ua
sources:
  shop: {use: csv, path: shop.csv, rows: orders, map: {id: no, ordered_on: day, amount: sum, name: who, phone: tel, email: mail}}
  crm: {use: csv, path: crm.csv, rows: people, map: {id: no, name: who, phone: tel}}
match: {use: MATCHER, by: [phone, email, name]}
"""
SHOP = """no,day,sum,who,tel,mail
1,2026-01-02,10,Терехина Наталья,0671112233,nata@ukr.net
2,2026-02-03,20,Наталія Терьохіна,,
3,2026-03-03,20,Коваль Олег,0501112299,
4,2026-03-04,25,Коваль Олег,,oleg@ukr.net
5,2026-03-05,25,Шевчук Ганна,,hanna@ukr.net
"""
CRM = "no,who,tel\n007,Терехина Наталья Ивановна,0671112233\n8,Анна Шевчук,\n9,=Бондар Іван,0931112277\n"
SPLIT_LINES = "match: {use: probabilistic, by: [phone, email, name], merge_at: 60%, review_at: 0.1%}"


class Shop:
    """A folder, its ledger, and a day that goes by between syncs."""

    def __init__(self, folder, matcher="probabilistic"):
        self.folder, self.now = folder, NOW
        text = BUSINESS.replace("match: {use: MATCHER, by: [phone, email, name]}", SPLIT_LINES)
        if matcher != "probabilistic":
            text = BUSINESS.replace("MATCHER", matcher)
        (folder / "business.yml").write_text(text, encoding="utf-8")
        (folder / "shop.csv").write_text(SHOP, encoding="utf-8")
        (folder / "crm.csv").write_text(CRM, encoding="utf-8")
        self.ledger = Ledger.open(folder / ".reactivate" / "ledger.db", create=True, now=lambda: self.now)
        self.registry = Registry()
        self.loaded = load(str(folder / "business.yml"), self.registry, None).raise_if_failed()

    def sync(self, **more):
        self.now += timedelta(days=1)
        self.base = sync(self.loaded.business, self.registry, self.ledger, now=self.now, **more)
        return self.base.manifest.counts["matching"]

    @property
    def persons(self):
        rows = self.base.table("members").to_pylist()
        return {f"{row['source']}:{row['record_id']}": row["person_id"] for row in rows}

    @property
    def opened(self):
        moment = as_of(None, self.loaded.business.zone, self.now)
        return Opened(self.loaded, self.registry, self.ledger, self.base, moment, self.now)

    def decide(self, one, two, same):
        keys = [tuple(text.split(":")) for text in (one, two)]
        assert self.ledger.identity.decide_pairs([Decision.about(*keys, same)], "anna") == 1

    def sheet(self, **decisions):
        """The exported sheet with decisions by pair of records, as rows of dictionaries."""
        text = as_csv(questions(self.base, self.ledger.identity.decisions())).lstrip("\ufeff")
        return list(csv.DictReader(io.StringIO(text), delimiter=";"))

    def read(self, text, encoding="utf-8"):
        path = self.folder / "sheet.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return read_csv(str(path), self.base)


@pytest.fixture
def shop(tmp_path):
    made = Shop(tmp_path)
    made.sync()
    yield made
    made.ledger.close()


def test_only_what_is_new_is_matched_and_the_output_says_so(shop):
    assert shop.sync()["how"] == "incremental"
    with (shop.folder / "crm.csv").open("a", encoding="utf-8") as file:
        file.write("10,Олег Коваль,0501112299\n")
    done = shop.sync()
    assert (done["how"], done["new"], done["changed"], done["gone"]) == ("incremental", 1, 0, 0)
    assert shop.persons["crm:10"] == shop.persons["shop:3"]
    assert shop.sync(afresh=True)["why"] == "asked for"
    assert shop.persons["crm:10"] == shop.persons["shop:3"]


def test_a_changed_record_is_matched_again_and_keeps_its_person_where_it_stays(shop):
    before = shop.persons
    crm = (shop.folder / "crm.csv").read_text(encoding="utf-8").replace("8,Анна Шевчук,", "8,Анна Шевчук,0501112299")
    (shop.folder / "crm.csv").write_text(crm, encoding="utf-8")
    done = shop.sync()
    assert (done["new"], done["changed"], done["gone"]) == (0, 1, 0)
    assert {name: who for name, who in shop.persons.items() if name != "crm:8"} == {
        name: who for name, who in before.items() if name != "crm:8"
    }


def test_a_damaged_memory_is_a_word_and_a_full_run(shop):
    before = shop.persons
    (path,) = (shop.folder / ".reactivate").rglob("matching/0000/pairs.parquet")
    path.write_bytes(b"PAR1 nothing PAR1")
    done = shop.sync()
    assert done["how"] == "full"
    assert "damaged" in done["why"]
    assert shop.persons == before
    assert shop.sync()["how"] == "incremental"


@pytest.mark.parametrize("matcher", ["probabilistic", "exact"])
def test_decisions_outlive_every_sync_and_the_loss_of_all_files(tmp_path, matcher):
    shop = Shop(tmp_path, matcher)
    shop.sync()
    assert shop.persons["shop:1"] == shop.persons["crm:007"]
    first = shop.persons["shop:1"]
    shop.decide("crm:007", "shop:1", False)
    shop.decide("shop:3", "shop:5", True)
    for _ in range(2):
        done = shop.sync()
        assert done["decided"] == 2
        assert shop.persons["shop:1"] != shop.persons["crm:007"]
        assert shop.persons["shop:3"] == shop.persons["shop:5"]
    import shutil

    shutil.rmtree(shop.folder / ".reactivate" / "base")
    kept = shop.persons
    shop.sync()
    assert shop.persons == kept
    assert first in (shop.persons["shop:1"], shop.persons["crm:007"])
    shop.ledger.close()


def test_decisions_about_records_that_are_gone_wait_for_them(shop):
    shop.decide("shop:3", "shop:5", True)
    text = (shop.folder / "shop.csv").read_text(encoding="utf-8")
    (shop.folder / "shop.csv").write_text(text.replace("5,2026-03-05,25,Шевчук Ганна,,hanna@ukr.net\n", ""), "utf-8")
    done = shop.sync()
    assert (done["decided"], done["decided_elsewhere"]) == (0, 1)
    (shop.folder / "shop.csv").write_text(text, encoding="utf-8")
    assert shop.sync()["decided"] == 1
    assert shop.persons["shop:3"] == shop.persons["shop:5"]


def test_questions_come_by_worth_and_once_per_two_persons(shop):
    pairs = open_pairs(shop.base, shop.ledger.identity.decisions()).to_pylist()
    assert pairs
    assert [row["worth"] for row in pairs] == sorted((row["worth"] for row in pairs), reverse=True)
    persons = [frozenset((row["left_person"], row["right_person"])) for row in pairs]
    assert len(set(persons)) == len(persons)
    one = pairs[0]
    shop.decide(*(f"{one[f'{side}_source']}:{one[f'{side}_record_id']}" for side in ("left", "right")), False)
    rest = open_pairs(shop.base, shop.ledger.identity.decisions())
    assert rest.num_rows <= len(pairs)
    assert shop.sync()["decided"] == 1
    again = {frozenset((row["left_person"], row["right_person"])) for row in
             open_pairs(shop.base, shop.ledger.identity.decisions()).to_pylist()}  # fmt: skip
    assert persons[0] not in again


class TestSheet:
    def test_it_survives_the_round_trip(self, shop):
        rows = shop.sheet()
        assert len(rows) >= 2
        rows[0]["decision"], rows[1]["decision"] = "same", "Ні"
        wishes, faults = shop.read(written(rows))
        assert not faults
        assert take(shop.ledger, wishes, "anna").decided == 2
        assert sorted(shop.ledger.identity.decisions()["same"].to_pylist()) == [False, True]
        # Reading it once more changes nothing.
        assert take(shop.ledger, shop.read(written(rows))[0], "anna").unchanged == 2

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
    @pytest.mark.parametrize("delimiter", [";", ",", "\t"])
    def test_spreadsheets_may_save_it_as_they_like(self, shop, encoding, delimiter):
        rows = shop.sheet()
        rows[0]["decision"] = " Да "
        text = written(rows, delimiter)
        wishes, faults = shop.read(text.encode(encoding, "replace"))
        assert not faults
        assert [wish.same for wish in wishes] == [True]

    def test_a_sep_line_shuffled_columns_empty_rows_and_apostrophes_do_not_matter(self, shop):
        rows = shop.sheet()
        rows[0]["decision"] = "1"
        turned = [dict(reversed(list(row.items()))) for row in rows]
        turned[0]["pair"] = "'" + turned[0]["pair"].upper()
        wishes, faults = shop.read("sep=;\r\n" + written(turned) + ";;;\r\n\r\n")
        assert (len(wishes), faults) == (1, [])

    def test_nothing_in_it_is_a_formula(self, shop):
        assert not [cell for row in shop.sheet() for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]

    @pytest.mark.parametrize(
        ("word", "same"), [("одно лицо", True), ("Той самий", True), ("ДА", True), ("различны", False), ("ні", False)]
    )
    def test_decisions_in_russian_and_ukrainian(self, shop, word, same):
        rows = shop.sheet()
        rows[0]["decision"] = word
        assert [wish.same for wish in shop.read(written(rows).encode("utf-16"))[0]] == [same]

    def test_wrong_rows_are_named_and_the_good_ones_taken(self, shop):
        rows = shop.sheet()
        strange = {**rows[0], "pair": "pnobody", "left": "shop:99", "decision": "same"}
        rows[0]["decision"], rows[1]["decision"] = "same", "sme"
        wishes, faults = shop.read(written([*rows, strange]))
        assert [wish.same for wish in wishes] == [True]
        assert [(one.code, one.span.line) for one in faults] == [("R682", 3), ("R681", len(rows) + 2)]
        assert faults[0].hint == "did you mean 'same'?"

    def test_a_pair_with_two_words_counts_not_at_all(self, shop):
        rows = shop.sheet()
        wishes, faults = shop.read(written([{**rows[0], "decision": "same"}, {**rows[0], "decision": "no"}]))
        assert (wishes, [one.code for one in faults]) == ([], ["R684"])

    def test_a_pair_that_left_the_list_is_known_by_its_records(self, shop):
        row = {**shop.sheet()[0], "pair": "pold", "left": "crm:007", "right": "shop:5", "decision": "different"}
        wishes, faults = shop.read(written([row]))
        assert not faults
        assert {wishes[0].left, wishes[0].right} == {("crm", "007"), ("shop", "5")}

    @pytest.mark.parametrize(
        "content", [b"", b"PK\x03\x04zip", b"who,tel\nx,1\n", b"pair;note\np;x\n", b"\xff\xfe", b"\x00" * 40],
        ids=["empty", "workbook", "another file", "no decision", "only a mark", "zeros"],
    )  # fmt: skip
    def test_what_is_no_sheet_is_refused(self, shop, content):
        with pytest.raises(DataError, match="R680"):
            shop.read(content)

    def test_a_file_that_is_not_there(self, shop):
        with pytest.raises(DataError, match="R680: cannot read"):
            read_csv(str(shop.folder / "none.csv"), shop.base)


def written(rows, delimiter=";"):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def test_contradictions_are_named_none_of_them_taken_and_the_rest_is(shop):
    rows = [
        {"left": "shop:1", "right": "shop:2", "decision": "same"},
        {"left": "shop:2", "right": "shop:3", "decision": "same"},
        {"left": "shop:1", "right": "shop:3", "decision": "different"},
        {"left": "shop:4", "right": "shop:5", "decision": "different"},
    ]
    wishes, faults = shop.read(written(rows))
    assert not faults
    taken = take(shop.ledger, wishes, "anna")
    assert taken.decided == 1
    (fault,) = taken.faults
    assert (fault.code, fault.span.line) == ("R683", 2)
    assert fault.message == (
        "rows 2, 3, 4: decisions that cannot all be true: shop:1 = shop:2; shop:2 = shop:3; shop:1 ≠ shop:3"
    )


def test_a_contradiction_with_an_earlier_decision_says_whose(shop):
    shop.decide("shop:1", "shop:2", True)
    shop.decide("shop:2", "shop:3", True)
    wishes, _ = shop.read(written([{"left": "shop:1", "right": "shop:3", "decision": "no"}]))
    taken = take(shop.ledger, wishes, "oleg")
    assert taken.decided == 0
    assert "shop:1 = shop:2 (decided by anna, 2026-11-03)" in taken.faults[0].message
    assert shop.ledger.identity.decisions().num_rows == 2
    again, _ = shop.read(
        written([{"left": "shop:1", "right": "shop:3", "decision": "no"},
                 {"left": "shop:3", "right": "shop:2", "decision": "forget"}])
    )  # fmt: skip
    taken = take(shop.ledger, again, "oleg")
    assert (taken.decided, taken.forgotten, taken.faults) == (1, 1, [])


@pytest.mark.parametrize(
    ("word", "said"),
    [("same", "same"), ("ДА", "same"), ("ИСТИНА", "same"), ("1", "same"), ("ні", "different"), ("'-", "different"),
     ("FALSE", "different"), ("", "later"), (None, "later"), ("забыть", "forget"), ("maybe", None), ("3,8E+11", None)],
)  # fmt: skip
def test_words_of_three_languages_and_of_spreadsheets(word, said):
    assert meant(word) == said


class TestUndo:
    def test_a_merge_undone_gives_the_person_back(self, shop):
        before = shop.persons
        shop.decide("shop:3", "shop:5", True)
        shop.sync()
        survivor, gone = sorted({before["shop:3"], before["shop:5"]}, key=lambda who: who != shop.persons["shop:3"])
        assert {shop.persons["shop:3"], shop.persons["shop:5"]} == {survivor}
        assert take(shop.ledger, split(shop.base, shop.ledger, [gone]), "anna").decided >= 1
        shop.sync()
        assert shop.persons == before

    def test_a_person_that_was_merged_is_found_by_its_old_id(self, shop):
        before = shop.persons
        shop.decide("shop:3", "shop:5", True)
        shop.sync()
        survivor = shop.persons["shop:3"]
        gone = ({before["shop:3"], before["shop:5"]} - {survivor}).pop()
        assert find_person(shop.opened, gone) == survivor
        with pytest.raises(DataError, match="R642"):
            find_person(shop.opened, "never-was")

    def test_every_sighting_of_a_contact_outlives_a_merge_and_its_undoing(self, shop):
        def seen():
            rows = shop.base.table("sightings").to_pylist()
            return {
                (r["source"], r["record_id"], r["kind"], r["value"], r["last_seen_on"]): r["person_id"] for r in rows
            }

        before = seen()
        shop.decide("shop:3", "shop:5", True)
        shop.sync()
        merged = seen()
        assert merged.keys() == before.keys()
        person = shop.persons["shop:3"]
        told = story(shop.opened, person)["contacts"]
        assert {(c["kind"], one["source"], one["record_id"]) for c in told for one in c["seen"]} == {
            ("phone", "shop", "3"),
            ("email", "shop", "5"),
        }
        gone = next(who for who in before.values() if who not in merged.values())
        take(shop.ledger, split(shop.base, shop.ledger, [gone]), "anna")
        shop.sync()
        assert seen() == before

    def test_the_records_named_stay_together(self, shop):
        assert shop.persons["shop:1"] == shop.persons["crm:007"]
        shop.decide("shop:1", "shop:5", True)
        shop.sync()
        take(shop.ledger, split(shop.base, shop.ledger, ["shop:1", "crm:007"]), "anna")
        shop.sync()
        assert shop.persons["shop:1"] == shop.persons["crm:007"] != shop.persons["shop:5"]

    @pytest.mark.parametrize(
        ("words", "code"),
        [(["shop:99"], "R685"), (["nobody"], "R685"), (["shop:3", "shop:5"], "R686"), (["shop:3"], "R686")],
    )
    def test_what_cannot_be_undone(self, shop, words, code):
        with pytest.raises(DataError, match=code):
            split(shop.base, shop.ledger, words)


class TestExplain:
    def test_the_bits_of_a_pair_and_the_path_between(self, shop):
        told = explain_pair(shop.opened, "shop:1", "crm:007")
        fields = {one["field"]: one for one in told["evidence"]["fields"]}
        assert told["one_person"]
        assert fields["phone"]["level"] == "equal"
        assert fields["phone"]["bits"] > 0
        assert told["evidence"]["prior_bits"] + sum(one["bits"] for one in fields.values()) == pytest.approx(
            told["evidence"]["total_bits"], abs=0.1
        )
        assert told["weakest"] == min(told["path"], key=lambda link: link["probability"])
        assert "They are one person" in as_text(told)

    def test_two_persons_a_decision_and_what_will_follow(self, shop):
        shop.decide("shop:3", "shop:5", True)
        told = explain_pair(shop.opened, "shop:3", "hanna@ukr.net")
        assert not told["one_person"]
        assert "anna decided on 2026-11-03: one person; the next sync will obey." in as_text(told)

    def test_a_matcher_that_weighs_nothing_gives_its_reason(self, tmp_path):
        shop = Shop(tmp_path, "exact")
        shop.sync()
        told = explain_pair(shop.opened, "shop:1", "crm:007")
        assert told["evidence"] is None
        assert "phone equal" in as_text(told)
        shop.ledger.close()

    def test_one_record_is_no_pair(self, shop):
        with pytest.raises(DataError, match="R687"):
            explain_pair(shop.opened, "shop:1", "shop:1")

    def test_the_weakest_bridge_of_a_person(self, shop):
        assert weakest_bridge(shop.opened, shop.persons["shop:3"]) is None
        bridge = weakest_bridge(shop.opened, shop.persons["shop:1"])
        merge = shop.base.table("links").filter(pc.equal(shop.base.table("links")["band"], "merge"))
        assert bridge["probability"] >= pc.min(merge["probability"]).as_py()


class TestAsking:
    def asked(self, shop, *answers):
        waiting = iter(answers)
        found = questions(shop.base, shop.ledger.identity.decisions())
        ask_all(found, len(found), shop.ledger, "anna", lambda: next(waiting, "quit"))
        return [row["same"] for row in shop.ledger.identity.decisions().to_pylist()], found

    def test_each_answer_is_kept_at_once(self, shop, capsys):
        kept, found = self.asked(shop, "s", "maybe", "later")
        assert kept == [True]
        said = capsys.readouterr().out
        assert found[0].left.word in said
        assert "one of: same, different, later, back, quit" in said
        assert "1 decision taken" in said

    def test_ctrl_c_ends_the_asking_and_says_what_was_kept(self, shop, capsys, monkeypatch):
        answers = iter(["same"])

        def typed(*_, **__):
            for answer in answers:
                return answer
            raise click.Abort

        monkeypatch.setattr(click, "prompt", typed)
        found = questions(shop.base, shop.ledger.identity.decisions())
        ask_all(found, len(found), shop.ledger, "anna", prompted)
        assert "1 decision taken" in capsys.readouterr().out

    def test_back_asks_the_last_one_again(self, shop):
        assert self.asked(shop, "s", "back", "d")[0] == [False]
        assert self.asked(shop, "quit")[0] == [False]


def run(folder: Path, *words):
    return reactivate(*words, cwd=folder)


class TestCommand:
    def test_list_export_import_decide_and_explain(self, shop):
        shop.ledger.close()
        spec = "business.yml"
        listed = run(shop.folder, "review", spec)
        assert listed.returncode == 0, listed.stderr
        assert "to decide" in listed.stdout
        told = json.loads(run(shop.folder, "review", spec, "--format", "json").stdout)
        assert told["format"] == "review/1"
        assert told["open"] == len(told["pairs"])
        assert run(shop.folder, "review", spec, "--export", "pairs.csv").returncode == 0
        path = shop.folder / "pairs.csv"
        lines = path.read_text(encoding="utf-8-sig").split("\n")
        lines[1] = lines[1].replace(";;;", ";same;;", 1)
        lines[2] = lines[2].replace(";;;", ";perhaps;;", 1)
        path.write_text("\n".join(lines), encoding="utf-8")
        done = run(shop.folder, "review", spec, "--import", "pairs.csv", "--by", "anna")
        assert done.returncode == 5
        assert "1 decision taken; it holds from the next sync on" in done.stdout
        assert "pairs.csv:3:1: error R682" in done.stderr
        kept = json.loads(run(shop.folder, "review", spec, "--decisions", "--format", "json").stdout)
        assert [(one["same"], one["by_whom"]) for one in kept["decisions"]] == [(True, "anna")]
        parted = run(shop.folder, "review", spec, "--split", "crm:007")
        assert parted.returncode == 0, parted.stderr
        pair = run(shop.folder, "explain", spec, "--pair", "shop:1", "crm:007")
        assert pair.returncode == 0, pair.stderr
        assert "two persons" in pair.stdout

    def test_before_the_first_sync(self, tmp_path):
        made = Shop(tmp_path)
        made.ledger.close()
        done = run(tmp_path, "review", "business.yml")
        assert (done.returncode, "R904" in done.stderr) == (9, True)
