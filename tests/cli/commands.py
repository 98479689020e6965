"""Writes docs/commands.md from the command line itself: `python -m tests.cli.commands`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from seawall.interfaces.cli.main import app

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
HEAD = """# Commands

`seawall COMMAND --help` says the same. `due`, `plan`, `site`, `flow`, `signals` and `epidemic` work on files alone; the
others use the campaign's database ([operate.md](operate.md)). Exit codes: 0 done, 1 a proof does not hold
(`check`), 2 refused or misused, 3 done but rows came back (`due`, `import`, `act`) or nothing satisfies what was asked (`site`).
"""


def commands() -> dict[str, Any]:
    """Every command by name; those of a group by both words."""
    return dict(_named(typer.main.get_command(app), ""))


def _named(group: Any, before: str) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _named(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def parameters(command: Any) -> list[Any]:
    """Arguments and options, but for --help."""
    return [p for p in command.params if "--help" not in p.opts]


def named(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.name).upper()
    return " / ".join([*parameter.opts, *parameter.secondary_opts])


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    value = parameter.default
    if value is None or parameter.param_type_name == "argument":
        return ""
    if isinstance(value, bool):
        return next(iter(parameter.opts if value else parameter.secondary_opts), "")
    return f"{value:%Y-%m-%d}" if hasattr(value, "strftime") else str(getattr(value, "value", value))


def _lines() -> Iterator[str]:
    yield HEAD
    for name, command in commands().items():
        yield f"## seawall {name}\n"
        yield f"{command.help}\n"
        yield "| | | default |\n|---|---|---|"
        for p in parameters(command):
            text = (p.help or "").replace("|", "\\|")
            yield f"| `{named(p)}` | {text} | {_default(p)} |"
        yield ""


def text() -> str:
    return "\n".join(_lines()).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
