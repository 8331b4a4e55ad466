"""Secrets, paths, addresses, and words out of long public lists."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reactivate.contracts.values import Secret
from reactivate.spec import kinds
from reactivate.spec.reading import Around, Unreadable, refuse
from reactivate.spec.tree import Scalar
from reactivate.text import nearest


def read_secret(scalar: Scalar, around: Around) -> Secret:
    text = scalar.text
    if re.fullmatch(r"env:[A-Za-z_][A-Za-z0-9_]*|file:\S.*", text):
        return Secret(text, str(around.folder))
    # The text itself may be the secret: it is never printed, not even in the complaint.
    raise Unreadable(
        "R213", "a secret is never written into the file", "write env:NAME or file:path, and keep the value there"
    )


def read_path(scalar: Scalar, around: Around) -> Path:
    text = scalar.text
    if re.match(r"(env|file):", text):
        raise refuse(Path, scalar, "this setting wants the path itself")
    if "\0" in text or not text.strip():
        raise refuse(Path, scalar)
    try:
        return Path(os.path.abspath(around.folder / Path(text).expanduser()))
    except RuntimeError:
        raise refuse(Path, scalar, f"there is no home folder for {text.split('/')[0]!r}") from None


def listed(kind: Any, names: Callable[[], Any], clean: Callable[[str], str]) -> Callable[[Scalar, Around], str]:
    """A reader of one word out of a long public list (zones, currencies, languages)."""

    def read(scalar: Scalar, _: Around) -> str:
        known = names()
        if scalar.text in known:
            return scalar.text
        better = clean(scalar.text)
        towns = [name for name in known if name.rpartition("/")[2] == better and "/" in name]
        meant = better if better in known else towns[0] if len(towns) == 1 else nearest(scalar.text, known)
        raise refuse(kind, scalar, f"did you mean {meant}?" if meant else None)

    return read


def as_zone(text: str) -> str:
    return text.strip().replace(" ", "_").title()


_COUNTRIES = {
    "ua": "uk",
    "kz": "kk",
    "by": "be",
    "cz": "cs",
    "gr": "el",
    "se": "sv",
    "dk": "da",
    "us": "en",
    "gb": "en",
}


def as_language(text: str) -> str:
    """A language for those who wrote its country."""
    return _COUNTRIES.get(text.lower(), text.lower())


def read_address(scalar: Scalar, _: Around) -> str:
    text = scalar.text.rstrip("/")
    if re.fullmatch(r"https?://[^\s/?#@]+(?::[0-9]+)?(/[^\s?#]*)?", text):
        return text
    raise refuse(
        kinds.Address, scalar, f"write https://{text}" if re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", text) else None
    )
