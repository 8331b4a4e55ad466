"""YAML text -> positioned tree, by PyYAML's C events.

Never compose or load: libyaml crashes the process on very deep nesting there, and YAML 1.1 turns `no`, `11:00` and
`007` into something else. Everything that would make a spec mean more than it says (aliases, tags, merges) is refused.
"""

from typing import Any

from attrs import define, evolve, field

from reactivate.diagnostics import Collector, Diagnostic, Span
from reactivate.spec.decode import clean, decoded
from reactivate.spec.syntax import explained
from reactivate.spec.tree import Entry, Mapping, Node, Piece, Scalar, Sequence

DEEPEST = 64
MOST_NODES = 50_000


class _TooMuch(Exception):
    """Ends the reading of a file that is too deep or too large."""


def read(data: bytes, file: str, found: Collector) -> tuple[Mapping | None, str]:
    """The tree of a spec file and its text (for excerpts). None when there is no tree; `found` says why."""
    text = decoded(data, file, found)
    if text is None:
        return None, ""
    return parse(text, file, found), text


def parse(text: str, file: str, found: Collector) -> Mapping | None:
    """The tree of a text whose line ends are `\\n`."""
    import yaml

    cleaned = clean(text, file, found)
    if cleaned is None:
        return None
    reader = _Reader(cleaned, file, found)
    try:
        for event in yaml.parse(cleaned, Loader=yaml.CLoader):
            reader.take(event)
    except yaml.MarkedYAMLError as fault:
        found.add(explained(fault, cleaned, file))
        return None
    except _TooMuch:
        return None
    return reader.document()


@define
class _Open:
    """A mapping or list that is still being read."""

    event: Any
    is_mapping: bool
    items: list[Any] = field(factory=list)
    seen: dict[str, Span] = field(factory=dict)
    key: Scalar | None = None
    skip: bool = False


