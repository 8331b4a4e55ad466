"""The ledger's behaviour is tested on both databases; PostgreSQL is started on loopback where it is installed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from ledger import ledger_kit


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """URL of a server of our own, gone after the session. Skips where server or driver are missing."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (extra `postgres`)")
    programs = [
        Path(found).parent
        for found in [shutil.which("initdb"), *Path("/usr/lib/postgresql").glob("*/bin/initdb")]
        if found
    ]
    if not programs:
        pytest.skip("no PostgreSQL server on this machine")
    folder = tmp_path_factory.mktemp("postgres")
    owner = {"user": "postgres"} if os.geteuid() == 0 else {}
    if owner:
        # The server refuses to run as root, and its owner must reach the folder.
        shutil.chown(folder, "postgres")
        for parent in folder.parents[:2]:
            parent.chmod(0o755)
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "cwd": "/", **owner}
    subprocess.run(
        [programs[0] / "initdb", "-D", folder / "data", "-A", "trust", "-U", "ledger", "-E", "UTF8"], **quiet
    )
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    control = [programs[-1] / "pg_ctl", "-D", folder / "data", "-w"]
    subprocess.run([*control, "-l", folder / "log", "-o", options, "start"], **quiet)
    try:
        yield f"postgresql://ledger@/?host={folder}&dbname="
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **quiet)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def dialect(request):
    """Which database `open_ledger` uses."""
    if request.param == "postgresql":
        ledger_kit.SERVER["url"] = request.getfixturevalue("postgres")
    yield request.param
    ledger_kit.SERVER["url"] = None
