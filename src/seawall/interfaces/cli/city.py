"""`seawall plan-city`: make a city by seed, as large as asked, to measure the planner on."""

from pathlib import Path
from typing import Annotated

import typer


def plan_city(
    folder: Annotated[Path, typer.Argument(help="folder to write, laid out as a campaign (docs/planning.md)")],
    units: Annotated[int, typer.Option(min=1, max=999, help="planning units")] = 39,
    groups: Annotated[int, typer.Option(min=1, max=12, help="priority groups")] = 12,
    days: Annotated[int, typer.Option(min=60, max=730, help="days from the opening to the deadline")] = 180,
    seed: Annotated[int, typer.Option(min=0, help="the same seed makes the same city")] = 1,
) -> None:
    """Make a city by seed: five products of three doses, weekly arrivals, less vaccine than the target needs."""
    from seawall.engines.planning.generate import write_city

    write_city(folder, units, groups, days, seed)
    typer.echo(f"{units} units, {groups} groups, {days} days, seed {seed} -> {folder}")
