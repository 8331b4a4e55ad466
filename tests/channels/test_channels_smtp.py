import socket
from email import policy
from email.parser import BytesParser

import pytest
from channels.channel_kit import context, letter
from channels.smtp_kit import scripted
from reactivate_plugins.smtp import SmtpSettings, create

from reactivate.contracts.values import Secret
from reactivate.errors import EnvironmentFault


def channel(tmp_path, port, **settings):
    base = {"host": "127.0.0.1", "sender": "hello@sova.example", "port": port, "security": "none", "timeout": 5}
    return create(SmtpSettings(**(base | settings)), context(tmp_path))


def send(tmp_path, *messages, **answers):
    with scripted(**answers) as (port, script):
        return list(channel(tmp_path, port).send(messages or [letter()])), script


def test_letters_are_taken_one_recipient_each_over_one_connection(tmp_path):
    receipts, script = send(tmp_path, letter(1), letter(2))
    assert [r.state for r in receipts] == ["accepted", "accepted"]
    assert receipts[0].provider_id == "2.0.0 queued as A1"
    assert script.connections == 1
    assert [line for line in script.seen if line.startswith(b"rcpt")] == [
        b"rcpt TO:<anna1@example.com>\r\n",
        b"rcpt TO:<anna2@example.com>\r\n",
    ]
    assert script.seen[-1] == b"quit\r\n"


def test_the_body_arrives_byte_by_byte_with_doubled_dots(tmp_path):
    receipts, script = send(tmp_path, letter(html=None, text=".a\n..b\nc\n.\nend", subject="x"))
    assert receipts[0].state == "accepted"
    body = script.bodies[0]
    assert b"\r\n..a\r\n...b\r\nc\r\n..\r\nend\r\n.\r\n" in body
    assert b"\n" not in body.replace(b"\r\n", b"")
    plain = b"\r\n".join(line[1:] if line.startswith(b".") else line for line in body[:-3].split(b"\r\n"))
    read = BytesParser(policy=policy.default).parsebytes(plain)
    assert read.get_content() == ".a\r\n..b\r\nc\r\n.\r\nend\r\n"


@pytest.mark.parametrize("phase", ["connect", "ehlo", "mail", "rcpt", "data"])
def test_a_line_cut_before_the_body_is_proof_that_nothing_was_sent(tmp_path, phase):
    receipts, _ = send(tmp_path, **{phase: None})
    assert [r.state for r in receipts] == ["not_sent"]
    assert receipts[0].retry_after is not None


@pytest.mark.parametrize("phase", ["dot"])
def test_a_line_cut_after_the_body_leaves_us_in_doubt(tmp_path, phase):
    receipts, _ = send(tmp_path, **{phase: None})
    assert [r.state for r in receipts] == ["unknown"]


def test_a_line_cut_within_the_body_leaves_us_in_doubt(tmp_path):
    receipts, _ = send(tmp_path, letter(text="x" * 3_000_000), cut=[True])
    assert [r.state for r in receipts] == ["unknown"]


def test_silence_after_the_body_leaves_us_in_doubt(tmp_path):
    with scripted(dot=b"") as (port, _):
        receipts = list(channel(tmp_path, port, timeout=3).send([letter()]))
    assert [r.state for r in receipts] == ["unknown"]


def test_silence_before_the_body_is_proof(tmp_path):
    with scripted(rcpt=b"") as (port, _):
        receipts = list(channel(tmp_path, port, timeout=0.3).send([letter()]))
    assert [r.state for r in receipts] == ["not_sent"]


def test_rubbish_after_the_body_leaves_us_in_doubt(tmp_path):
    receipts, _ = send(tmp_path, dot=b"\xff\xfe nonsense\r\n")
    assert receipts[0].state == "unknown"


