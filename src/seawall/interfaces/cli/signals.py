"""`seawall signals`: is a lot, a site or a product unusual? On files alone; a statistical signal is not a cause."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from seawall.engines.tables import Mistake

from .saying import or_findings

app = typer.Typer(
    name="signals", no_args_is_help=True, help="Statistical signals from adverse event reports, on files."
)


@app.callback()
def signals() -> None:
    """Statistical signals from adverse event reports, on files: questions to ask, not causes."""


Out = Annotated[Path, typer.Option("--out", help="CSV or Parquet file to write")]


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip()) if text else ()


def _noted(notes: Sequence[Mistake]) -> None:
    for note in notes:
        typer.secho(str(note), err=True)


@app.command()
def score(
    files: Annotated[list[Path], typer.Argument(help="line lists, counts or matrices: CSV, gzipped CSV, Parquet")],
    out: Out,
    method: Annotated[str, typer.Option(help="measures, of prr, ror, ic, ebgm")] = "prr,ror,ic,ebgm",
    product: Annotated[str, typer.Option(help="column of the product")] = "product",
    event: Annotated[str, typer.Option(help="column, or columns, of the event")] = "event",
    report: Annotated[
        str | None, typer.Option(help="column of the report id; each row is a report when absent")
    ] = None,
    count: Annotated[str | None, typer.Option(help="column of counts: the file is in long form")] = None,
    join: Annotated[Path | None, typer.Option(help="second file, joined on the report id")] = None,
    on: Annotated[str | None, typer.Option(help="column of the report id in both files")] = None,
    matrix: Annotated[bool, typer.Option("--matrix", help="first column the event, each other a product")] = False,
    strata: Annotated[str | None, typer.Option(help="column, or columns, of the stratum")] = None,
    strata_by_file: Annotated[bool, typer.Option("--strata-by-file", help="each file is a stratum")] = False,
) -> None:
    """Score every product-event pair: PRR, ROR, chi-square, information component, EBGM; the fit in a JSON beside."""
    from seawall.engines.signals import Layout, score_files

    layout = Layout(product, _listed(event), report, count, join, on, matrix, _listed(strata), strata_by_file)
    scored = or_findings(lambda: score_files(files, layout, _listed(method), out))
    _noted(scored.notes)
    found = scored.summary
    typer.echo(f"{found['pairs']:,} pairs, {found['total']:,} {found['unit']}, {found['signals']:,} signals -> {out}")
