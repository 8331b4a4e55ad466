"""A policy pack: the rules of one country as data with a date. Not legal advice; people must read them."""

from collections.abc import Mapping
from datetime import date, time
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal, get_args

from attrs import field, frozen

from reactivate.contracts.values import Hours
from reactivate.diagnostics import Diagnostic
from reactivate.errors import SpecError
from reactivate.text import nearest, one_of

Basis = Literal["none", "soft_opt_in", "consent"]
Evidence = Literal["any", "dated", "dated_source"]
_KINDS = ("email", "sms", "call", "messenger", "push", "ads")
_PURPOSES = ("marketing", "permission", "service")
_KEYS = {"date", "country", "needs", "min_evidence", "soft_opt_in_months", "hours", "blocked", "languages"}
_CONFIRM_AFTER_DAYS = 365


@frozen
class Windows:
    """When contact is allowed by local clock; a part that is None means not at all."""

    weekdays: Hours | None
    weekend: Hours | None

    def meet(self, other: "Windows") -> "Windows":
        """The stricter of both."""
        return Windows(_meet(self.weekdays, other.weekdays), _meet(self.weekend, other.weekend))


@frozen
class Need:
    """What one contact needs.

    basis: `none` (no consent, refusals still count), `soft_opt_in` (proven consent, or an order not older than
    `months` and no refusal), `consent` (proven). evidence of a consent: `dated_source` = day and proof, `dated` = day.
    """

    basis: Basis
    evidence: Evidence
    months: int = 0


@frozen
class Pack:
    """The rules of one country."""

    word: str
    date: date
    country: str
    needs: Mapping[tuple[str, str], Basis] = field(repr=False)
    min_evidence: Evidence
    soft_opt_in_months: int
    windows: Windows
    blocked: frozenset[str]
    languages: tuple[str, ...]

    def need(self, kind: str, purpose: str) -> Need:
        """What a channel of this kind needs for this purpose. Unknown kinds need consent; staff is no customer."""
        basis: Basis = "none" if kind == "staff" else self.needs.get((kind, purpose), "consent")
        return Need(basis, self.min_evidence, self.soft_opt_in_months if basis == "soft_opt_in" else 0)

    def forbids(self, plugin: str) -> bool:
        """Whether this channel plug-in (the word after `use:`) may not be used in the country at all."""
        return plugin in self.blocked


def words() -> list[str]:
    """The packs that come with the framework."""
    return sorted(path.name.removesuffix(".yml") for path in _shipped().iterdir() if path.name.endswith(".yml"))


def load(word: str, folder: Path | None = None) -> Pack:
    """Read a pack; `policies/<word>.yml` in `folder` (the business file's) goes before the shipped one.

    Raises SpecError R340 (no such pack), R341 (its file has faults, all listed).
    """
    own = folder / "policies" / f"{word}.yml" if folder is not None else None
    if own is not None and own.is_file():
        return read(word, own.read_text(encoding="utf-8"), str(own))
    if word not in words():
        close = nearest(word, words())
        hint = f"did you mean {close!r}?" if close else f"packs: {one_of(words())}"
        raise SpecError.because("R340", f"there is no policy pack {word!r}", hint)
    return read(word, _shipped().joinpath(f"{word}.yml").read_text(encoding="utf-8"), f"{word}.yml")


def needs_confirmation(pack: Pack, today: date) -> Diagnostic | None:
    """R740 when the pack is older than twelve months: somebody must say that it still holds."""
    if (today - pack.date).days <= _CONFIRM_AFTER_DAYS:
        return None
    hint = (
        f"have it checked, copy it to policies/{pack.word}.yml beside the business file and write the day under `date`"
    )
    return Diagnostic("R740", f"the policy pack {pack.word!r} is of {pack.date}: older than twelve months", hint=hint)


