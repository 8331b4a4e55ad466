"""Channel `smtp`: letters handed to a mail server by submission (RFC 6409), one recipient each."""

from collections.abc import Iterable
from typing import Literal

from attrs import frozen

from reactivate.api import Channel, ChannelType, Context, Secret, hookimpl, setting


@frozen
class SmtpSettings:
    """The mail server that takes our letters, and in whose name they are written."""

    host: str | Secret = setting("name of the mail server", example="env:SMTP_HOST")
    sender: str = setting(
        "address the letters come from, on your own domain; the brand is put before it",
        key="from",
        example="hello@sova.example",
    )
    port: int = setting("port; 587 begins in the clear and turns to TLS, 465 is TLS from the start", default=587)
    user: str | Secret | None = setting("name to sign in with", default=None, example="env:SMTP_USER")
    password: Secret | None = setting("password to sign in with", default=None, example="env:SMTP_PASSWORD")
    security: Literal["starttls", "tls", "none"] = setting(
        "how the connection is protected; `none` only for a server on this machine", default="starttls"
    )
    timeout: int = setting("longest wait for an answer of the server", default=30, unit="seconds")
    bounces: str | None = setting(
        "address that undeliverable letters come back to; the sender's when left out",
        default=None,
        example="bounces@sova.example",
    )


def create(settings: SmtpSettings, context: Context) -> Channel:
    """A connection that is opened at the first letter. Raises EnvironmentFault R902 when a secret is not there."""
    from reactivate_plugins.smtp.submission import Smtp

    return Smtp(settings, context.now)


@hookimpl
def reactivate_channels() -> Iterable[ChannelType]:
    """The channel `smtp`."""
    return [
        ChannelType(
            name="smtp",
            summary="Hand letters to a mail server",
            settings=SmtpSettings,
            create=create,
            stability="beta",
            reaches="email",
            batch=20,
        )
    ]