@define
class _Reader:
    """Builds the tree from events; keeps its own stack, so nothing recurses."""

    text: str
    file: str
    found: Collector
    stack: list[_Open] = field(factory=list)
    root: Node | None = None
    documents: int = 0
    nodes: int = 0
    lines: list[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.lines = [*self.text.split("\n"), ""]  # libyaml may end a value on the line behind the last

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        if kind == "DocumentStartEvent":
            self._document(event)
        elif kind == "AliasEvent":
            self._count(event)
            said = f"'*{event.anchor}' repeats another part; a spec says everything where it counts"
            self.found.error("R106", said, self._span(event), "write the value out here")
            self._put(Scalar("", self._span(event), refused=True))
        elif kind == "ScalarEvent":
            self._count(event)
            self._refuse_marks(event)
            self._put(self._scalar(event))
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._count(event)
            self._refuse_marks(event)
            self._open(event, kind == "MappingStartEvent")
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._close(event)

    def document(self) -> Mapping | None:
        """The finished tree; a spec is one document with keys."""
        if self.root is None or (isinstance(self.root, Scalar) and not self.root.text):
            self.found.error("R112", "the file is empty", Span(self.file, 1, 1), "begin with `campaign:` or `brand:`")
            return None
        if not isinstance(self.root, Mapping):
            self.found.error("R202", f"a spec holds keys with values, here stands {self.root.kind}", self.root.span,
                             "begin with `campaign:` or `brand:`")  # fmt: skip
            return None
        return self.root

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self.found.error("R109", "a second document begins here; a spec file holds one", self._span(event),
                             "put it into a file of its own")  # fmt: skip
            raise _TooMuch

    def _count(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self.found.error("R110", f"more than {MOST_NODES:,} values in one file", self._span(event))
            raise _TooMuch

    def _refuse_marks(self, event: Any) -> None:
        if event.anchor is not None:
            said = f"'&{event.anchor}' marks a part for repeating; a spec says everything where it counts"
            hint = "delete it, and write the value out where it is needed"
            self.found.error("R106", said, self._mark(event, len(event.anchor) + 1), hint)
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            said = f"tag {tag!r}: the field decides what a value is"
            self.found.error("R107", said, self._mark(event, len(tag)), "delete the tag, or put the value in quotes")

    def _open(self, event: Any, is_mapping: bool) -> None:
        if len(self.stack) >= DEEPEST:
            self.found.error("R110", f"nested more than {DEEPEST} levels deep", self._span(event))
            raise _TooMuch
        if self.stack and self.stack[-1].is_mapping and self.stack[-1].key is None:
            self.found.error("R113", "a key must be a word", self._span(event),
                             "braces, brackets and '?' cannot begin a key or value; put it in quotes")  # fmt: skip
            raise _TooMuch
        self.stack.append(_Open(event, is_mapping))

    def _close(self, event: Any) -> None:
        done = self.stack.pop()
        span = self._span(done.event, event if done.event.flow_style else None)
        if done.is_mapping:
            self._put(Mapping(tuple(done.items), span))
        else:
            self._put(Sequence(tuple(done.items), span))

    def _put(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if not parent.is_mapping:
            if self._empty(node):
                self.found.error("R111", "an empty item in a list", node.span, "delete the '-' or write its value")
            else:
                parent.items.append(node)
        elif parent.key is None:
            self._key(parent, node)
        else:
            self._value(parent, parent.key, node)
            parent.key = None

    def _key(self, parent: _Open, node: Node) -> None:
        assert isinstance(node, Scalar)  # others were refused when they opened
        parent.key, parent.skip = node, False
        if not node.text:
            self.found.error("R113", "a key is missing before the colon", node.span)
            parent.skip = True
        elif node.text == "<<" and not node.quoted:
            self.found.error("R108", "'<<' merges another part; a spec says everything where it counts", node.span,
                             "write the keys out here")  # fmt: skip
            parent.skip = True
        elif node.text in parent.seen:
            first = parent.seen[node.text]
            said = f"key {node.text!r} is given twice; it stands already in line {first.line}"
            related = ((first, "first given here"),)
            self.found.add(Diagnostic("R105", said, span=node.span, hint="keep one of them", related=related))
            parent.skip = True
        else:
            parent.seen[node.text] = node.span

    def _value(self, parent: _Open, key: Scalar, node: Node) -> None:
        if parent.skip:
            return
        if self._empty(node):
            if parent.event.flow_style and self._cut_by_comma(parent, key):
                return
            hint = "write its value, or delete the key"
            if ":" in key.text:
                hint = f"a space is missing behind the colon: {key.text.replace(':', ': ', 1)}"
            self.found.error("R111", f"key {key.text!r} has no value", key.span, hint)
        parent.items.append(Entry(key, node))

    def _cut_by_comma(self, parent: _Open, key: Scalar) -> bool:
        """Whether the comma before this key cut a value with brackets in two, as braces do; then that is the fault."""
        before = parent.items[-1].value if parent.items else None
        if not isinstance(before, Scalar) or before.text.count("(") <= before.text.count(")"):
            return False
        if not before.refused:
            said = f"the comma before {key.text!r} ended the value {before.text!r}"
            self.found.error("R111", said, key.span, "a value with a comma gets a line of its own, outside the braces")
            parent.items[-1] = evolve(parent.items[-1], value=evolve(before, refused=True))
        return True

    @staticmethod
    def _empty(node: Node) -> bool:
        return isinstance(node, Scalar) and not node.text and not node.quoted and not node.refused

    def _scalar(self, event: Any) -> Scalar:
        quoted = event.style not in (None, "")
        rest = "" if quoted else self.lines[event.end_mark.line][event.end_mark.column :].strip()
        comment = rest if rest.startswith("#") else ""
        return Scalar(event.value, self._span(event), quoted, self._pieces(event), comment)

    def _pieces(self, event: Any) -> tuple[Piece, ...]:
        """Where each part of a text stands; quoted ones with escapes only up to their first escape."""
        line, column = event.start_mark.line, event.start_mark.column
        if event.style in ("'", '"'):
            return ((0, line + 1, column + 2),)
        if event.style in ("|", ">") or event.end_mark.line == line:
            return ((0, line + 1, column + 1),) if event.style not in ("|", ">") else ()
        pieces: list[Piece] = []
        offset = blank = 0
        for number in range(line, event.end_mark.line + 1):
            row = self.lines[number]
            begin = column if number == line else len(row) - len(row.lstrip())
            stop = event.end_mark.column if number == event.end_mark.line else len(row)
            part = row[begin:stop].rstrip()
            if not part:
                blank += 1
                continue
            offset += max(1, blank) if pieces else 0  # a line end folds into one space; empty lines are kept instead
            pieces.append((offset, number + 1, begin + 1))
            offset, blank = offset + len(part), 0
        return tuple(pieces)

    def _mark(self, event: Any, length: int) -> Span:
        """The first characters of an event: its anchor or tag."""
        start = event.start_mark
        return Span(self.file, start.line + 1, start.column + 1, start.column + 1 + length)

    def _span(self, event: Any, last: Any = None) -> Span:
        start, end = event.start_mark, (last or event).end_mark
        line, column = start.line + 1, start.column + 1
        if end.line == start.line:
            return Span(self.file, line, column, max(end.column, start.column + 1) + 1)
        width = len(self.lines[start.line]) if start.line < len(self.lines) else start.column
        return Span(self.file, line, column, max(width, start.column + 1) + 1)
