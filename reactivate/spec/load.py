"""Files -> `Loaded`: read, bound and checked; everything that is wrong with them in one list."""

import hashlib
import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import attrs
from attrs import frozen

from reactivate.diagnostics import Collector, Diagnostic, Span, in_order
from reactivate.errors import EnvironmentFault, PluginError, SpecError
from reactivate.spec.bind import Binder, Plugins
from reactivate.spec.business import Business
from reactivate.spec.campaign import Campaign
from reactivate.spec.checks import check_all
from reactivate.spec.fields import keys_of
from reactivate.spec.scalars import Around
from reactivate.spec.tree import Mapping, Scalar
from reactivate.spec.units import CURRENCIES
from reactivate.spec.vocabulary import Scopes
from reactivate.spec.yaml import parse, read


@frozen(slots=False)
class Loaded:
    """A spec as read. While `failed`, parts of it may be None: call `raise_if_failed` before you use it.

    files: every text that was read, by its path as named in messages. hash: of all of them, the same on every machine.
    unbuilt: notes on keys that are read and whose effect is not built yet.
    """

    path: str
    business: Business
    campaign: Campaign | None
    diagnostics: tuple[Diagnostic, ...]
    files: dict[str, str]
    hash: str
    unbuilt: tuple[Diagnostic, ...] = ()

    @cached_property
    def scopes(self) -> Scopes:
        """The names that rules may use, scope by scope."""
        return Scopes(self.business, self.campaign)

    @property
    def failed(self) -> bool:
        return any(item.is_error for item in self.diagnostics)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        return tuple(item for item in self.diagnostics if not item.is_error)

    def raise_if_failed(self) -> "Loaded":
        """Itself when there is no error. SpecError before PluginError: a spec is mended before a plug-in."""
        errors = [item for item in self.diagnostics if item.is_error]
        if not errors:
            return self
        raise (PluginError if all(item.code.startswith("R5") for item in errors) else SpecError)(self.diagnostics)


@frozen
class _File:
    """A file that was read and, as far as possible, bound."""

    name: str
    text: str
    tree: Mapping | None


def load(path: str | Path, registry: Plugins, business_path: str | Path | None = None) -> Loaded:
    """Read a spec and all that belongs to it. EnvironmentFault R901 when the file itself cannot be read.

    `path` is a campaign file or a business file (one with `brand`); `business_path` replaces the campaign's own.
    """
    found = Collector()
    main = _read(str(path), found)
    files = {main.name: main.text}
    if main.tree is None:
        return _finished(main.name, None, None, found, files)
    if _is_neither(main.tree):
        hint = "a campaign file has `campaign`, a business file has `brand`"
        found.error("R222", "this is neither a campaign file nor a business file", main.tree.entries[0].key.span, hint)
        return _finished(main.name, None, None, found, files)
    if main.tree.entry("brand") or not (main.tree.entry("campaign") or _looks_like_campaign(main.tree)):
        business = _business(main, registry, found)
        check_all(business, None, found)
        return _finished(main.name, business, None, found, files)
    shop, beside = _beside(main, business_path, registry, found)
    if shop is not None:
        files[shop.name] = shop.text
    currency = beside.currency if beside is not None else None
    campaign = _campaign(main, registry, found, currency)
    if beside is not None:
        files |= check_all(beside, campaign, found)
    return _finished(main.name, beside, campaign, found, files)


def _finished(
    name: str, business: Business | None, campaign: Campaign | None, found: Collector, files: dict[str, str]
) -> Loaded:
    from reactivate.spec.unbuilt import unbuilt

    diagnostics = tuple(with_excerpts(found.items, files))
    empty = business if business is not None else _no_business(name)
    return Loaded(name, empty, campaign, diagnostics, files, fingerprint(files, name), unbuilt(empty, campaign))


def with_excerpts(items: Iterable[Diagnostic], files: dict[str, str]) -> list[Diagnostic]:
    """Diagnostics in order, each with the source line that it speaks of; the same one twice is said once."""
    lines = {name: text.split("\n") for name, text in files.items() if text}
    done: dict[Diagnostic, None] = {}
    for item in in_order(items):
        span = item.span
        if span is not None and item.excerpt is None and span.line <= len(lines.get(span.file, ())):
            item = attrs.evolve(item, excerpt=lines[span.file][span.line - 1])  # noqa: PLW2901
        done[item] = None
    return list(done)


