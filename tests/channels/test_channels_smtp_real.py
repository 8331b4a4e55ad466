"""The same channel against aiosmtpd, with signing in."""

import socket

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from channels.channel_kit import context, letter
from reactivate_plugins.smtp import SmtpSettings, create

from reactivate.contracts.values import Secret

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


class Keeper:
    def __init__(self):
        self.kept = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone"):
            return "550 5.1.1 mailbox does not exist"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.kept.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        return "250 2.0.0 kept"


def authenticate(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"sova", b"night")
    return AuthResult(success=good, handled=good)


@pytest.fixture
def server():
    keeper = Keeper()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(
        keeper, hostname="127.0.0.1", port=port, authenticator=authenticate, auth_required=True, auth_require_tls=False
    )
    controller.start()
    yield keeper, port
    controller.stop()


def channel(tmp_path, port, password):
    (tmp_path / "key").write_text(password)
    settings = SmtpSettings(
        host="127.0.0.1",
        sender="hello@sova.example",
        port=port,
        security="none",
        user="sova",
        password=Secret("file:key", str(tmp_path)),
    )
    return create(settings, context(tmp_path))


def test_a_real_server_takes_signed_in_letters(tmp_path, server):
    keeper, port = server
    receipts = list(channel(tmp_path, port, "night").send([letter(1), letter(2, to="gone@example.com"), letter(3)]))
    assert [r.state for r in receipts] == ["accepted", "rejected", "accepted"]
    assert receipts[1].dead_address
    assert [to for _, to, _ in keeper.kept] == [["anna1@example.com"], ["anna3@example.com"]]


def test_a_wrong_password_sends_nothing_and_is_never_shown(tmp_path, server):
    keeper, port = server
    receipts = list(channel(tmp_path, port, "day-canary").send([letter(1)]))
    assert [r.state for r in receipts] == ["not_sent"]
    assert receipts[0].code == "535"
    assert "day-canary" not in repr(receipts)
    assert keeper.kept == []
