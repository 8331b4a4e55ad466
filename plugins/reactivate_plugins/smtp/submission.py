"""One letter, one SMTP transaction, one certain answer: sent, refused, provably not sent, or unknown."""

import smtplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import define, field

from reactivate.api import Message, Receipt, Secret, rendering
from reactivate_plugins.smtp.answers import accepted, lost, refused, unreachable

if TYPE_CHECKING:
    from reactivate_plugins.smtp import SmtpSettings


@define
class Smtp:
    """Keeps one connection for as many letters as the server likes; never tries a letter twice by itself."""

    settings: "SmtpSettings"
    now: Callable[[], datetime]
    _server: smtplib.SMTP | None = field(default=None, init=False)

    def send(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        """One receipt per message, as soon as its fate is known; the connection is closed after the last."""
        try:
            for message in messages:
                yield self._one(message)
        finally:
            self._leave()

    def lookup(self, key: str) -> None:
        """A mail server cannot be asked about earlier letters."""
        return

    def _one(self, message: Message) -> Receipt:
        try:
            sender = rendering.sender_of(self.settings.sender, message.fields.get("brand", ""))
            raw = rendering.eml(message, sender, message.at or self.now())
        except rendering.HeaderFault as fault:
            return Receipt(message.key, "rejected", code="header", reason=str(fault))
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as fault:
            self._drop()
            return unreachable(message.key, fault)
        return self._transaction(server, message, self.settings.bounces or sender.addr_spec, raw)

    def _transaction(self, server: smtplib.SMTP, message: Message, author: str, raw: bytes) -> Receipt:
        """MAIL, RCPT, DATA, body. Until the body begins a lost connection is proof that nothing was sent."""
        try:
            refusal = _refusal(server, author, rendering.envelope(message.to))
        except (OSError, smtplib.SMTPException) as fault:
            self._drop()
            return unreachable(message.key, fault)
        if refusal is not None:
            self._forget(server, refusal[1])
            return refused(message.key, *refusal)
        try:
            server.send(_dotted(raw))
            code, said = server.getreply()
        except (OSError, smtplib.SMTPException) as fault:
            self._drop()
            return lost(message.key, fault)
        if 200 <= code < 300:
            return accepted(message.key, said)
        if not 400 <= code < 600:
            self._drop()
            return lost(message.key, ValueError(f"an answer that is none: {said[:80]!r}"))
        self._forget(server, code)
        return refused(message.key, "the final dot", code, said)

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            self._server = self._opened()
        return self._server

    def _opened(self) -> smtplib.SMTP:
        here, secure = self.settings, ssl.create_default_context()
        host = _plain(here.host)
        if here.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, here.port, timeout=here.timeout, context=secure)
        else:
            server = smtplib.SMTP(host, here.port, timeout=here.timeout)
        self._server = server
        server.ehlo_or_helo_if_needed()
        if here.security == "starttls":
            server.starttls(context=secure)
            server.ehlo()
        if here.user is not None and here.password is not None:
            server.login(_plain(here.user), here.password.reveal())
        return server

    def _forget(self, server: smtplib.SMTP, code: int) -> None:
        """Make the connection ready for the next letter, or leave it when the server is closing."""
        if code == 421:
            self._drop()
            return
        try:
            server.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _leave(self) -> None:
        if self._server is None:
            return
        try:
            self._server.quit()
        except (OSError, smtplib.SMTPException):
            self._server.close()  # every letter has its answer; a bad farewell changes none
        self._server = None


def _refusal(server: smtplib.SMTP, author: str, recipient: str) -> tuple[str, int, bytes] | None:
    """MAIL, RCPT, DATA: the first refusal as phase, code and text; None when the server waits for the body."""
    code, said = server.mail(author)
    if code != 250:
        return "MAIL", code, said
    code, said = server.rcpt(recipient)
    if code not in (250, 251, 252):
        return "RCPT", code, said
    code, said = server.docmd("DATA")
    return None if code == 354 else ("DATA", code, said)


def _plain(value: str | Secret) -> str:
    return value.reveal() if isinstance(value, Secret) else value


def _dotted(raw: bytes) -> bytes:
    """The body with lines ended by CRLF, leading dots doubled (RFC 5321, 4.5.2), and the final dot."""
    lines = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b"\r\n.\r\n"
