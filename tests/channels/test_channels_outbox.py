from email import policy
from email.parser import BytesParser

import pytest
from channels.channel_kit import NOW, context, letter
from reactivate_plugins.outbox import OutboxSettings, create

from reactivate.errors import EnvironmentFault


@pytest.fixture
def outbox(tmp_path):
    return create(OutboxSettings("letters", "hello@sova.example"), context(tmp_path))


def test_every_letter_becomes_one_file_that_reads_back(outbox, tmp_path):
    receipts = list(outbox.send([letter(1), letter(2, html=None)]))
    assert [r.state for r in receipts] == ["accepted", "accepted"]
    files = sorted((tmp_path / "letters").iterdir())
    assert [file.name for file in files] == [f"{letter(1).key}.eml", f"{letter(2).key}.eml"]
    read = BytesParser(policy=policy.default).parsebytes(files[0].read_bytes())
    assert str(read["to"]) == "anna1@example.com"
    assert str(read["from"]) == "Книгарня «Сова» <hello@sova.example>"
    assert str(read["subject"]) == "Привіт, Анно"
    assert read["message-id"] == f"<{letter(1).key}@sova.example>"
    assert read["date"].datetime == NOW
    assert read.get_body(("plain",)).get_content().splitlines() == ["Добрий день!", ".крапка"]
    assert read.get_body(("html",)).get_content().strip() == "<p>Добрий день!</p>"
    assert files[0].stat().st_mode & 0o777 == 0o600


def test_what_lies_there_was_handed_over_and_nothing_else(outbox):
    list(outbox.send([letter(1)]))
    assert outbox.lookup(letter(1).key).state == "accepted"
    assert outbox.lookup(letter(2).key).state == "not_sent"


def test_a_poisoned_letter_is_refused_and_the_rest_go_on(outbox, tmp_path):
    receipts = list(outbox.send([letter(1, subject="a\r\nBcc: x@y.example"), letter(2)]))
    assert [r.state for r in receipts] == ["rejected", "accepted"]
    assert len(list((tmp_path / "letters").iterdir())) == 1


def test_a_folder_that_cannot_be_made_is_proof_that_nothing_was_sent(tmp_path):
    (tmp_path / "letters").write_text("a file stands in the way")
    outbox = create(OutboxSettings("letters", "hello@sova.example"), context(tmp_path))
    assert [r.state for r in outbox.send([letter()])] == ["not_sent"]


def test_a_key_cannot_climb_out_of_the_folder(outbox):
    with pytest.raises(EnvironmentFault, match="R811"):
        outbox.lookup("../../etc/passwd")


def test_the_same_letter_again_is_the_same_file(outbox, tmp_path):
    list(outbox.send([letter(1)]))
    list(outbox.send([letter(1)]))
    assert len(list((tmp_path / "letters").iterdir())) == 1
