"""The program in this process: what a shell would see of it, without the seconds that a new interpreter takes."""

import io
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess

from reactivate.cli.main import main


def reactivate(*words: object, cwd: Path = Path()) -> CompletedProcess[str]:
    """Call `reactivate` with these words, standing in `cwd`."""
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    with chdir(cwd), redirect_stdout(out), redirect_stderr(err):
        try:
            main([str(word) for word in words])
        except SystemExit as leave:
            code = leave.code or 0
    assert isinstance(code, int)
    return CompletedProcess(words, code, out.getvalue(), err.getvalue())
