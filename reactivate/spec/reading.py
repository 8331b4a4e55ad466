"""What reading a scalar is: a reader for each type, and the complaint of one that cannot read."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import frozen

from reactivate.spec.tree import Scalar


class Unreadable(ValueError):
    """A scalar that is not what its field expects."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


@frozen
class Around:
    """What the meaning of a scalar may depend on: the folder of its file, the money of the business."""

    folder: Path
    currency: str | None = None


@frozen
class Reader:
    """How a type is read. `expects` ends the sentence "expected …"; `pattern` is for the JSON Schema."""

    read: Callable[[Scalar, Around], Any]
    expects: str
    code: str
    pattern: str | None = None


READERS: dict[Any, Reader] = {}
"""The reader of each type; filled by `scalars`."""


def refuse(kind: Any, scalar: Scalar, hint: str | None = None) -> Unreadable:
    """The usual complaint of a reader."""
    reader = READERS[kind]
    return Unreadable(reader.code, f"expected {reader.expects}, got {shown(scalar.text)}", hint)


def shown(text: str, most: int = 40) -> str:
    """A value in a message: quoted, and not too long."""
    flat = " ".join(text.split())
    return repr(flat if len(flat) <= most else flat[: most - 1] + "…")


NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
NUMBER = r"[0-9]{1,15}(?:\.[0-9]{1,6})?"
SWITCHES = {"yes", "no", "on", "off", "true", "false", "null"}
