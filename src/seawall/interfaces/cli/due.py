"""`seawall due`: dose histories judged on files alone; no database is asked."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Engine(StrEnum):
    """Where the persons are judged."""

    LOCAL = "local"
    SPARK = "spark"


def due(
    schedule: Annotated[str | None, typer.Option(help="a shipped schedule's name, or a folder of tables")] = None,
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="the day of the answer")
    ] = None,
    people: Annotated[
        Path | None, typer.Option(help="CSV or Parquet: person_id,birth_date,sex[,birth_precision]")
    ] = None,
    doses: Annotated[
        Path | None, typer.Option(help="CSV or Parquet: person_id,date,product[,dose_id][,lot][,volume][,source]")
    ] = None,
    conditions: Annotated[
        Path | None, typer.Option(help="CSV or Parquet: person_id,code,from,to; see --list-conditions")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="what each person is due; .parquet or .csv")] = None,
    verdicts: Annotated[Path | None, typer.Option(help="whether each dose counts; .parquet or .csv")] = None,
    rejected: Annotated[Path | None, typer.Option(help="rows not taken, with reasons; .parquet or .csv")] = None,
    engine: Annotated[
        Engine, typer.Option(help="this machine, or a Spark cluster over Parquet; needs seawall[spark] and Java")
    ] = Engine.LOCAL,
    list_conditions: Annotated[
        bool, typer.Option("--list-conditions", help="print the condition codes of the schedule, and stop")
    ] = False,
) -> None:
    """Judge dose histories on files: which doses count, what is due next, and why. Needs no database.

    Exit codes: 0 every row was answered, 3 some rows were rejected, 2 nothing was read.
    """
    from seawall.engines.schedule import files, spark

    from .saying import or_mistakes

    if list_conditions and schedule:
        for known in or_mistakes(lambda: files.conditions_known(files.schedule_at(schedule))):
            typer.echo("\t".join(known))
        return
    asked = {"--schedule": schedule, "--as-of": as_of, "--people": people, "--doses": doses, "--out": out,
             "--verdicts": verdicts, "--rejected": rejected}  # fmt: skip
    missing = [option for option, value in asked.items() if value is None]
    if missing:
        raise typer.BadParameter("missing " + ", ".join(missing[:1] if list_conditions else missing))
    assert schedule and as_of and people and doses and out and verdicts and rejected
    judge = spark.due_to_files if engine is Engine.SPARK else files.due_to_files
    summary = or_mistakes(
        lambda: judge(
            schedule=schedule, as_of=as_of.date(), people=people, doses=doses, conditions=conditions, out=out,
            verdicts=verdicts, rejected=rejected,
        )
    )  # fmt: skip
    typer.echo(f"{summary} -> {out}, {verdicts}, {rejected}")
    raise typer.Exit(summary.exit_code)
