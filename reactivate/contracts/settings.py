"""Settings classes: attrs classes whose fields carry docs, units and examples; of plug-ins and of the spec model alike.

The binder, the JSON Schema and the reference pages are all made from this metadata.

    @frozen
    class CsvSettings:
        path: Path = setting("file to read, relative to the business file", example="data/orders.csv")
        encoding: str = setting("character encoding", default="utf-8")

Types the binder reads: str, Text, Name, int, float, bool, Path, date, time, Decimal, Secret, Duration, Money, Price,
Rate, Share, Points, Hours, Literal[...] words, settings classes, and list, tuple or dict of these; `X | Y` for either,
`X | None` for optional ones. A path or text that may also come from the environment is `Path | Secret`, `str | Secret`.
"""

from typing import Annotated, Any, NewType

from attrs import NOTHING, field

Share = NewType("Share", float)
"""A share from 0 to 1, written `15%`."""

Points = NewType("Points", float)
"""A difference of shares from 0 to 1, written `3pp`."""

Text = Annotated[str, "text that people read"]
"""Words that customers or staff will read: written in quotes."""

Name = Annotated[str, "name"]
"""`at_risk`: small Latin letters, digits and `_`, begins with a letter, at most 40 characters."""


def setting(
    doc: str,
    *,
    default: Any = NOTHING,
    factory: Any = None,
    example: str = "",
    unit: str = "",
    words: tuple[str, ...] = (),
    key: str = "",
    deprecated: str = "",
) -> Any:
    """A documented field of a settings class; without `default` or `factory` it is required.

    `key` is the YAML key where it cannot be the attribute name (`from`, `if`); `words` a closed set for texts;
    `deprecated` says what to write instead and when this one leaves: `check` warns where it is used.
    """
    metadata = {"doc": doc, "example": example, "unit": unit, "words": words, "key": key, "deprecated": deprecated}
    if factory is not None:
        return field(factory=factory, metadata=metadata)
    return field(default=default, metadata=metadata)
