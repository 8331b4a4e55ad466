"""Channel `outbox`: every letter as one .eml file in a folder, for trial runs and for mail programs that send."""

from collections.abc import Iterable
from pathlib import Path

from attrs import frozen

from reactivate.api import Channel, ChannelType, Context, hookimpl, setting


@frozen
class OutboxSettings:
    """Where the letters are put, and in whose name they are written."""

    folder: Path = setting(
        "folder for the .eml files, relative to the business file; made when there is none", example="out/letters"
    )
    sender: str = setting(
        "address the letters come from, on your own domain; the brand is put before it",
        key="from",
        default="outbox@localhost.localdomain",
        example="hello@sova.example",
    )


def create(settings: OutboxSettings, context: Context) -> Channel:
    """A writer into the folder; nothing is made before the first letter."""
    from reactivate_plugins.outbox.folder import Outbox

    return Outbox(context.folder / settings.folder, settings.sender, context.now)


@hookimpl
def reactivate_channels() -> Iterable[ChannelType]:
    """The channel `outbox`."""
    return [
        ChannelType(
            name="outbox",
            summary="Write each letter as one .eml file into a folder",
            settings=OutboxSettings,
            create=create,
            stability="stable",
            reaches="email",
            local=True,
            batch=20,
        )
    ]