def fingerprint(files: dict[str, str], name: str) -> str:
    """A hash of all texts with their paths as seen from the main file, so that it does not depend on where we stand."""
    digest = hashlib.sha256()
    folder = os.path.dirname(name) or "."
    for file in sorted(files, key=lambda item: os.path.relpath(item, folder)):
        for part in (os.path.relpath(file, folder), files[file]):
            digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def _read(name: str, found: Collector) -> _File:
    try:
        data = Path(name).read_bytes()
    except OSError as fault:
        raise EnvironmentFault.because(
            "R901", f"cannot read {name}: {fault.strerror}", "check the path; a spec is a YAML file"
        ) from None
    tree, text = read(data, name, found)
    return _File(name, text, tree)


def _is_neither(tree: Mapping) -> bool:
    """Whether hardly a key of the file is ours: it is something else, and its keys are not worth a complaint each."""
    known = {key.key for cls in (Campaign, Business) for key in keys_of(cls)}
    names = set(tree.names)
    return not names & {"brand", "campaign"} and len(names & known) * 2 <= len(names) and bool(names)


def _looks_like_campaign(tree: Mapping) -> bool:
    ours = {key.key for key in keys_of(Campaign)} - {"cool_off", "expect"}
    theirs = {key.key for key in keys_of(Business)} - {"cool_off", "expect"}
    return len(ours & set(tree.names)) > len(theirs & set(tree.names))


def _business(file: _File, registry: Plugins, found: Collector) -> Business:
    assert file.tree is not None
    folder = Path(os.path.abspath(os.path.dirname(file.name) or "."))
    money = file.tree.get("currency")
    around = Around(folder, money.text if isinstance(money, Scalar) and money.text in CURRENCIES else None)
    binder = Binder(found, around, registry, _belongs(Campaign, "a campaign file"))
    business: Business = binder.bind(Business, file.tree, "this business file", file=file.name, folder=folder)
    if business.match is None and file.tree.entry("match") is None:
        usual = parse("match: {use: probabilistic, by: [phone, email, name]}", file.name, Collector())
        assert usual is not None
        silent = attrs.evolve(binder, found=Collector())
        business = attrs.evolve(business, match=silent.bind(keys_type("match"), usual.entries[0].value, "match"))
    return business


def keys_type(name: str) -> type:
    """The class of a key of the business file."""
    kind: type = next(key.type for key in keys_of(Business) if key.key == name)
    return kind


def _campaign(file: _File, registry: Plugins, found: Collector, currency: str | None) -> Campaign:
    assert file.tree is not None
    folder = Path(os.path.abspath(os.path.dirname(file.name) or "."))
    binder = Binder(found, Around(folder, currency), registry, _belongs(Business, "the business file"))
    campaign: Campaign = binder.bind(Campaign, file.tree, "this campaign", file=file.name, folder=folder)
    return campaign


def _belongs(cls: type, where: str) -> dict[str, str]:
    return {key.key: f"{key.key!r} belongs into {where}" for key in keys_of(cls)}


def _beside(
    main: _File, given: str | Path | None, registry: Plugins, found: Collector
) -> tuple[_File | None, Business | None]:
    """The business file of a campaign; None and R302 when it cannot be had."""
    assert main.tree is not None
    named = main.tree.get("business")
    written = named.text if isinstance(named, Scalar) and named.text else "business.yml"
    name = str(given) if given is not None else os.path.normpath(os.path.join(os.path.dirname(main.name), written))
    place = named.span if named is not None else Span(main.name, 1, 1)
    try:
        shop = _read(name, found)
    except EnvironmentFault as fault:
        if given is not None:
            raise
        found.error("R302", f"no business file {name!r}: {fault.diagnostics[0].message.rpartition(': ')[2]}", place,
                    "write `business: path/to/the/file.yml`, seen from this file")  # fmt: skip
        return None, None
    if shop.tree is None:
        return shop, None
    if shop.tree.entry("brand") is None and shop.tree.entry("campaign"):
        found.error(
            "R302", f"{name!r} is a campaign file, not a business file", place, "name the file that has `brand`"
        )
        return shop, None
    return shop, _business(shop, registry, found)


def _no_business(name: str) -> Business:
    """Stands in for a business file that could not be read; only ever seen beside errors."""
    tree = parse("brand: x", name, Collector())
    assert tree is not None
    silent = Binder(Collector(), Around(Path()), _NoPlugins())
    business: Business = silent.bind(Business, tree, "")
    return business


class _NoPlugins:
    def get(self, kind: str, word: str) -> object:
        return None

    def words(self, kind: str) -> list[str]:
        return []
