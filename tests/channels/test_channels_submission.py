"""The parts of an SMTP submission that no server is needed for: the body on the wire, what a refusal is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reactivate_plugins.smtp.submission import _dotted, _plain, _refusal

from reactivate.contracts.values import Secret


class Server:
    """Answers each command with a code; remembers what was asked."""

    def __init__(self, **codes):
        self.codes = {"mail": 250, "rcpt": 250, "data": 354} | codes
        self.asked = []

    def _answer(self, command, words):
        self.asked.append((command, words))
        return self.codes[command], command.encode()

    def mail(self, author):
        return self._answer("mail", author)

    def rcpt(self, recipient):
        return self._answer("rcpt", recipient)

    def docmd(self, command):
        return self._answer(command.lower(), "")


@pytest.mark.parametrize(
    ("codes", "refusal"),
    [
        ({}, None),
        ({"rcpt": 251}, None),
        ({"mail": 451}, ("MAIL", 451, b"mail")),
        ({"rcpt": 550}, ("RCPT", 550, b"rcpt")),
        ({"data": 554}, ("DATA", 554, b"data")),
        ({"data": 250}, ("DATA", 250, b"data")),
    ],
)
def test_the_first_refusal_ends_the_transaction(codes, refusal):
    server = Server(**codes)
    assert _refusal(server, "hello@sova.example", "anna@example.com") == refusal
    phases = ["mail", "rcpt", "data"]
    assert [command for command, _ in server.asked] == phases[: len(server.asked)]
    assert (refusal is None) == (len(server.asked) == 3 and server.codes["data"] == 354)


@given(
    st.lists(st.sampled_from([b"", b".", b"..", b".a", b"a.", b"text", "я".encode()]), min_size=2, max_size=8),
    st.booleans(),
)
def test_the_body_is_read_back_as_it_was(lines, carriage):
    raw = (b"\r\n" if carriage else b"\n").join(lines)
    wire = _dotted(raw)
    assert wire.endswith(b"\r\n.\r\n")
    sent = wire[: -len(b".\r\n")].split(b"\r\n")[:-1]
    assert b"." not in sent
    read = [line[1:] if line.startswith(b".") else line for line in sent]
    assert read == (lines[:-1] if lines[-1] == b"" else lines)


def test_a_secret_is_opened_only_here(monkeypatch):
    monkeypatch.setenv("MAIL_HOST", "mail.example")
    assert _plain("mail.example") == _plain(Secret("env:MAIL_HOST")) == "mail.example"
