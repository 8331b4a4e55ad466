"""The ledger's behaviour is tested on both databases; PostgreSQL is started on loopback where it is installed."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from ledger import ledger_kit


@pytest.fixture(scope="session")
def postgres():
    """URL of a server of our own, gone after the session. Skips where server or driver are missing."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (extra `postgres`)")
    found = [shutil.which("initdb"), *Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    programs = [Path(program).parent for program in found if program]
    if not programs:
        pytest.skip("no PostgreSQL server on this machine")
    owner = {"user": "postgres"} if os.geteuid() == 0 else {}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "cwd": "/", **owner}
    # Not under pytest's own folder: the server refuses to run as root, and its owner could not reach it there.
    folder = Path(tempfile.mkdtemp(prefix="ledger-postgres-"))
    if owner:
        shutil.chown(folder, "postgres")
    make = [programs[0] / "initdb", "-D", folder / "data", "-A", "trust", "-U", "ledger", "-E", "UTF8"]
    subprocess.run(make, check=True, **quiet)
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    control = [programs[-1] / "pg_ctl", "-D", folder / "data", "-w"]
    subprocess.run([*control, "-l", folder / "log", "-o", options, "start"], check=True, **quiet)
    try:
        yield f"postgresql://ledger@/?host={folder}&dbname="
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, **quiet)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def dialect(request):
    """Which database `open_ledger` uses."""
    if request.param == "postgresql":
        ledger_kit.SERVER["url"] = request.getfixturevalue("postgres")
    yield request.param
    ledger_kit.SERVER["url"] = None
