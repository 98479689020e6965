"""`seawall site`: where to open, and the rounds of mobile teams, on files alone; no database is asked."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, help="Choose sites and plan mobile rounds on files. Needs no database.")


class Model(StrEnum):
    """What is to be made best."""

    P_MEDIAN = "p-median"
    MAX_COVER = "max-cover"
    SET_COVER = "set-cover"
    CAPACITATED = "capacitated"


def _or_why_not(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `work` makes; or every mistake (exit code 2), or why nothing satisfies what is asked (exit code 3)."""
    from seawall.engines.siting import Infeasible

    from .saying import or_mistakes

    try:
        return or_mistakes(work)
    except Infeasible as reason:
        typer.secho(str(reason), err=True)
        raise typer.Exit(3) from reason


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
    seconds: Annotated[
        float, typer.Option(min=0, help="time to look for a proof; the bound holds whenever it stops")
    ] = 60.0,
    more: Annotated[int, typer.Option(min=0, help="also answer with up to so many sites more: curve.csv")] = 0,
    pictures: Annotated[bool, typer.Option(help="draw map, distances and page.html")] = True,
) -> None:
    """Choose which candidate sites to open: open.csv, assignment.csv, summary.json (value, bound, gap, proven) and more.

    Exit codes: 0 answered, 2 the files or options hold mistakes, 3 nothing satisfies what is asked (the reason is printed).
    """
    from seawall.engines.siting import Asked
    from seawall.engines.siting.files import choose_on_files

    asked = Asked(model.value, open_, radius, budget, stations, teams, least_share, coverage)
    told = _or_why_not(
        lambda: choose_on_files(
            asked, demand, candidates, out, distances=distances, points=points, seconds=seconds, more=more,
            pictures=pictures,
        )
    )  # fmt: skip
    proof = "proven" if told["proven"] else f"gap {told['gap']:.3%}"
    typer.echo(
        f"{told['model']} value {told['value']:,.6g} bound {told['bound']:,.6g} ({proof}), "
        f"{told['open']} open, {told['seconds']:.1f} s -> {out}"
    )


@app.command()
def rounds(
    stops: Annotated[Path, typer.Option(help="stop,due[,place][,opens][,closes]")],
    teams: Annotated[
        Path,
        typer.Option(help="team,home[,rounds],start,end,driving_minutes,cold_box_hours,doses; a round a row or more"),
    ],
    out: Annotated[Path, typer.Option(help="folder for the answers; made when missing")],
    travel: Annotated[Path | None, typer.Option(help="from,to,minutes; other pairs cannot be driven")] = None,
    points: Annotated[
        Path | None, typer.Option(help="point,lon,lat: for the map, and for times without --travel")
    ] = None,
    speed: Annotated[float, typer.Option(help="km/h of great-circle distance, without --travel")] = 30.0,
    rate: Annotated[float, typer.Option(help="people an hour at a stop: four stations of 20")] = 80.0,
    setup: Annotated[float, typer.Option(min=0, help="minutes before the first person")] = 20.0,
    observe: Annotated[float, typer.Option(min=0, help="minutes after the last person")] = 30.0,
    iterations: Annotated[
        int, typer.Option(min=1, max=200_000, help="of the search; more may serve more people")
    ] = 2_000,
    seed: Annotated[int, typer.Option(help="the same seed makes the same rounds")] = 1,
) -> None:
    """Plan the rounds of mobile teams: rounds.csv, left.csv (who is not visited, and why), summary.json and a map.

    Exit codes: 0 answered, 2 the files or options hold mistakes.
    """
    from seawall.engines.siting.rounds import Session
    from seawall.engines.siting.rounds_files import rounds_on_files

    told = _or_why_not(
        lambda: rounds_on_files(
            stops, teams, out, travel=travel, points=points, speed=speed, session=Session(rate, setup, observe),
            iterations=iterations, seed=seed,
        )
    )  # fmt: skip
    typer.echo(
        f"serves {told['value']:,} of {told['due']:,} people in {told['rounds']} rounds, "
        f"{told['driven_minutes']:,.0f} minutes driven; bound {told['bound']:,} -> {out}"
    )
