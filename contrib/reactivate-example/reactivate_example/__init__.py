"""Channel `jsonl`: every message as one line of JSON, for a program of your own that sends them."""

from collections.abc import Iterable
from pathlib import Path

from attrs import frozen

from reactivate.api import Channel, ChannelType, Context, hookimpl, setting


@frozen
class JsonlSettings:
    """Where the lines go."""

    path: Path = setting("file to append to, relative to the business file", example="out/letters.jsonl")


def create(settings: JsonlSettings, context: Context) -> Channel:
    """A writer; it makes nothing before the first message."""
    from reactivate_example.lines import Lines

    return Lines(context.folder / settings.path)


@hookimpl
def reactivate_channels() -> Iterable[ChannelType]:
    """The channel `jsonl`."""
    line = "Append each message as one line of JSON to a file"
    return [ChannelType(name="jsonl", summary=line, settings=JsonlSettings, create=create, reaches="email", local=True)]
