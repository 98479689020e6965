"""`seawall flow`: how people pass a site, on files; needs no database."""

from math import isfinite
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from .saying import Language, or_mistakes

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
Speak = Annotated[Language, typer.Option("--language", help="language of sentences")]


@app.command(DAY)
def day(
    site: File,
    out: Out,
    replications: Annotated[int, typer.Option("--replications", min=1, help="days to live")] = 1000,
    seed: Seed = 0,
    language: Speak = Language.EN,
) -> None:
    """Live the day many times: summary.json, stations.csv, curves.csv, pictures, index.html."""
    from seawall.engines.flow.files import flow_on_files

    said = or_mistakes(lambda: flow_on_files(site, out, replications, seed))
    inside, least = said["minutes_in_site"], "at least " if said["unserved"]["mean"] else ""
    typer.echo(
        f"came {_known(said['intervals']['arrived']['mean'])}, served {_known(said['served']['mean'])}, not served"
        f" {_known(said['unserved']['mean'])}; minutes in site {least}{_known(inside['p50'], ',.2f')} (p95"
        f" {_known(inside['p95'], ',.2f')}), most inside {_known(said['crowd_peak'])}, last leaves"
        f" {'no earlier than ' if least else ''}{said['finish_clock']} -> {out}"
    )
    if least:
        typer.echo(said["said"]["zh" if language == Language.ZH else "en"])


def _known(value: float | None, form: str = ",.0f") -> str:
    """A number as it is written, or the word for none."""
    return "unknown" if value is None or not isfinite(value) else format(value, form)


Wait = Annotated[float | None, typer.Option("--wait", min=0, help="minutes one person may wait over all stations")]
Crowd = Annotated[int | None, typer.Option("--crowd", min=1, help="most persons inside at once")]
Seats = Annotated[int | None, typer.Option("--seats", min=1, help="most observation seats in use at once")]
Finish = Annotated[float | None, typer.Option("--finish", min=1, help="minute by which the last person has left")]
BROKEN = "No {what} keeps these bounds: {bounds}. Widen them."


def _none(what: str, bounds: tuple[str, ...]) -> typer.Exit:
    names = ", ".join(bounds) or "together"
    typer.secho(BROKEN.format(what=what, bounds=names), err=True)
    return typer.Exit(2)


@app.command()
def staff(
    site: File,
    served: Annotated[int, typer.Option("--served", min=1, max=200_000, help="persons to serve in the day")],
    wait: Wait = None,
    crowd: Crowd = None,
    finish: Finish = None,
    out: Annotated[Path | None, typer.Option("--out", help="folder for staff.csv, summary.json and a picture")] = None,
    seed: Seed = 0,
) -> None:
    """Find the cheapest staff with which so many persons pass within the bounds (waiting 20 minutes by default)."""
    from seawall.engines.flow.files import staff_on_files

    stated = {"wait": wait, "crowd": crowd, "finish": finish}
    answer, frame = or_mistakes(lambda: staff_on_files(site, served, stated, out, seed))
    if answer.flow is None:
        raise _none("staff", answer.broken)
    for row in frame.iter_rows(named=True):
        typer.echo(f"{row['servers']:>6,}  {row['station']} (file {row['in_file']:,})")
    typer.echo(
        f"cost {answer.cost:,.2f}; served {answer.flow.served.mean:,.0f}, wait p95 {answer.flow.wait_total.p95} min;"
        f" {answer.tried:,} staffs lived{', every cheaper one refused' if answer.proven else ''}"
    )


@app.command()
def slots(
    site: File,
    out: Out,
    wait: Wait = None,
    crowd: Crowd = None,
    seats: Seats = None,
    finish: Finish = None,
    every: Annotated[float, typer.Option("--every", min=5, max=240, help="minutes of a slot")] = 15,
    seed: Seed = 0,
) -> None:
    """Say how many persons to book in each quarter of an hour so that waiting, crowd and seats keep their bounds."""
    from seawall.engines.flow.files import slots_on_files

    stated = {"wait": wait, "crowd": crowd, "seats": seats, "finish": finish}
    plan, flow = or_mistakes(lambda: slots_on_files(site, stated, every, out, seed))
    if flow is None:
        raise _none("slot size", plan.broken)
    typer.echo(" ".join(str(n) for n in plan.sizes))
    typer.echo(
        f"{plan.sizes.sum():,} booked; wait p95 {flow.wait_total.p95} min, most inside p95 {flow.crowd_peak.p95:,.0f},"
        f" most seats p95 {flow.seats_peak.p95:,.0f} -> {out}"
    )


@app.command("what-if")
def what_if(
    site: File,
    out: Out,
    replications: Annotated[int, typer.Option("--replications", min=2, help="days to live")] = 200,
    seed: Seed = 0,
) -> None:
    """Live the same days as planned and with every [[what_if]] of the file: more people, staff away, doses late."""
    from seawall.engines.flow.files import what_ifs_on_files

    found = or_mistakes(lambda: what_ifs_on_files(site, replications, out, seed))
    if not found:
        typer.secho(f"{site.name} has no [[what_if]]: write one.", err=True)
        raise typer.Exit(2)
    for d in found:
        more = " or more" if d.unserved.mean else ""
        typer.echo(
            f"{d.what_if.what_if}: wait of those planned {_known(d.wait_added.mean, '+.1f')} min{more}, most inside"
            f" {_known(d.crowd_added.mean, '+,.0f')}, last leaves {_known(d.finish_added.mean, '+.0f')} min{more},"
            f" not served {_known(d.unserved.mean)} of {_known(d.flow.arrived.mean)}"
        )


def _numbers(given: list[str], known: list[str], option: str) -> dict[str, int]:
    """STATION=NUMBER pairs."""
    read = {}
    for pair in given:
        station, _, number = pair.partition("=")
        if station not in known or not number.isdecimal():
            raise typer.BadParameter(
                f"{pair!r} is not STATION=NUMBER; stations are {', '.join(known)}.", param_hint=option
            )
        read[station] = int(number)
    return read


@app.command()
def door(
    site: File,
    at: Annotated[float, typer.Option("--at", min=0, max=1440, help="minute of now, as the file counts them")],
    waiting: Annotated[list[str], typer.Option("--waiting", help="STATION=PERSONS in its queue; repeat")] = [],  # noqa: B006
    busy: Annotated[list[str], typer.Option("--busy", help="STATION=PERSONS being served (or seated); repeat")] = [],  # noqa: B006
    coming: Annotated[int | None, typer.Option("--coming", min=0, help="persons a quarter-hour who want in")] = None,
    seed: Seed = 0,
) -> None:
    """Say from the queues of this moment whether to slow the door, and the seats of the next half hour."""
    from seawall.engines.flow import Present, door_advice, load_site

    loaded = or_mistakes(lambda: load_site(site))
    known = [s.station for s in loaded.steps]
    present = Present(at, _numbers(waiting, known, "--waiting"), _numbers(busy, known, "--busy"))
    advice = or_mistakes(lambda: door_advice(loaded, present, coming, seed=seed))
    for sentence in advice.say():
        typer.echo(sentence)
    typer.echo("minute  seats p05  p50  p95")
    for minute, low, middle, high in advice.ahead:
        typer.echo(f"{minute:6.0f}  {low:9.0f}{middle:5.0f}{high:5.0f}")
