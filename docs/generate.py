"""Write the reference pages that a machine can write: contracts, commands, plug-ins.

python docs/generate.py            write them
python docs/generate.py --check    fail when one is out of date
"""

import sys
from collections.abc import Callable
from pathlib import Path

import attrs
import click

sys.path.insert(0, str(Path(__file__).parent))
from spec_page import spec

REFERENCE = Path(__file__).parent / "reference"
NOTE = "<!-- Written by docs/generate.py; change the code it is made from. -->\n\n"


def contracts() -> str:
    from reactivate.contracts.schemas import CONTRACTS

    page = ["# Tables between the stages\n"]
    page.append("Arrow tables; the schema metadata carries `reactivate.contract = name/major`. `!` = never null.\n")
    for contract in CONTRACTS.values():
        page.append(f"## {contract.name}/{contract.major}\n\n{contract.doc}\n")
        if contract.key:
            page.append(f"Key: {', '.join(f'`{name}`' for name in contract.key)}.\n")
        page.append("| column | type | meaning |\n| --- | --- | --- |")
        for column in contract.columns:
            words = f" One of: {', '.join(sorted(column.words))}." if column.words else ""
            mark = "" if column.nullable else "!"
            page.append(f"| `{column.name}{mark}` | {column.type} | {column.doc}.{words} |")
        page.append("")
    return "\n".join(page)


def commands() -> str:
    from reactivate.cli.main import COMMANDS, cli

    page = ["# Commands\n", "```text", _help(cli, "reactivate"), "```\n"]
    with click.Context(cli, info_name="reactivate") as parent:
        for name in COMMANDS:
            command = cli.get_command(parent, name)
            assert command is not None
            page += [f"## {name}\n", "```text", _help(command, f"reactivate {name}"), "```\n"]
    return "\n".join(page)


def _help(command: click.Command, name: str) -> str:
    with click.Context(command, info_name=name, terminal_width=100, max_content_width=100) as context:
        return "\n".join(line.rstrip() for line in command.get_help(context).splitlines())


def plugins() -> str:

    from reactivate.host.registry import Registry

    registry = Registry()
    page = ["# Plug-ins\n"]
    for kind, word in sorted(registry.found):
        if registry.found[kind, word].distribution != "reactivate":
            continue
        descriptor = registry.get(kind, word)
        planned = " *Planned: it can be checked and planned, not run.*" if descriptor.stability == "planned" else ""
        page.append(f"## {kind}.{word}\n\n{descriptor.summary}{planned}\n")
        fields = attrs.fields(descriptor.settings)
        if fields:
            page.append("| setting | default | meaning |\n| --- | --- | --- |")
            page += [_setting(field) for field in fields]
            page.append("")
    return "\n".join(page)


def _setting(field: "attrs.Attribute[object]") -> str:

    meta = field.metadata
    default = "required" if field.default is attrs.NOTHING else f"`{field.default}`"
    if isinstance(field.default, attrs.Factory) or field.default is None:  # type: ignore[arg-type]
        default = "none"
    example = f" Example: `{meta['example']}`." if meta.get("example") else ""
    return f"| `{meta.get('key') or field.name}` | {default} | {meta.get('doc', '')}.{example} |"


PAGES: dict[str, Callable[[], str]] = {
    "contracts.md": contracts,
    "commands.md": commands,
    "plugins.md": plugins,
    "spec.md": spec,
}


def main(arguments: list[str]) -> int:
    stale = []
    for name, write in PAGES.items():
        page, path = NOTE + write().rstrip() + "\n", REFERENCE / name
        if not path.exists() or path.read_text(encoding="utf-8") != page:
            stale.append(name)
            if "--check" not in arguments:
                path.write_text(page, encoding="utf-8")
    if "--check" in arguments and stale:
        print(f"out of date: {', '.join(stale)}; run: make docs")
        return 1
    print(f"{len(PAGES)} pages, {'all up to date' if not stale else 'written: ' + ', '.join(stale)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
