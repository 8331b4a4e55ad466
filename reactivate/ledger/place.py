"""Where a ledger lies: the folder and its modes, the secret beside it, and what we refuse to stand on."""

import contextlib
import os
import secrets
from pathlib import Path

from reactivate.errors import EnvironmentFault

# SQLite's locks and its shared memory do not work across machines: https://www.sqlite.org/faq.html#q5
_NETWORK = frozenset(
    [
        "nfs",
        "nfs4",
        "cifs",
        "smb",
        "smb2",
        "smb3",
        "smbfs",
        "ncpfs",
        "afs",
        "ceph",
        "glusterfs",
        "lustre",
        "davfs",
        "fuse.sshfs",
        "fuse.davfs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.glusterfs",
    ]
)


def is_url(place: str | Path) -> bool:
    """Whether `place` names a database server and not a file."""
    return "://" in str(place)


def make_folder(folder: Path) -> None:
    """Make the ledger's folder, closed to others (0700). A folder that exists keeps its mode."""
    if folder.is_dir():
        return
    try:
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        folder.chmod(0o700)
    except OSError as fault:
        raise EnvironmentFault.because(
            "R915", f"cannot make the ledger's folder {folder}: {fault.strerror}", "choose another place with `ledger:`"
        ) from fault


def refuse_network(folder: Path) -> None:
    """Raise R913 when `folder` lies on a network file system, where SQLite's locks do not hold."""
    kind = file_system(folder)
    if kind in _NETWORK:
        raise EnvironmentFault.because(
            "R913",
            f"{folder} lies on a network file system ({kind}), where two runs could both send",
            "keep the ledger on a local disk, or give a PostgreSQL URL under `ledger:`",
        )


def file_system(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str | None:
    """Type of the file system that holds `folder`; None where the machine does not tell."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    place = folder.resolve()
    best, kind = -1, None
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        mounted = Path(fields[1].encode().decode("unicode_escape"))
        if place.is_relative_to(mounted) and len(mounted.parts) >= best:
            best, kind = len(mounted.parts), fields[2]
    return kind


def secret_beside(folder: Path, *, create: bool) -> bytes:
    """The HMAC key of the ledger, `ledger.key` in its folder (0600); made when `create` and absent."""
    path = folder / "ledger.key"
    if create:
        with contextlib.suppress(FileExistsError):
            _write_secret(path)
    try:
        found = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        raise EnvironmentFault.because(
            "R914",
            f"the ledger's key {path} is missing; without it every message would get a new name and go out again",
            "bring ledger.key back from the backup; it belongs to this ledger and cannot be made anew",
        ) from None
    except (OSError, ValueError) as fault:
        raise EnvironmentFault.because("R914", f"cannot read the ledger's key {path}: {fault}") from fault
    if len(found) < 16:
        raise EnvironmentFault.because("R914", f"the ledger's key {path} is cut short", "bring it back from the backup")
    return found


def _write_secret(path: Path) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise
    except OSError as fault:
        raise EnvironmentFault.because("R915", f"cannot write the ledger's key {path}: {fault.strerror}") from fault
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
