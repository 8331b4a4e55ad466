"""Channel `call_list`: whom the desk shall call today, as CSV and XLSX; the operators' results are read back."""

from collections.abc import Iterable
from pathlib import Path

from attrs import frozen

from reactivate.api import Channel, ChannelType, Context, hookimpl, setting


@frozen
class CallListSettings:
    """Where the lists lie."""

    folder: Path = setting(
        "folder for one CSV and one XLSX file a day, relative to the business file; made when there is none",
        example="out/calls",
    )


def create(settings: CallListSettings, context: Context) -> Channel:
    """A writer into the folder; nothing is made before the first call."""
    from reactivate_plugins.call_list.lists import CallList

    return CallList(context.folder / settings.folder, context.name, context.timezone, context.now)


@hookimpl
def reactivate_channels() -> Iterable[ChannelType]:
    """The channel `call_list`."""
    return [
        ChannelType(
            name="call_list",
            summary="Write the day's calls as CSV and XLSX lists for the desk",
            settings=CallListSettings,
            create=create,
            stability="stable",
            reaches="call",
            local=True,
            batch=200,
        )
    ]
