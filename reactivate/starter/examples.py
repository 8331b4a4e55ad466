"""What `init --example NAME` unpacks: campaigns with their data, and campaigns of ten businesses as specs and texts.

The first kind (`configs` in a clone, `reactivate/examples` in a wheel) runs at once. The second lies under `campaigns`:
spec, business file and the texts in the voice of the shop; its data and its CRM are the reader's own.
"""

import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from reactivate.errors import EnvironmentFault
from reactivate.text import nearest, one_of

MODELINE = b"# yaml-language-server: $schema="
"""How the first line of a spec begins that tells an editor its schema."""

_OWN = re.compile(r"^[0-9]+b?-(?P<name>[a-z0-9-]+)\.yml$")


def names() -> list[str]:
    """Every example that can be unpacked."""
    return sorted({*_runnable(), *_written()})


def tree_of(name: str) -> dict[str, bytes]:
    """The files of an example by their path in the new folder. EnvironmentFault R907 for an unknown name."""
    runnable, written = _runnable(), _written()
    if name in runnable:
        return dict(tree(runnable[name]))
    if name in written:
        return dict(_campaign(written[name]))
    close = nearest(name, names())
    hint = f"did you mean {close!r}?" if close else f"examples: {one_of(names(), 20)}"
    raise EnvironmentFault.because("R907", f"there is no example {name!r}", hint)


def tree(root: Traversable, at: str = "") -> Iterator[tuple[str, bytes]]:
    """All files below a folder, without what a run left there."""
    for item in sorted(root.iterdir(), key=lambda one: one.name):
        name = f"{at}{item.name}"
        if item.is_dir():
            if item.name not in ("__pycache__", ".reactivate", "out"):
                yield from tree(item, f"{name}/")
        elif not item.name.endswith(".pyc"):
            yield name, item.read_bytes()


def _runnable() -> dict[str, Traversable]:
    packed = files("reactivate").joinpath("examples")
    root = packed if packed.is_dir() else Path(__file__).parents[2] / "configs"
    return {item.name: item for item in root.iterdir() if item.is_dir() and not item.name.startswith("_")}


def _shelf() -> Traversable:
    return files("reactivate.starter").joinpath("campaigns")


def _written() -> dict[str, Traversable]:
    return {found["name"]: item for item in _shelf().iterdir() if (found := _OWN.match(item.name))}


def _campaign(spec: Traversable) -> Iterator[tuple[str, bytes]]:
    """The spec under the usual name, the business file where it says, the texts that it names."""
    text = spec.read_text(encoding="utf-8")
    business = re.search(r"^business: (\S+)", text, re.MULTILINE)
    if business is None:
        yield "business.yml", _told(text.encode(), "")
        return
    yield "campaign.yml", _told(text.encode(), "")
    yield business[1], _told(_shelf().joinpath(*business[1].split("/")).read_bytes(), "../")
    words = set(re.findall(r"[a-z][a-z0-9_]*", text))
    for item in sorted(_shelf().joinpath("templates").iterdir(), key=lambda one: one.name):
        if item.name.split(".")[0] in words:
            yield f"templates/{item.name}", item.read_bytes()


def _told(spec: bytes, up: str) -> bytes:
    """A spec with the line that tells an editor where its schema lies."""
    return MODELINE + f"{up}.reactivate/schema.json\n".encode() + spec
