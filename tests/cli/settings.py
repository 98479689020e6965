"""Writes the table of settings in docs/operate.md from their declarations: `python -m tests.cli.settings`."""

from collections.abc import Iterator
from pathlib import Path

from seawall.config.env import Env

PAGE = Path(__file__).parents[2] / "docs" / "operate.md"
BEGIN, END = "<!-- settings -->\n", "<!-- /settings -->"


def _lines() -> Iterator[str]:
    yield "| variable | default | meaning |"
    yield "|---|---|---|"
    for name, field in Env.model_fields.items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        usual = extra.get("usual") or ("none" if field.default == "" else f"`{_plain(field.default)}`")
        variable = field.validation_alias or f"SEAWALL_{name.upper()}"
        yield f"| `{variable}` | {usual} | {field.description} |"


def _plain(value: object) -> object:
    return int(value) if isinstance(value, bool) else value


def table() -> str:
    return "\n".join(_lines()) + "\n"


def text() -> str:
    """The page with its table renewed."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + table() + rest[rest.index(END) :]


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
