"""What is checked, and the place where: settings as a spec would write them, a folder of its own, no network."""

import os
import re
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from attrs import field, frozen

from reactivate.diagnostics import Collector, Diagnostic
from reactivate.host.descriptors import Descriptor
from reactivate.host.protocols import Context, Offer
from reactivate.spec.bind import Binder
from reactivate.spec.fields import keys_of
from reactivate.spec.reading import Around
from reactivate.spec.yaml import parse

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
SECRET = "hunter2-never-print-this"
"""What every `env:` variable of the settings holds during a check."""


@frozen(kw_only=True)
class Subject:
    """A plug-in under test.

    `settings`: YAML of its own keys; without it the required ones take the example in their documentation. `files`:
    what must lie in the folder beforehand, path to content. `offers`: for offers made of others. `map`: for sources,
    our field to their column. `at_work`: False leaves out what an object does (it needs a server that is not there).
    The business counts in the currency that the settings name, EUR where they name none.
    """

    descriptor: Any = field(kw_only=False)
    settings: str | None = None
    files: Mapping[str, str | bytes] = field(factory=dict)
    offers: Mapping[str, Offer] = field(factory=dict)
    map: Mapping[str, str] = field(factory=dict)
    at_work: bool = True

    @property
    def kind(self) -> str:
        return str(self.descriptor.kind)

    @property
    def yaml(self) -> str:
        """The settings that are checked, as a spec would write them."""
        if self.settings is not None:
            return self.settings
        return "".join(f"{key.key}: {key.example}\n" for key in keys_of(self.descriptor.settings) if key.required)

    def bound(self, text: str, folder: Path) -> tuple[Any, list[Diagnostic]]:
        """The settings object that a spec's text makes, and what the reader says of it."""
        found = Collector()
        tree = parse(text or "{}\n", "settings.yml", found)
        binder = Binder(found, Around(folder, currency_of(text)), _NoPlugins())
        made = binder.bind(self.descriptor.settings, tree, "these settings") if tree is not None else None
        return made, list(found)


@frozen
class Place:
    """One check's own folder, with the settings read and a context as the host gives it."""

    subject: Subject
    folder: Path

    @property
    def settings(self) -> Any:
        """AssertionError when a spec could not write them."""
        made, said = self.subject.bound(self.subject.yaml, self.folder)
        wrong = [f"{item.code}: {item.message}" for item in said if item.is_error]
        assert not wrong, f"the settings cannot be read: {'; '.join(wrong)}"
        return made

    @property
    def context(self) -> Context:
        zone = ZoneInfo("Europe/Kyiv")
        return Context(
            "checked", self.folder, zone, currency_of(self.subject.yaml), lambda: NOW, offers=self.subject.offers
        )

    def make(self) -> Any:
        """What the plug-in's factory makes of the settings."""
        return self.subject.descriptor.create(self.settings, self.context)

    def files(self) -> dict[str, bytes]:
        """Everything that lies in the folder, by relative path."""
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in found}


@frozen
class Check:
    """One thing a plug-in must do: call it; AssertionError says what is wrong."""

    name: str
    doc: str
    subject: Subject = field(repr=False)
    work: Callable[[Place], None] = field(repr=False)

    def __call__(self) -> None:
        with self._place() as place, _secrets_set(self.subject.yaml), without_network():
            self.work(place)

    def __str__(self) -> str:
        return f"{self.subject.kind}.{self.subject.descriptor.name}-{self.name}"

    @contextmanager
    def _place(self) -> Iterator[Place]:
        with tempfile.TemporaryDirectory(prefix="reactivate-check-") as folder:
            for name, content in self.subject.files.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
            yield Place(self.subject, Path(folder))


@contextmanager
def without_network() -> Iterator[None]:
    """Any attempt to look up or reach a machine is an AssertionError, also where the plug-in swallows exceptions."""
    tried: list[str] = []

    def refused(*given: Any, **_named: Any) -> Any:
        tried.append(str(given[1:] if given and isinstance(given[0], socket.socket) else given))
        raise ConnectionRefusedError("there is no network in a check")

    names: tuple[tuple[Any, str], ...] = (
        (socket.socket, "connect"),
        (socket.socket, "connect_ex"),
        (socket, "getaddrinfo"),
    )
    before = [getattr(owner, name) for owner, name in names]
    for owner, name in names:
        setattr(owner, name, refused)
    try:
        yield
    finally:
        for (owner, name), old in zip(names, before, strict=True):
            setattr(owner, name, old)
    assert not tried, f"the network was used: {tried[0]}"


@contextmanager
def _secrets_set(text: str) -> Iterator[None]:
    names = set(re.findall(r"env:([A-Za-z_]\w*)", text))
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, SECRET))
    try:
        yield
    finally:
        for name, old in before.items():
            os.environ.pop(name)
            if old is not None:
                os.environ[name] = old


def currency_of(text: str) -> str:
    """The currency of the first sum in `text`, else EUR."""
    found = re.search(r"\d ([A-Z]{3})\b", text)
    return found[1] if found else "EUR"


class _NoPlugins:
    """Settings classes name no plug-ins."""

    def get(self, kind: str, word: str) -> Descriptor:
        raise KeyError(f"{kind}.{word}")

    def words(self, kind: str) -> list[str]:
        return []


__all__ = ["NOW", "SECRET", "Check", "Place", "Subject", "currency_of", "without_network"]
