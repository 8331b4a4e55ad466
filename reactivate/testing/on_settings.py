"""Settings: documented, read from a spec, refused where wrong, silent about secrets; and what `create` makes."""

from typing import Literal, get_args, get_origin

import attrs

from reactivate.errors import ReactivateError
from reactivate.spec.fields import alternatives, keys_of, shape
from reactivate.testing.subject import SECRET, Place

_METHODS = {
    "source": ("read",),
    "matcher": ("link",),
    "segmenter": ("assign",),
    "offer": ("cost", "codes", "terms"),
    "guard": ("judge",),
    "channel": ("send", "lookup"),
}


def every_setting_is_documented(place: Place) -> None:
    """Each field is made by `setting("what it says", …)`; required ones give an example."""
    for key in keys_of(place.subject.descriptor.settings):
        assert key.doc.strip(), f"setting {key.key!r} has no documentation"
        assert key.example or not key.required, f"setting {key.key!r} is required and gives no example"


def every_setting_can_be_written(place: Place) -> None:
    """The types of all settings are known to the language."""
    for key in keys_of(place.subject.descriptor.settings):
        unknown = [part for part in alternatives(key.type) if shape(part) == "unknown"]
        assert not unknown, f"setting {key.key!r} has a type that no spec can hold: {key.type}"


def every_example_is_right(place: Place) -> None:
    """The example of each setting can be read: beside those that are required, or beside what it needs."""
    keys = keys_of(place.subject.descriptor.settings)
    given = {key.key: key.example for key in keys if key.example}
    needed = {key.key: key.example for key in keys if key.required}
    choices = [{key.key: word} for key in keys for word in _words(key.type)]
    for name, example in given.items():
        alone = _complaints(place, {**needed, name: example})
        if alone and any(code != "R220" for code, _ in alone):
            raise AssertionError(f"the example of {name!r} cannot be read: {alone[0][1]}")
        others = ({**given, **choice, name: example} for choice in ({}, *choices))
        assert not alone or not all(_complaints(place, other) for other in others), (
            f"the example of {name!r} is refused, alone and beside the other examples: {alone[0][1]}"
        )


def _words(kind: object) -> tuple[str, ...]:
    return tuple(str(word) for part in alternatives(kind) if get_origin(part) is Literal for word in get_args(part))


def _complaints(place: Place, values: dict[str, str]) -> list[tuple[str, str]]:
    text = "".join(f"{name}: {value}\n" for name, value in values.items())
    _, said = place.subject.bound(text, place.folder)
    return [(item.code, item.message) for item in said if item.is_error]


def settings_are_read_alike_twice(place: Place) -> None:
    """Two readings of one text are equal, and a copy with its own values is too."""
    once, again = place.settings, place.settings
    assert once == again, "two readings of the same settings differ"
    assert attrs.evolve(once) == once, "a copy of the settings differs"


def unknown_key_is_refused(place: Place) -> None:
    """A key that the settings do not know is an error R203."""
    _, said = place.subject.bound(place.subject.yaml + "no_such_key_at_all: 1\n", place.folder)
    assert "R203" in [item.code for item in said], "an unknown key passes in silence"


def missing_key_is_told(place: Place) -> None:
    """Without its required keys the settings are refused with R201 for each, never with a traceback."""
    required = [key.key for key in keys_of(place.subject.descriptor.settings) if key.required]
    _, said = place.subject.bound("", place.folder)
    told = [item for item in said if item.code == "R201"]
    assert len(told) >= len(required), f"{len(told)} complaints for {len(required)} missing keys"


def secrets_never_show(place: Place) -> None:
    """Neither the settings nor what is made of them shows a secret in `repr`, nor in the text of a refusal."""
    shown = [repr(place.settings)]
    try:
        made = place.make()
    except ReactivateError as fault:
        shown.append(repr(fault.diagnostics))
    else:
        shown += [repr(made), repr(getattr(made, "_made", None))]
    assert not any(SECRET in text for text in shown), "a secret is shown"


def create_is_quick_and_quiet(place: Place) -> None:
    """`create` writes no file, reaches no machine, and its object can do what its kind must; or it says what lacks."""
    before, refusal = place.files(), ""
    try:
        made = place.make()
    except ReactivateError as fault:
        made, refusal = None, str(fault)
    foreseen = place.subject.descriptor.stability == "planned" or not place.subject.at_work
    assert made is not None or foreseen, f"create refuses good settings: {refusal}"
    lacking = [name for name in _METHODS[place.subject.kind] if made is not None and not hasattr(made, name)]
    assert not lacking, f"the object lacks {', '.join(lacking)}"
    assert place.files() == before, "create writes files"
