"""`seawall flow`: how people pass a site, on files; needs no database."""

from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from .saying import or_mistakes

DAY = "day"


class OrDay(TyperGroup):
    """A group whose first command needs no name: `flow SITE.toml` is `flow day SITE.toml`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [DAY, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=OrDay,
    no_args_is_help=True,
    help="Live a site's day many times: waiting, queues, seats, crowd. `flow SITE.toml` is `flow day SITE.toml`.",
)

File = Annotated[Path, typer.Argument(metavar="SITE.toml", help="a site: see docs/flow.md and examples/sites")]
Out = Annotated[Path, typer.Option("--out", help="folder for the answers; made when missing")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="the same seed gives the same answer")]


@app.command(DAY)
def day(
    site: File,
    out: Out,
    replications: Annotated[int, typer.Option("--replications", min=1, help="days to live")] = 1000,
    seed: Seed = 0,
) -> None:
    """Live the day many times: summary.json, stations.csv, curves.csv, pictures, index.html."""
    from seawall.engines.flow.files import flow_on_files

    said = or_mistakes(lambda: flow_on_files(site, out, replications, seed))
    typer.echo(
        f"served {said['served']['mean']:,.0f}, minutes in site {said['minutes_in_site']['p50']} (p95"
        f" {said['minutes_in_site']['p95']}), most inside {said['crowd_peak']:,.0f}, last leaves"
        f" {said['finish_clock']} -> {out}"
    )
