"""TLS: a certificate that nobody vouches for stops the letter, a good one lets it through."""

import shutil
import socket
import ssl
import subprocess

import pytest
from aiosmtpd.controller import Controller
from channels.channel_kit import context, letter
from reactivate_plugins.smtp import SmtpSettings, create

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")


class Taker:
    async def handle_DATA(self, server, session, envelope):
        return "250 taken" if session.ssl else "554 in the clear"


@pytest.fixture
def server(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [
            *["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"],
            *["-keyout", key, "-out", certificate, "-subj", "/CN=localhost"],
            *["-addext", "subjectAltName=IP:127.0.0.1"],
        ],
        check=True,
        capture_output=True,
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(Taker(), hostname="127.0.0.1", port=port, tls_context=tls, require_starttls=True)
    controller.start()
    yield port, certificate
    controller.stop()


def send(tmp_path, port):
    settings = SmtpSettings(host="127.0.0.1", sender="hello@sova.example", port=port, timeout=10)
    return list(create(settings, context(tmp_path)).send([letter()]))


def test_starttls_with_a_certificate_we_trust(tmp_path, server, monkeypatch):
    port, certificate = server
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    (receipt,) = send(tmp_path, port)
    assert (receipt.state, receipt.provider_id) == ("accepted", "taken")


def test_a_certificate_nobody_vouches_for_stops_the_letter(tmp_path, server):
    (receipt,) = send(tmp_path, server[0])
    assert receipt.state == "not_sent"
    assert "certificate" in receipt.reason
