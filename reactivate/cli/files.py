"""Files that commands read and write for people: whole or not at all."""

import json
import os
from pathlib import Path
from typing import Any

from reactivate.errors import EnvironmentFault


def write(path: str, text: str) -> None:
    """Write a file in one go: a reader sees the old one or the new one, never a part."""
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        part.write_text(text, encoding="utf-8")
        os.replace(part, target)
    except OSError as fault:
        raise EnvironmentFault.because("R905", f"cannot write {path}: {fault.strerror}") from None


def read_json(path: str) -> Any:
    """A JSON file. EnvironmentFault R903 when it cannot be read or is not JSON."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as fault:
        raise EnvironmentFault.because("R903", f"cannot read {path}: {fault.strerror}") from None
    except ValueError as fault:
        raise EnvironmentFault.because("R903", f"{path} is not JSON: {fault}") from None
