"""What every descriptor must say of itself. Nothing is created here."""

import re
from typing import get_args

import attrs

from reactivate.host.descriptors import API, KINDS, ChannelKind, ChannelType, SegmenterType, Stability
from reactivate.testing.subject import Place

_WORD = re.compile(r"[a-z][a-z0-9_]{0,39}")


def kind_is_known(place: Place) -> None:
    """The descriptor is one of the six, as `reactivate.api` offers them."""
    descriptor = place.subject.descriptor
    assert isinstance(descriptor, tuple(KINDS.values())), f"{type(descriptor).__name__} is no descriptor"


def name_is_a_word(place: Place) -> None:
    """The name can be written after `use:`."""
    name = place.subject.descriptor.name
    assert _WORD.fullmatch(name), f"{name!r}: small Latin letters, digits and _, beginning with a letter"


def summary_is_one_line(place: Place) -> None:
    """The summary fits one line of `reactivate plugins`."""
    summary = place.subject.descriptor.summary
    assert summary.strip(), "the summary is empty"
    assert "\n" not in summary, "the summary has several lines"
    assert len(summary) <= 100, f"the summary has {len(summary)} characters, 100 fit"
    assert not summary.endswith("."), "the summary ends with a full stop; it is a line in a list"


def stability_is_known(place: Place) -> None:
    """`stability` is one of the words."""
    stability = place.subject.descriptor.stability
    assert stability in get_args(Stability), f"stability {stability!r} is none of {get_args(Stability)}"


def interface_fits(place: Place) -> None:
    """`api` is a version of the interface that this host offers."""
    major, minor = place.subject.descriptor.api
    assert major == API[0], f"api {major}.{minor} has another major version than {API[0]}.{API[1]}"
    assert minor <= API[1], f"api {major}.{minor} is newer than {API[0]}.{API[1]}"


def promises_are_whole(place: Place) -> None:
    """What only this kind says: the columns of a segmenter, whom a channel reaches and how many at a time."""
    descriptor = place.subject.descriptor
    if isinstance(descriptor, SegmenterType):
        assert descriptor.adds, "a segmenter that adds no column"
        names = [added.name for added in descriptor.adds]
        assert len(set(names)) == len(names), "two added columns have one name"
        for added in descriptor.adds:
            assert _WORD.fullmatch(added.name), f"column {added.name!r} cannot be written in a rule"
            assert added.doc.strip(), f"column {added.name!r} has no documentation"
    if isinstance(descriptor, ChannelType):
        assert descriptor.reaches in get_args(ChannelKind), f"reaches {descriptor.reaches!r} is no kind of address"
        assert descriptor.batch >= 1, "batch is below 1"


def settings_cannot_change(place: Place) -> None:
    """The settings class is a frozen attrs class with documentation."""
    settings = place.subject.descriptor.settings
    assert attrs.has(settings), f"{settings.__name__} is no attrs class"
    assert (settings.__doc__ or "").strip(), f"{settings.__name__} has no documentation"
    assert settings.__setattr__ is not object.__setattr__, f"{settings.__name__} is not frozen: use attrs.frozen"
