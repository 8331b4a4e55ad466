"""Steps of a journey: the verb decides which class reads the fields."""

from typing import TYPE_CHECKING, Any

from reactivate.spec.fields import keys_of
from reactivate.spec.kinds import FAULT
from reactivate.spec.tree import Mapping, Node, Scalar
from reactivate.text import nearest

if TYPE_CHECKING:
    from reactivate.spec.bind import Binder


def bind_step(binder: "Binder", classes: tuple[Any, ...], node: Node) -> Any:
    """The step, or FAULT when nothing says which verb is meant."""
    verbs = {cls.verb: cls for cls in classes}
    if not isinstance(node, Mapping):
        wanted = "a verb with its fields, such as `send: hello`"
        return binder.wrong_shape(node, "a step", wanted, _spaced(node, verbs))
    given = [name for name in node.names if name in verbs]
    if len(given) > 1:
        second = node.entry(given[1])
        said = f"one step has two verbs, {given[0]!r} and {given[1]!r}"
        binder.found.error("R221", said, second.key.span if second else node.span, "begin a new step with `- `")
    verb = given[0] if given else _meant(binder, node, verbs)
    if verb is None:
        return FAULT
    entry = node.entry(verb)
    called = f"{verb} {entry.value.text!r}" if entry and isinstance(entry.value, Scalar) else f"step {verb}"
    own = Mapping(tuple(e for e in node.entries if e.key.text == verb or e.key.text not in verbs), node.span)
    return binder.bind(verbs[verb], own, "this step" if verb == "wait" else called)


def _spaced(node: Node, verbs: dict[str, Any]) -> str | None:
    """The way out for `- send hello`."""
    words = node.text.split() if isinstance(node, Scalar) else []
    return f"write `- {words[0]}: {words[1]}`" if len(words) == 2 and words[0] in verbs else None


def _meant(binder: "Binder", node: Mapping, verbs: dict[str, Any]) -> str | None:
    """The verb when a misspelt one is clear (R203 then follows from its class); else R221."""
    for name in node.names:
        meant = nearest(name, verbs)
        if meant and name not in {key.key for key in keys_of(verbs[meant])}:
            return meant
    first = node.entries[0].key.span if node.entries else node.span
    binder.found.error("R221", "a step without a verb", first, f"a step begins with one of {', '.join(verbs)}")
    return None