def read(word: str, text: str, name: str) -> Pack:
    """A pack from its YAML text; all faults at once. Raises SpecError R341."""
    import yaml

    faults: list[str] = []
    try:
        # BaseLoader makes texts of everything, is pure Python, and knows no tags.
        raw = yaml.load(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as fault:
        raise SpecError.because("R341", f"the policy pack {name} is not YAML: {fault}") from None
    if not isinstance(raw, dict):
        raise SpecError.because("R341", f"the policy pack {name} is not a list of keys and values")
    faults += [f"unknown key {key!r}" for key in sorted(raw.keys() - _KEYS)]
    faults += [f"missing key {key!r}" for key in sorted(_KEYS - raw.keys())]
    pack = _pack(word, raw, faults)
    if faults:
        raise SpecError(Diagnostic("R341", f"policy pack {name}: {fault}") for fault in faults)
    return pack


def _pack(word: str, raw: Mapping[str, Any], faults: list[str]) -> Pack:
    evidence = str(raw.get("min_evidence", "dated_source"))
    if evidence not in get_args(Evidence):
        faults.append(f"min_evidence is one of {one_of(get_args(Evidence))}, not {evidence!r}")
    months = str(raw.get("soft_opt_in_months", "0"))
    if not months.isdigit():
        faults.append(f"soft_opt_in_months is a number of months, not {months!r}")
    return Pack(
        word=word,
        date=_date(raw.get("date"), faults),
        country=str(raw.get("country", "")),
        needs=_needs(raw.get("needs"), faults),
        min_evidence=evidence,  # type: ignore[arg-type]
        soft_opt_in_months=int(months) if months.isdigit() else 0,
        windows=_windows(raw.get("hours"), faults),
        blocked=frozenset(_words(raw, "blocked", faults)),
        languages=tuple(_words(raw, "languages", faults)),
    )


def _date(raw: object, faults: list[str]) -> date:
    try:
        return date.fromisoformat(str(raw))
    except ValueError:
        faults.append(f"date is a day such as 2026-11-21, not {raw!r}")
        return date.min


def _needs(raw: object, faults: list[str]) -> dict[tuple[str, str], Basis]:
    needs: dict[tuple[str, str], Basis] = {}
    for kind in _KINDS:
        of_kind = raw.get(kind) if isinstance(raw, dict) else None
        for purpose in _PURPOSES:
            basis = of_kind.get(purpose) if isinstance(of_kind, dict) else None
            if basis in get_args(Basis):
                needs[kind, purpose] = basis  # type: ignore[assignment]
            else:
                faults.append(f"needs.{kind}.{purpose} is one of {one_of(get_args(Basis))}, not {basis!r}")
    return needs


def _windows(raw: object, faults: list[str]) -> Windows:
    if not isinstance(raw, dict) or not raw.keys() <= {"weekdays", "weekend"}:
        faults.append('hours are written {weekdays: "09:00-21:00", weekend: "10:00-20:00"}')
        return Windows(None, None)
    return Windows(_hours(raw.get("weekdays"), faults), _hours(raw.get("weekend"), faults))


def _hours(raw: object, faults: list[str]) -> Hours | None:
    if raw is None:
        return None
    start, _, end = str(raw).partition("-")
    try:
        hours = Hours(time.fromisoformat(start), time.fromisoformat(end))
    except ValueError:
        faults.append(f"hours are written 09:00-21:00, not {raw!r}")
        return None
    if hours.start >= hours.end:
        faults.append(f"hours begin before they end, not {raw!r}")
    return hours


def _words(raw: Mapping[str, Any], key: str, faults: list[str]) -> list[str]:
    found = raw.get(key, [])
    if isinstance(found, list) and all(isinstance(item, str) for item in found):
        return found
    faults.append(f"{key} is a list of words, not {found!r}")
    return []


def _meet(one: Hours | None, other: Hours | None) -> Hours | None:
    if one is None or other is None:
        return None
    start, end = max(one.start, other.start), min(one.end, other.end)
    return Hours(start, end) if start < end else None


def _shipped() -> Traversable:
    return files(__package__).joinpath("packs")
