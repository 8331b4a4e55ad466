"""Files that commands read and write for people: whole or not at all."""

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reactivate.errors import EnvironmentFault

_WAYS_OUT = {
    errno.ENOSPC: "free some space, or name a file on another disk; nothing is half written",
    errno.EDQUOT: "free some space, or name a file on another disk; nothing is half written",
    errno.EACCES: "name a folder that this user may write to",
    errno.EROFS: "name a folder that this user may write to",
    errno.ENOTDIR: "a part of this path is a file; name a folder",
    errno.EEXIST: "a part of this path is a file; name a folder",
}


@contextmanager
def replacing(path: str) -> Iterator[Path]:
    """A file to write into, which takes the name `path` when all went well and leaves nothing behind otherwise.

    A reader sees the old file or the new one, never a part. EnvironmentFault R905 when it cannot be written.
    """
    target = Path(path)
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield part
            os.replace(part, target)
        except BaseException:  # Ctrl-C too: a full disk is not helped by half a file
            part.unlink(missing_ok=True)
            raise
    except OSError as fault:
        # Arrow puts a sentence of its own around the system's word.
        said = os.strerror(fault.errno) if fault.errno else str(fault)
        raise EnvironmentFault.because(
            "R905", f"cannot write {path}: {said}", _WAYS_OUT.get(fault.errno or 0)
        ) from None


def write(path: str, text: str) -> None:
    """Write a text, as `replacing` does."""
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8")


def read_json(path: str) -> Any:
    """A JSON file. EnvironmentFault R903 when it cannot be read or is not JSON."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as fault:
        raise EnvironmentFault.because("R903", f"cannot read {path}: {fault.strerror}") from None
    except ValueError as fault:
        raise EnvironmentFault.because("R903", f"{path} is not JSON: {fault}") from None
