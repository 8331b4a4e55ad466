"""The first files of a shop: written by `init`, so that `check` passes and everything can be tried at once."""

from importlib.resources import files
from pathlib import Path
from string import Template

from attrs import asdict, frozen

from reactivate.errors import EnvironmentFault
from reactivate.starter.examples import MODELINE, tree, tree_of

SCHEMA = Path(".reactivate") / "schema.json"
"""What the first line of a spec names, for editors."""

_SAMPLE_ORDERS = """\
  orders:
    use: csv
    path: data/orders.csv
    rows: orders
    paid: [paid]
    map: {order_id: order, ordered_on: date, amount: total, status: status, name: name, email: email, phone: phone}"""
_NO_CONSENTS = b"email,channel,purpose,given_on,proof\n"


@frozen
class Shop:
    """What `init` asks."""

    brand: str = "My Shop"
    currency: str = "EUR"
    timezone: str = "Europe/Berlin"
    language: str = "en"
    policy: str = "eu"


def write_starter(folder: Path, shop: Shop, orders: str | None = None) -> list[Path]:
    """Write business file, campaign, templates and sample orders into an empty folder; the paths written.

    `orders`: the source of the shop's own file as YAML (see `propose`); no sample data is written then.
    EnvironmentFault R906 when one of the files is there already: nothing is overwritten.
    """
    values = {name: value.replace("\\", "\\\\").replace('"', '\\"') for name, value in asdict(shop).items()}
    values["orders"] = _SAMPLE_ORDERS if orders is None else orders
    wanted = {name: Template(text).substitute(values).encode() for name, text in _starter().items()}
    if orders is not None:
        del wanted["data/orders.csv"]
        wanted["data/consents.csv"] = _NO_CONSENTS
    return [*_write(folder, wanted), write_schema(folder)]


def write_schema(folder: Path) -> Path:
    """The JSON Schema of specs with the plug-ins installed here, where the first line of a spec names it."""
    import json

    from reactivate.host.registry import Registry
    from reactivate.spec.jsonschema import schema

    path = folder / SCHEMA
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(schema(Registry()), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as fault:
        raise EnvironmentFault.because("R905", f"cannot write {path}: {fault.strerror}") from None
    return path


def write_example(folder: Path, name: str) -> list[Path]:
    """Unpack one of the shipped campaigns. EnvironmentFault R907 for an unknown name."""
    wanted = tree_of(name)
    written = _write(folder, wanted)
    return [*written, write_schema(folder)] if any(raw.startswith(MODELINE) for raw in wanted.values()) else written


def _starter() -> dict[str, str]:
    return {name.removesuffix(".in"): raw.decode() for name, raw in tree(files("reactivate.starter").joinpath("files"))}


def _write(folder: Path, wanted: dict[str, bytes]) -> list[Path]:
    there = [name for name in wanted if (folder / name).exists()]
    if there:
        raise EnvironmentFault.because(
            "R906", f"{folder / there[0]} is there already", "nothing was written: name an empty folder"
        )
    written = []
    try:
        for name, raw in wanted.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)
            written.append(path)
    except OSError as fault:
        raise EnvironmentFault.because("R905", f"cannot write {folder}: {fault.strerror}") from None
    return written
