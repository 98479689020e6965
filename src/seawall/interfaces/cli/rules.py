"""`seawall rules`: what a new release of a schedule would change for whom, and switching it on."""

from datetime import datetime
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from . import database

SHOWN = 20


def rules(
    folder: Annotated[Path, typer.Argument(help="folder of schedule tables", exists=True, file_okay=False)],
    as_of: Annotated[datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help="the day from which they hold")],
    out: Annotated[Path | None, typer.Option(help="whose answer changes, and how; .csv or .parquet")] = None,
    release: Annotated[str | None, typer.Option(help="name of the release: switch the rules on after listing")] = None,
) -> None:
    """Judge everybody by new rules before they are switched on: whose answer changes, counted and listed."""
    (database.to_write if release else database.to_read)()
    from seawall.engines.tables import write_frame
    from seawall.people import services as people
    from seawall.terms.actor import EN, Actor, Reach

    from .saying import or_mistakes, or_refusal

    who = Actor(0, 0, "OPERATOR", frozenset({"due_refresh"}), Reach(everywhere=True), "service", EN,
                f"cli {getuser()}"[:40])  # fmt: skip
    day = as_of.date()
    preview = or_mistakes(lambda: or_refusal(lambda: people.rules_preview(who, folder, day)))
    typer.echo(f"{preview.programme}: {preview.judged:,} judged, {preview.changes.height:,} answers change")
    for programme, change, was, now, count in preview.counts().head(SHOWN).iter_rows():
        typer.echo(f"  {count:,} {programme} {change}: {was} -> {now}")
    if out:
        write_frame(preview.changes, out)
        typer.echo(f"-> {out}")
    if release:
        key, judged = or_refusal(lambda: people.rules_release(who, folder, release, day))
        typer.echo(f"release {key[:12]} holds from {day}; {judged:,} judged anew")
