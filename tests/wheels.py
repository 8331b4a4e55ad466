"""Wheels built from this clone and installed in a clean environment outside it, as a stranger would have them."""

import os
import subprocess
import sys
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).parents[1]


PIP = ("-m", "pip", "install", "-q", "--no-compile")
"""A few modules of what is installed are ever imported: they are compiled then, and the rest is not."""


def call(*words, cwd):
    """Run a program to its end; its output is kept, and so is what Python compiles on the way."""
    return subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )


@frozen
class Installed:
    """A folder with the wheels and a virtual environment of its own."""

    place: Path

    @classmethod
    def empty(cls, place):
        """A clean environment with nothing in it but pip."""
        made = call(sys.executable, "-m", "venv", place / "venv", cwd=place)
        assert made.returncode == 0, made.stderr
        return cls(place)

    @property
    def wheels(self):
        return sorted(self.place.glob("*.whl"))

    def build(self, project):
        """Build the wheel of a folder; its path."""
        before = set(self.wheels)
        built = call(
            sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", self.place, project, cwd=self.place
        )
        assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-2000:]
        (wheel,) = set(self.wheels) - before
        return wheel

    def install(self, *words):
        done = call(self.place / "venv/bin/python", *PIP, *words, cwd=self.place)
        assert done.returncode == 0, done.stderr[-2000:]

    def run(self, program, *words):
        """A program of the environment, called from outside the repository."""
        return call(self.place / "venv/bin" / program, *words, cwd=self.place)
