"""Planned plug-ins: known to the language, refused by a run."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pytest
from reactivate_plugins import planned

from reactivate.errors import PluginError
from reactivate.host.descriptors import Descriptor
from reactivate.host.protocols import Context
from reactivate.host.registry import Registry

DESCRIPTORS = [*planned.reactivate_sources(), *planned.reactivate_channels()]


@pytest.mark.parametrize("descriptor", DESCRIPTORS, ids=lambda item: item.name)
def test_each_is_installed_under_its_word_and_says_that_it_is_planned(descriptor: Descriptor) -> None:
    found = Registry().get(descriptor.kind, descriptor.name)  # type: ignore[attr-defined]
    assert found.stability == "planned"
    assert all(field.metadata["doc"] for field in attrs.fields(found.settings))


@pytest.mark.parametrize("descriptor", DESCRIPTORS, ids=lambda item: item.name)
def test_none_can_be_made(descriptor: Descriptor) -> None:
    context = Context(
        name="x",
        folder=Path("."),
        timezone=ZoneInfo("UTC"),
        currency="UAH",
        now=lambda: datetime(2026, 11, 2, tzinfo=UTC),
    )
    with pytest.raises(PluginError, match="R505"):
        descriptor.create(None, context)  # type: ignore[attr-defined]
