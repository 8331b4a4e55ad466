"""Render letters in a child process that may be lost: a template that burns memory or time costs its own item only."""

import atexit
import os
import select
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, BinaryIO, cast

from attrs import asdict, define, field, frozen

from reactivate.diagnostics import Diagnostic, Span
from reactivate.rendering.compose import Rendered
from reactivate.rendering.letter import Brand, Links
from reactivate.rendering.templates import Template
from reactivate.rendering.worker import frame, read_frame

SECONDS = 10.0
"""Wall clock that one text may take: well above the processor time that the child allows itself, for on a busy machine
a good letter may have to wait for its turn.
"""
_START_SECONDS = 30.0
_IDLE: "list[tuple[int, subprocess.Popen[bytes]]]" = []
"""At most one child that waits for the next `Renderer`, and the process that started it: starting one takes longer than
most plans render.
"""


@frozen
class RenderFault:
    """A text that could not be made: R333 with file and line."""

    diagnostic: Diagnostic


@define
class Renderer(AbstractContextManager["Renderer"]):
    """Holds the child. Use as a context manager, one per run; `kind` is the kind of channel: email, sms, call …"""

    seconds: float = SECONDS
    _child: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    _setting: bytes = field(default=b"", init=False)
    _owes: bool = field(default=False, init=False)
    """Whether the child has yet to answer: then nobody else may use it."""

    def render(
        self,
        template: Template,
        people: Iterable[tuple[Mapping[str, Any], Links]],
        brand: Brand,
        kind: str = "email",
    ) -> Iterator[Rendered | RenderFault]:
        """One text or fault per person, in order.

        Values are texts, numbers, Decimals, dates, lists of texts and dictionaries of these; null and empty values
        are missing. Raises TypeError for other values.
        """
        setting = frame({"set": asdict(template), "brand": asdict(brand), "kind": kind})
        for context, links in people:
            item = frame({"item": dict(context), "links": asdict(links)})
            yield self._one(template, setting, item)

    def _one(self, template: Template, setting: bytes, item: bytes) -> Rendered | RenderFault:
        fresh = self._child is None
        child = self._started()
        self._owes = True
        try:
            if fresh or setting != self._setting:
                self._setting = setting
                _to(child).write(setting)
            _to(child).write(item)
            _to(child).flush()
            answer = self._answer(child, _START_SECONDS if fresh else self.seconds)
        except BrokenPipeError:
            # The child was gone before it saw this item, which is not to blame.
            self._end()
            return self._one(template, setting, item)
        if answer is None:
            self._end()
            return _fault(template, "takes too long or too much memory", template.body_line, "shorten its loops")
        self._owes = False
        if "fault" in answer:
            return _fault(template, answer["fault"], answer["line"], answer["hint"])
        return Rendered(**answer)

    def _answer(self, child: "subprocess.Popen[bytes]", seconds: float) -> Any:
        """The child's next frame; None when it died or is too slow."""
        source = cast(BinaryIO, child.stdout)
        ready, _, _ = select.select([source], [], [], seconds)
        return read_frame(source) if ready else None

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._child is None:
            self._child = _waiting() or subprocess.Popen(
                [sys.executable, "-I", "-m", "reactivate.rendering.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
            )
        return self._child

    def close(self) -> None:
        """Leave the child to the next one, or end it when it still owes an answer or another one waits already."""
        if self._child is None or self._owes or _IDLE:
            self._end()
        else:
            _IDLE.append((os.getpid(), self._child))
            self._child = None

    def _end(self) -> None:
        child, self._child, self._owes = self._child, None, False
        if child is not None:
            _end(child)

    def __exit__(self, *_: object) -> None:
        self.close()


def render_letters(
    template: Template,
    contexts: Iterable[Mapping[str, Any]],
    brand: Brand,
    links: Links | None = None,
    kind: str = "email",
) -> list[Rendered | RenderFault]:
    """Render one template for several people in a child of its own."""
    with Renderer() as renderer:
        return list(renderer.render(template, ((context, links or Links()) for context in contexts), brand, kind))


def _waiting() -> "subprocess.Popen[bytes] | None":
    """The child that waits, if it is ours and alive; a forked process must not share the pipes of its parent."""
    try:
        owner, child = _IDLE.pop()
    except IndexError:
        return None
    if owner != os.getpid():
        return None
    if child.poll() is None:
        return child
    _end(child)
    return None


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.kill()
    child.wait()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            _shut(stream)


@atexit.register
def _end_waiting() -> None:
    child = _waiting()
    if child is not None:
        _end(child)


def _to(child: "subprocess.Popen[bytes]") -> BinaryIO:
    return cast(BinaryIO, child.stdin)


def _shut(stream: Any) -> None:
    try:
        stream.close()
    except BrokenPipeError:
        return  # what was still in the buffer concerned a child that is gone


def _fault(template: Template, message: str, line: int, hint: str | None) -> RenderFault:
    said = f"template {template.name!r}: {message}"
    return RenderFault(Diagnostic("R333", said, span=Span(template.file, max(1, line), 1), hint=hint))
