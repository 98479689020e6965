"""`seawall epidemic`: a transmission scenario on files alone; no database is asked."""

from pathlib import Path
from typing import Annotated

import typer


def epidemic(
    scenario: Annotated[Path, typer.Argument(help="TOML file; its keys stand in engines/epidemic/dictionary.csv")],
    out: Annotated[Path, typer.Option("--out", help="folder for the answers; made when missing")],
) -> None:
    """Run a transmission scenario: curves, summary, tables and pictures. Needs no database."""
    from seawall.engines.epidemic import epidemic_on_files

    from .saying import or_mistakes

    answer = or_mistakes(lambda: epidemic_on_files(scenario, out))
    typer.echo(f"{answer['scenario']}: R0 {answer['r0']:.3g} -> {out}")
