"""`seawall site`: where to open, and the rounds of mobile teams, on files alone; no database is asked."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Choose sites and plan mobile rounds on files. Needs no database.")


class Model(StrEnum):
    """What is to be made best."""

    P_MEDIAN = "p-median"
    MAX_COVER = "max-cover"
    SET_COVER = "set-cover"
    CAPACITATED = "capacitated"


In = typer.Option(help="CSV or Parquet")


@app.command()
def choose(
    model: Annotated[
        Model,
        typer.Option(
            help="p-median: least travel; max-cover: most people within the radius; set-cover: fewest sites that reach "
            "all; capacitated: least cost of sites and travel within capacities"
        ),
    ],
    demand: Annotated[Path, typer.Option(help="demand,weight[,setting][,area][,age][,point]")],
    candidates: Annotated[
        Path,
        typer.Option(
            help="candidate[,capacity][,fixed_cost][,kept][,kind][,parent][,parent_grade][,stations][,teams][,area][,point]"
        ),
    ],
    out: Annotated[Path, typer.Option(help="folder for the answers; made when missing")],
    open_: Annotated[int | None, typer.Option("--open", help="sites open in all, kept ones among them")] = None,
    radius: Annotated[float | None, typer.Option(help="farthest way that counts as served; else by setting")] = None,
    distances: Annotated[
        Path | None, typer.Option(help="demand,candidate,distance; other pairs are unreachable")
    ] = None,
    points: Annotated[Path | None, typer.Option(help="point,lon,lat: great-circle km instead of --distances")] = None,
    coverage: Annotated[Path | None, typer.Option(help="setting,radius,source: your own coverage rules")] = None,
    budget: Annotated[float | None, typer.Option(help="most fixed_cost of the open sites together")] = None,
    stations: Annotated[float | None, typer.Option(help="most stations of the open sites together")] = None,
    teams: Annotated[float | None, typer.Option(help="most teams of the open sites together")] = None,
    least_share: Annotated[float | None, typer.Option(help="max-cover: least share covered in every area")] = None,
    seconds: Annotated[float, typer.Option(help="time to look for a proof; the bound holds whenever it stops")] = 60.0,
) -> None:
    """Choose which candidate sites to open: open.csv, assignment.csv, summary.json (value, bound, gap, proven) and more.

    Exit codes: 0 answered, 2 the files or options hold mistakes, 3 nothing satisfies what is asked (the reason is printed).
    """
    from seawall.engines.siting import Asked, Infeasible
    from seawall.engines.siting.files import choose_on_files
    from seawall.engines.tables import Mistakes

    asked = Asked(model.value, open_, radius, budget, stations, teams, least_share, coverage)
    try:
        told = choose_on_files(asked, demand, candidates, out, distances=distances, points=points, seconds=seconds)
    except Mistakes as mistakes:
        typer.secho(str(mistakes), err=True)
        raise typer.Exit(2) from mistakes
    except Infeasible as reason:
        typer.secho(str(reason), err=True)
        raise typer.Exit(3) from reason
    proof = "proven 已证明" if told["proven"] else f"gap 差距 {told['gap']:.3%}"
    typer.echo(
        f"{told['model']} value 值 {told['value']:,.6g} bound 界 {told['bound']:,.6g} ({proof}), "
        f"{told['open']} open 开放, {told['seconds']:.1f} s -> {out}"
    )
