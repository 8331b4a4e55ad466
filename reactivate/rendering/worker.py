"""The child process that renders: limited in memory and time, fed through pipes with JSON, nothing else in reach.

One frame is a length (four bytes, big-endian) and that much JSON. The parent sends `{"set": …}` once per template and
`{"item": …}` per person; each item is answered by one frame.
"""

import json
import struct
import sys
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

MEMORY_BYTES = 256 * 1024 * 1024
CPU_SECONDS = 3


def read_frame(stream: BinaryIO) -> Any:
    """The next frame; None at the end of the stream, also in the middle of a frame."""
    head = stream.read(4)
    size = struct.unpack(">I", head)[0] if len(head) == 4 else 0
    body = stream.read(size)
    return json.loads(body, object_hook=_revived) if size and len(body) == size else None


def frame(value: Any) -> bytes:
    """A value as one frame; days and sums keep their type, everything else must be plain JSON."""
    body = json.dumps(value, default=_plain, ensure_ascii=False).encode()
    return struct.pack(">I", len(body)) + body


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return {"$day": value.isoformat()[:10]}
    if isinstance(value, Decimal):
        return {"$sum": str(value)}
    raise TypeError(f"a {type(value).__name__} cannot be given to a template")


def _revived(raw: dict[str, Any]) -> Any:
    if raw.keys() == {"$day"}:
        return date.fromisoformat(raw["$day"])
    if raw.keys() == {"$sum"}:
        return Decimal(raw["$sum"])
    return raw


def main() -> None:
    """Answer items until the parent closes the pipe."""
    from reactivate.rendering.compose import Fault, compose
    from reactivate.rendering.letter import Brand, Links
    from reactivate.rendering.templates import Template

    _limit_memory()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    template, kind, brand = Template("", "", ""), "email", Brand("")
    while (asked := read_frame(source)) is not None:
        if "set" in asked:
            template, brand = Template(**asked["set"]), Brand(**asked["brand"])
            kind = asked["kind"]
            continue
        _limit_time()
        try:
            done = compose(template, asked["item"], kind, brand, Links(**asked["links"]))
            answer: dict[str, str | int | None] = {"text": done.text, "subject": done.subject, "html": done.html}
        except Fault as fault:
            answer = {"fault": fault.message, "line": fault.line, "hint": fault.hint}
        except (MemoryError, RecursionError, OverflowError) as fault:
            answer = {"fault": f"needs too much ({type(fault).__name__})", "line": template.body_line, "hint": None}
        sink.write(frame(answer))
        sink.flush()


def _limit_memory() -> None:
    """Linux only: elsewhere an address space cannot be capped so, and the clock of the parent has to do."""
    if sys.platform != "linux":
        return
    import resource

    with open("/proc/self/statm", encoding="ascii") as pages:
        used = int(pages.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY_BYTES, used + MEMORY_BYTES))


def _limit_time() -> None:
    """Give the coming item a few seconds of processor time; the kernel ends the process beyond that."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + CPU_SECONDS, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    main()
