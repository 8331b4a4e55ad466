"""Where a file named in a business file really lies: beside that file, or where an `env:` variable says."""

import re
from pathlib import Path

from reactivate.contracts.values import Secret
from reactivate.errors import EnvironmentFault


def place(path: str | Path | Secret, folder: Path) -> Path:
    """`path` as a place on this machine; relative ones count from `folder`.

    `env:NAME` (also as the last part of a path) is read from the environment. Raises EnvironmentFault:
    R902 the variable is not set, R903 nothing lies there, or a folder or an unreadable file does.
    """
    if isinstance(path, Secret):
        path = path.reference
    named = re.search(r"(?:^|[\\/])(env:[A-Za-z_]\w*)$", str(path))
    found = folder / (Secret(named[1]).reveal() if named else path)
    if found.is_dir():
        raise EnvironmentFault.because("R903", f"{found} is a folder, a file is needed", "name the file in it")
    try:
        found.open("rb").close()
    except OSError as fault:
        told = f" ({named[1]})" if named else ""
        raise EnvironmentFault.because(
            "R903",
            f"cannot read {found}{told}: {(fault.strerror or str(fault)).lower()}",
            "put the file there, or correct `path`: it counts from the folder of the business file",
        ) from None
    return found
