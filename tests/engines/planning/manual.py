"""Writes the generated parts of docs/planning.md, rules and data dictionaries: `python -m tests.engines.planning.manual`."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from seawall.engines.planning import actuals, files, printed
from seawall.engines.planning.model import RULES
from seawall.engines.tables import Column, dictionary

PAGE = Path(__file__).parents[3] / "docs" / "planning.md"
INPUTS = Path(files.__file__).with_name("dictionary.csv")
BLOCK = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->)", re.S)


def _rules() -> Iterator[str]:
    """Each rule: its name, its sentence in both languages, its formula from the docstring."""
    for rule in RULES:
        said = printed.rule_names()[rule.__name__]
        formula = " ".join(inspect.cleandoc(rule.__doc__ or "").split("\n\n")[0].split())
        yield f"- **{rule.__name__}** ({'one unit' if said['scope'] == 'unit' else 'the city'}) {said['en']} {said['zh']}"
        yield f"  ``{formula}``"


def _dictionary(tables: dict[str, list[Column]]) -> Iterator[str]:
    """Every column of every table with type, unit, whether it must be there, rule and meaning."""
    yield "| table | column | type | unit | must | rule | meaning |\n|---|---|---|---|---|---|---|"
    for columns in tables.values():
        for c in columns:
            cells = (c.table, c.column, c.type, c.unit, "yes" if c.required else "", c.rule, c.description)
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def parts() -> dict[str, str]:
    """The generated parts by their marks in the page."""
    return {
        "rules": "\n".join(_rules()),
        "inputs": "\n".join(_dictionary(dictionary(INPUTS))),
        "actuals": "\n".join(_dictionary(dictionary(actuals.DICTIONARY))),
        "outputs": "\n".join(_dictionary(files.columns_out())),
    }


def text() -> str:
    """The page with its generated parts made anew."""
    made = parts()
    return BLOCK.sub(lambda found: f"{found[1]}{made[found[2]]}\n{found[3]}", PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
