from email import policy
from email.parser import BytesParser

import pyarrow as pa
import pytest

from reactivate.contracts.nodes import Node, Variant
from reactivate.rendering import eml, sender_of
from reactivate.stages.letters import Handled, Letters, Sender, no_offers

ANNA = {"person_id": "p1", "first_name": "Анна", "language": "uk"}
BEN = {"person_id": "p2", "first_name": "Ben", "language": None}


@pytest.fixture
def sender(tmp_path):
    (tmp_path / "hello.md").write_text('---\nsubject: "Hello"\n---\nDear {{ first_name }}\n')
    (tmp_path / "hello.uk.md").write_text('---\nsubject: "Вітаємо"\n---\nДорога {{ first_name }}\n')
    return Sender("Сова", "Kyiv", "https://r.example", "en", b"secret" * 4, "k1", tmp_path, asks=True)


def made(sender, node, kind="email", variants=(None, None), people=(ANNA, BEN)):
    rows = range(len(people))
    touches = pa.table(
        {
            "pass_id": pa.array(rows, pa.int64()),
            "person_id": [person["person_id"] for person in people],
            "key": [f"K{i}" for i in rows],
            "variant": pa.array(variants, pa.string()),
            "offer": pa.nulls(len(people), pa.string()),
        }
    )
    reach = pa.table({"person_id": ["p1", "p2"], "display": ["anna@i.ua", "ben@i.ua"]})
    profiles = pa.Table.from_pylist(list(people))
    with Letters(sender) as letters:
        return letters.make(Handled("first", node, "email", kind), touches, profiles, reach, no_offers)


def test_everybody_is_written_to_in_his_language(sender):
    messages = made(sender, Node(0, "send", "hello", by=("email",)))
    assert (messages["K0"].subject, messages["K0"].language) == ("Вітаємо", "uk")
    assert messages["K1"].text.startswith("Dear Ben")
    assert messages["K0"].to == "anna@i.ua"


def test_a_subject_of_the_step_goes_before_the_template_and_reads_names(sender):
    node = Node(0, "send", "hello", by=("email",), subject="For {{ first_name }}")
    assert made(sender, node)["K1"].subject == "For Ben"


def test_a_variant_brings_its_own_subject(sender):
    node = Node(0, "send", "hello", by=("email",), split=(Variant("a", 0.5, subject="One"), Variant("b", 0.5)))
    messages = made(sender, node, variants=("a", "b"), people=(BEN, {**BEN, "person_id": "p1"}))
    assert [messages[key].subject for key in ("K0", "K1")] == ["One", "Hello"]


def test_a_text_that_cannot_be_made_is_a_fault_of_that_person_only(sender):
    messages = made(sender, Node(0, "send", "hello", by=("email",)), people=({**ANNA, "first_name": None}, BEN))
    assert messages["K0"].code == "R333"
    assert messages["K1"].text.startswith("Dear Ben")


def test_a_letter_bears_the_brand_and_a_way_out(sender):
    message = made(sender, Node(0, "send", "hello", by=("email",)))["K1"]
    from datetime import UTC, datetime

    raw = eml(message, sender_of("hello@sova.example", message.fields["brand"]), datetime(2026, 11, 2, tzinfo=UTC))
    letter = BytesParser(policy=policy.default).parsebytes(raw)
    assert str(letter["From"].addresses[0].display_name) == "Сова"
    assert letter["List-Unsubscribe"].startswith("<https://r.example/u/")
    assert "r.example/u/" in letter.get_body(("plain",)).get_content()


def test_a_call_list_gets_name_and_questions(sender):
    from attrs import evolve

    asking = evolve(sender, questions={"topics": {"prose": "Prose", "rare": "Rare"}})
    message = made(asking, Node(0, "call", "hello", by=("desk",), ask=("topics",), attempts=2), kind="call")["K1"]
    assert message.fields == {"attempts": "2", "name": "Ben", "ask_topics": "Prose / Rare"}
    assert message.headers == ()
