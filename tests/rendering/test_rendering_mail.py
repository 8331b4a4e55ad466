from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reactivate.contracts.messages import Message
from reactivate.rendering import HeaderFault, eml, envelope, list_headers, sender_of

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SENDER = sender_of("hello@sova.example", "Книгарня «Сова»")
BULK = list_headers(
    "https://r.sova.example/u/" + "t" * 120,
    "bookshop_permission",
    "sova.example",
    ("bookshop", "thanks", "permission", "sova1"),
)


def message(**changes):
    base = {
        "key": "K" * 26,
        "campaign": "c",
        "step": "s",
        "person": "p",
        "channel": "email",
        "to": "anna@example.com",
        "text": "Вітаємо\n",
        "subject": "Тема",
        "html": "<p>x</p>",
    }
    return Message(**(base | changes))


def read(raw):
    return BytesParser(policy=default).parsebytes(raw)


def test_a_bulk_letter_has_the_headers_that_receivers_ask_for():
    raw = eml(message(headers=BULK), SENDER, AT)
    found = read(raw)
    assert found["list-unsubscribe"] == f"<https://r.sova.example/u/{'t' * 120}>"
    assert found["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert found["list-id"] == "<bookshop-permission.sova.example>"
    assert found["feedback-id"] == "bookshop:thanks:permission:sova1"
    assert found["message-id"] == f"<{'K' * 26}@sova.example>"
    assert found["date"].datetime == AT
    assert [part.get_content_type() for part in found.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_bytes_are_plain_lines_of_ascii_with_crlf():
    raw = eml(message(text="x" * 3000 + "\nї\n.\n"), SENDER, AT)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_without_html_there_is_only_text():
    assert read(eml(message(html=None), SENDER, AT)).get_content_type() == "text/plain"


def test_the_sender_may_bring_his_own_name():
    assert str(sender_of("Сова <hello@sova.example>", "Brand")) == "Сова <hello@sova.example>"
    assert str(sender_of("hello@sova.example")) == "hello@sova.example"


def test_a_domain_of_letters_is_written_in_ascii():
    assert envelope("anna@пошта.укр") == "anna@xn--80a1acn3a.xn--j1amh"
    assert read(eml(message(to="anna@пошта.укр"), SENDER, AT))["to"].addresses[0].domain == "xn--80a1acn3a.xn--j1amh"


BREAKS = ["\r\nBcc: x@y.example", "\nBcc: x@y.example", "\rBcc: x", "a\x00b", "a\x85b", "a\u2028Bcc: x", "a\u2029b", "=?utf-8?q?=0D=0ABcc:_x@y.example?=", "x =?us-ascii?B?DQpCY2M6?=", "a\x1bb", "a\x7fb"]  # fmt: skip


@pytest.mark.parametrize("value", BREAKS)
def test_nothing_that_could_break_a_header_gets_in(value):
    with pytest.raises(HeaderFault):
        eml(message(subject=f"Hello {value}"), SENDER, AT)
    with pytest.raises(HeaderFault):
        eml(message(to=f"anna{value}@example.com"), SENDER, AT)
    with pytest.raises(HeaderFault):
        sender_of("hello@sova.example", value)
    with pytest.raises(HeaderFault):
        eml(message(headers=(("List-Id", value),)), SENDER, AT)
    with pytest.raises(HeaderFault):
        eml(message(key=value), SENDER, AT)


@pytest.mark.parametrize(
    "to",
    ["", "anna", "anna@", "@x.example", "a@b", "a@x.example, b@y.example", "a@x.example b@y.example", "<a@x.example>", "Anna <a@x.example>", '"a b"@x.example', "a@x.example;b@y.example", "анна@x.example", "a@@x.example", "a@[127.0.0.1]", "a@x..example", "a@" + "x" * 260 + ".example", "a@.example", "a@x.example\n"],
)  # fmt: skip
def test_only_one_plain_address_is_taken(to):
    with pytest.raises(HeaderFault):
        eml(message(to=to), SENDER, AT)


@pytest.mark.parametrize("name", ["Bcc", "To", "From", "Subject", "X-Anything", "List-Id\r\nBcc"])
def test_only_bulk_headers_may_be_added(name):
    with pytest.raises(HeaderFault):
        eml(message(headers=((name, "x"),)), SENDER, AT)


def test_a_header_given_twice_is_refused():
    with pytest.raises(HeaderFault):
        eml(message(headers=(("Reply-To", "a@x.example"), ("Reply-To", "b@x.example"))), SENDER, AT)


TRICKY = st.sampled_from(["\r", "\n", "\x00", "\x85", "\u2028", "=?", "?=", "Bcc:", ":", ",", "<", ">", '"', "\\", "@", " ", "\t", "ї", "😀", "=0D=0A", ";", "("])  # fmt: skip
WORDS = st.lists(st.one_of(TRICKY, st.text(max_size=3)), max_size=8).map("".join)


@settings(max_examples=300, deadline=None)
@given(WORDS, WORDS, WORDS)
def test_whatever_comes_has_one_recipient_and_our_headers_or_is_refused(subject, brand, local):
    try:
        raw = eml(message(subject=subject, to=f"{local}@example.com"), sender_of("hello@sova.example", brand), AT)
    except HeaderFault:
        return
    for how in (policy.default, policy.compat32):
        found = BytesParser(policy=how).parsebytes(raw)
        assert sorted(name.lower() for name in found) == [
            "content-type",
            "date",
            "from",
            "message-id",
            "mime-version",
            "subject",
            "to",
        ]
    found = read(raw)
    assert [a.domain for a in found["to"].addresses] == ["example.com"]
    assert str(found["subject"]) == subject
