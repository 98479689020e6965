"""`seawall plan`: a campaign planned on files alone; no database is asked."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from seawall.engines.planning import Plan


def _rules(asked: bool) -> None:
    """Prints the plan's rules with their formulas and ends the command."""
    if asked:
        from seawall.engines.planning.printed import rules_text

        typer.echo(rules_text("en"))
        raise typer.Exit


def plan(
    scenario: Annotated[Path, typer.Argument(help="folder of a campaign (docs/planning.md)")],
    out: Annotated[Path, typer.Option("--out", help="folder for the answers; made when missing")],
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="the last closed day; the eve of the opening by default"),
    ] = None,
    scale: Annotated[float, typer.Option(help="share of the city's people, doses and stations")] = 1.0,
    variant: Annotated[
        list[str] | None,
        typer.Option(
            help="plan a scenario beside it, may be repeated: "
            "supply_late=DAYS, holidays_worked, more_mobile=TEAMS, policy_applied=CODE"
        ),
    ] = None,
    actuals: Annotated[
        Path | None,
        typer.Option(
            help="folder of what that evening knows: given.csv, stock.csv, eligible.csv, capacity.csv, arrivals.csv"
        ),
    ] = None,
    before: Annotated[
        Path | None,
        typer.Option(help="folder of the plan in force: its orders move only where it gains, and what moves is told"),
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=0, help="the solver stops after so many seconds with the best plan so far, and says so")
    ] = 300.0,
    rules: Annotated[
        bool,
        typer.Option("--rules", is_eager=True, callback=_rules, help="print the plan's rules with formulas, and stop"),
    ] = False,
) -> None:
    """Plan a campaign backwards from its deadline, on files: quotas, shipments, obstacles, pictures. Needs no database."""
    from seawall.engines.planning.files import plan_on_files

    from .saying import or_mistakes

    day = as_of.date() if as_of else None

    def work() -> "Plan":
        return plan_on_files(
            scenario,
            out,
            as_of=day,
            scale=scale,
            variants=variant or (),
            before=before,
            actuals=actuals,
            seconds=seconds,
        )

    made = or_mistakes(work)
    typer.echo(f"{made} -> {out}")
