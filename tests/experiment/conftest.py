"""The command line as a function."""

import pytest

from reactivate.cli.main import main


@pytest.fixture
def call(capsys):
    def run(*arguments):
        with pytest.raises(SystemExit) as left:
            main(list(map(str, arguments)))
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return run