@pytest.mark.parametrize(
    ("phase", "reply", "state", "dead", "code"),
    [
        ("mail", b"451 4.3.0 later\r\n", "not_sent", False, "4.3.0"),
        ("mail", b"550 5.7.1 blocked\r\n", "rejected", False, "5.7.1"),
        ("rcpt", b"450 4.2.1 greylisted\r\n", "not_sent", False, "4.2.1"),
        ("rcpt", b"550 5.1.1 no such user\r\n", "rejected", True, "5.1.1"),
        ("rcpt", b"550 5.1.2 bad domain\r\n", "rejected", True, "5.1.2"),
        ("rcpt", b"556 5.1.10 null mx\r\n", "rejected", True, "5.1.10"),
        ("rcpt", b"550 5.2.1 disabled\r\n", "rejected", True, "5.2.1"),
        ("rcpt", b"552 5.2.2 full\r\n", "rejected", False, "5.2.2"),
        ("rcpt", b"550 5.7.1 user unknown, you are blocked\r\n", "rejected", False, "5.7.1"),
        ("rcpt", b"550 5.7.515 dmarc\r\n", "rejected", False, "5.7.515"),
        ("rcpt", b"550 User unknown\r\n", "rejected", True, "550"),
        ("rcpt", "550 нет такого пользователя\r\n".encode(), "rejected", True, "550"),
        ("rcpt", b"550-two\r\n550 lines: mailbox unavailable\r\n", "rejected", True, "550"),
        ("rcpt", b"554 spam\r\n", "rejected", False, "554"),
        ("data", b"451 later\r\n", "not_sent", False, "451"),
        ("data", b"554 5.5.1 no valid recipients\r\n", "rejected", False, "5.5.1"),
        ("dot", b"451 4.7.0 try again\r\n", "not_sent", False, "4.7.0"),
        ("dot", b"421 4.3.2 closing\r\n", "not_sent", False, "4.3.2"),
        ("dot", b"552 5.3.4 too large\r\n", "rejected", False, "5.3.4"),
        ("dot", b"550 5.7.26 dmarc\r\n", "rejected", False, "5.7.26"),
        ("connect", b"554 5.7.1 you are blocked\r\n", "not_sent", False, "554"),
    ],
)
def test_what_a_refusal_means(tmp_path, phase, reply, state, dead, code):
    receipts, _ = send(tmp_path, **{phase: reply})
    found = receipts[0]
    assert (found.state, found.dead_address, found.code) == (state, dead, code)


def test_after_a_refusal_the_next_letter_goes_over_the_same_line(tmp_path):
    receipts, script = send(tmp_path, letter(1), letter(2), rcpt=[b"550 5.1.1 no\r\n", b"250 ok\r\n"])
    assert [r.state for r in receipts] == ["rejected", "accepted"]
    assert script.connections == 1
    assert b"rset\r\n" in script.seen


def test_after_a_cut_the_next_letter_calls_again(tmp_path):
    receipts, script = send(tmp_path, letter(1), letter(2), rcpt=[None, b"250 ok\r\n"])
    assert [r.state for r in receipts] == ["not_sent", "accepted"]
    assert script.connections == 2


def test_a_server_that_closes_politely_is_called_again(tmp_path):
    receipts, script = send(tmp_path, letter(1), letter(2), mail=[b"421 4.3.2 too many letters\r\n", b"250 ok\r\n"])
    assert [r.state for r in receipts] == ["not_sent", "accepted"]
    assert script.connections == 2


def test_a_bad_farewell_changes_nothing(tmp_path):
    receipts, _ = send(tmp_path, quit=None)
    assert [r.state for r in receipts] == ["accepted"]


def test_nobody_at_the_door_is_proof(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    receipts = list(channel(tmp_path, port).send([letter(1), letter(2)]))
    assert [r.state for r in receipts] == ["not_sent", "not_sent"]


def test_without_tls_on_offer_nothing_is_sent(tmp_path):
    with scripted() as (port, script):
        receipts = list(channel(tmp_path, port, security="starttls").send([letter()]))
    assert [r.state for r in receipts] == ["not_sent"]
    assert not any(line.startswith(b"mail") for line in script.seen)


def test_a_poisoned_letter_is_refused_without_a_call(tmp_path):
    receipts, script = send(tmp_path, letter(1, to="a@x.example\r\nRCPT TO:<b@y.example>"), letter(2))
    assert [r.state for r in receipts] == ["rejected", "accepted"]
    assert len(script.bodies) == 1


def test_bounces_come_back_to_their_own_address(tmp_path):
    with scripted() as (port, script):
        list(channel(tmp_path, port, bounces="bounces@sova.example").send([letter()]))
    assert b"mail FROM:<bounces@sova.example>\r\n" in script.seen


def test_the_host_may_come_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
    with scripted() as (port, _):
        receipts = list(channel(tmp_path, port, host=Secret("env:SMTP_HOST")).send([letter()]))
    assert receipts[0].state == "accepted"
    monkeypatch.delenv("SMTP_HOST")
    with pytest.raises(EnvironmentFault, match="SMTP_HOST"):
        list(channel(tmp_path, 1, host=Secret("env:SMTP_HOST")).send([letter()]))


def test_a_mail_server_cannot_be_asked_later(tmp_path):
    assert channel(tmp_path, 1).lookup(letter().key) is None
