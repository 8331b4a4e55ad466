"""Channel `sms_outbox`: text messages as rows of a CSV file, parts counted, for trial runs and for gateways by file."""

from collections.abc import Iterable
from pathlib import Path

from attrs import frozen

from reactivate.api import Channel, ChannelType, Context, hookimpl, setting


@frozen
class SmsOutboxSettings:
    """Where the rows go and whose name the messages carry."""

    path: Path = setting(
        "CSV file to append to, relative to the business file; made when there is none", example="out/sms.csv"
    )
    sender: str = setting("sender's name, at most 11 Latin letters and digits", default="", example="SOVA")


def create(settings: SmsOutboxSettings, context: Context) -> Channel:
    """A writer that appends; nothing is made before the first message."""
    from reactivate_plugins.sms_outbox.rows import SmsOutbox

    return SmsOutbox(context.folder / settings.path, settings.sender, context.now)


@hookimpl
def reactivate_channels() -> Iterable[ChannelType]:
    """The channel `sms_outbox`."""
    return [
        ChannelType(
            name="sms_outbox",
            summary="Append text messages to a CSV file, with the parts they take",
            settings=SmsOutboxSettings,
            create=create,
            stability="stable",
            reaches="sms",
            local=True,
            batch=20,
        )
    ]
