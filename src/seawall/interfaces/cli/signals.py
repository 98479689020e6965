"""`seawall signals`: is a lot, a site or a product unusual? On files alone; a statistical signal is not a cause."""

import sys
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seawall.engines.tables import Mistake, write_frame

from .saying import Language, or_mistakes

if TYPE_CHECKING:
    import polars as pl

app = typer.Typer(
    name="signals", no_args_is_help=True, help="Statistical signals from adverse event reports, on files."
)
Out = Annotated[Path, typer.Option("--out", help="CSV or Parquet file to write")]
MaybeOut = Annotated[
    Path | None, typer.Option("--out", help="CSV or Parquet file to write; printed as CSV when absent")
]
Pictures = Annotated[Path | None, typer.Option("--pictures", help="folder for the picture: HTML, SVG and PNG")]
Minimum = Annotated[int, typer.Option("--minimum-events", help="events needed before a signal")]
Delay = Annotated[float, typer.Option(help="expected events before the first look")]
Alpha = Annotated[float, typer.Option(help="probability of a signal when there is nothing to find")]


class Spending(StrEnum):
    """How the error probability is spent over looks."""

    POWER = "power"
    POCOCK = "pocock"
    OBRIEN_FLEMING = "obrien_fleming"


Speak = Annotated[Language, typer.Option("--language", help="language of sentences")]
SHOWN = 10  # sentences


@app.callback()
def signals() -> None:
    """Statistical signals from adverse event reports, on files: questions to ask, not causes."""


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip()) if text else ()


def _told(lines: Sequence[Mistake | str]) -> None:
    for line in lines:
        typer.secho(str(line), err=True)


def _given(frame: "pl.DataFrame", out: Path | None) -> None:
    """The table to its file, or as CSV to the output."""
    if out:
        write_frame(frame, out)
    else:
        sys.stdout.write(frame.write_csv())


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
    pictures: Pictures = None,
    of: Annotated[str | None, typer.Option(help="product the picture shows; all by default")] = None,
    language: Speak = Language.EN,
) -> None:
    """Score every product-event pair: PRR, ROR, chi-square, information component, EBGM; the fit in a JSON beside."""
    from seawall.engines.signals import Layout, say, score_files, signal

    layout = Layout(product, _listed(event), report, count, join, on, matrix, _listed(strata), strata_by_file)
    scored = or_mistakes(lambda: score_files(files, layout, _listed(method), out))
    found, frame = scored.summary, scored.frame
    _told(scored.notes)
    if found["prior"] and found["prior"]["at_bound"]:
        _told([say("edge", language, names=", ".join(found["prior"]["at_bound"]))])
    by = next(name for name in ("eb05", "ic_low", "ror_low", "prr") if name in frame.columns)
    hits = frame.filter(signal(frame)).sort(by, descending=True, nulls_last=True)
    for row in hits.head(SHOWN).iter_rows(named=True):
        typer.echo(say("pair", language, **row))
    typer.echo(f"{found['pairs']:,} pairs, {found['total']:,} {found['unit']}, {found['signals']:,} signals -> {out}")
    typer.echo(say("caution", language))
    if pictures:
        from seawall.engines.signals import pictures as draw

        title = ("报告与预期", "Reports against expectation")
        draw.page(pictures, "volcano", draw.volcano(frame, of), title, hits.head(50), [], language)


@app.command("critical-value")
def critical_value_command(
    limit: Annotated[float, typer.Option(help="limit T of the surveillance, in expected events (binomial: events)")],
    minimum_events: Minimum = 1,
    delay: Delay = 0.0,
    alpha: Alpha = 0.05,
    ratio: Annotated[float | None, typer.Option(help="binomial instead: control time per exposed time")] = None,
) -> None:
    """Print the critical value of the log-likelihood ratio of a MaxSPRT, with eight decimals."""
    from seawall.engines.signals import Design, binomial_critical_value, critical_value

    if ratio is None:
        found = or_mistakes(lambda: critical_value(Design(limit, minimum_events, delay, alpha)))
    else:
        found = or_mistakes(lambda: binomial_critical_value(int(limit), ratio, minimum_events, alpha))
    typer.echo(f"{found:.8f}")


@app.command()
def power(
    risk: Annotated[float, typer.Option(help="relative risk to be found")],
    limit: Annotated[float | None, typer.Option(help="limit T, in expected events")] = None,
    power: Annotated[float, typer.Option(help="without a limit: the power it shall give")] = 0.9,
    minimum_events: Minimum = 1,
    delay: Delay = 0.0,
    alpha: Alpha = 0.05,
) -> None:
    """Power, mean time to signal and length of surveillance of a Poisson MaxSPRT; or the limit that gives a power."""
    from seawall.engines.signals import Design, performance, sample_size

    def made() -> dict[str, Any]:
        least = sample_size(risk, power, minimum_events, delay, alpha) if limit is None else limit
        found = performance(Design(least, minimum_events, delay, alpha), risk)
        return {"limit": least, "power": found.power, "to signal": found.time_to_signal, "length": found.surveillance}

    for name, value in or_mistakes(made).items():
        typer.echo(f"{name:10} {value:.6f}")


@app.command()
def sequential(
    file: Annotated[Path, typer.Argument(help="date, events, expected: one row a look")],
    limit: Annotated[
        float | None, typer.Option(help="limit T, in expected events; the file's total by default")
    ] = None,
    minimum_events: Minimum = 1,
    delay: Delay = 0.0,
    alpha: Alpha = 0.05,
    spending: Annotated[Spending | None, typer.Option(help="spend alpha over these looks only")] = None,
    cumulative: Annotated[bool, typer.Option("--cumulative", help="events and expected are totals so far")] = False,
    out: MaybeOut = None,
    pictures: Pictures = None,
    language: Speak = Language.EN,
) -> None:
    """Test a running campaign look by look: adds llr, limit and signal."""
    from seawall.engines.signals import say, sequential_file

    looks, design = or_mistakes(
        lambda: sequential_file(file, limit, minimum_events, delay, alpha, spending and spending.value, cumulative)
    )
    _given(looks, out)
    if limit is None:
        _told([say("limit_from_file", language, limit=design.limit)])
    _told([course_said(looks, design.limit, language)])
    if pictures:
        from seawall.engines.signals import pictures as draw

        title, said = ("累计检验", "Running test"), [course_said(looks, design.limit, language)]
        draw.page(pictures, "course", draw.course(looks), title, looks, said, language)


def course_said(looks: "pl.DataFrame", limit: float, language: str) -> str:
    """What a running test says: the first signal, or where it stands."""
    from seawall.engines.signals import say

    totals = looks.with_columns(looks["events"].cum_sum(), looks["expected"].cum_sum())
    hit = totals.filter("signal").head(1)
    row = (hit if hit.height else totals.tail(1)).row(0, named=True)
    if row["reason"] == "beyond_limit" and not hit.height:
        return say("beyond", language, expected=row["expected"], limit=limit)
    shown = {name: "-" if value is None else value for name, value in row.items()}
    return say("sequential_signal" if hit.height else "sequential_quiet", language, **shown)


@app.command()
def expected(
    doses: Annotated[Path, typer.Option(help="date, age_group, sex, doses")],
    rates: Annotated[Path, typer.Option(help="event, age_group, sex, rate, first, last")],
    events: Annotated[Path, typer.Option(help="event, age_group, sex, dose, onset")],
    by: Annotated[str | None, typer.Option(help="further columns of doses and events, such as product,lot")] = None,
    as_of: Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="last day lived")] = None,
    out: MaybeOut = None,
    language: Speak = Language.EN,
) -> None:
    """Observed against expected from background rates by age, sex and risk window, with exact Poisson limits."""
    from seawall.engines.signals import expected_files, reason, say

    day = as_of.date() if as_of else None
    frame = or_mistakes(lambda: expected_files(doses, rates, events, day, _listed(by)))
    _given(frame, out)
    for row in frame.head(SHOWN).iter_rows(named=True):
        _told([reason(row["reason"], language) if row["reason"] else say("ratio", language, **row)])


@app.command()
def sccs(
    file: Annotated[Path, typer.Argument(help="person, start, end, dose, event, in days")],
    risk: Annotated[str, typer.Option(help="windows of days after the dose, such as 1-14,15-35")],
    ages: Annotated[str | None, typer.Option(help="first days of the second and later age bands")] = None,
    out: MaybeOut = None,
    language: Speak = Language.EN,
) -> None:
    """Self-controlled case series: incidence ratios of risk windows after a dose, adjusted for age bands."""
    from seawall.engines.signals import reason, say, sccs_file

    bands = [int(age) for age in _listed(ages)]
    series = or_mistakes(lambda: sccs_file(file, _listed(risk), bands))
    _given(series.ratios, out)
    for row in series.ratios.iter_rows(named=True):
        _told([reason(row["reason"], language) if row["reason"] else say("sccs", language, **row)])


@app.command()
def units(
    file: Annotated[Path, typer.Argument(help="unit, events, and doses or expected")],
    rate: Annotated[float | None, typer.Option(help="false discovery rate")] = None,
    out: MaybeOut = None,
    pictures: Pictures = None,
    language: Speak = Language.EN,
) -> None:
    """Lots, sites or vaccinators beside each other: funnel limits, overdispersion, outliers, and who is silent."""
    from seawall.engines.signals import units_file

    frame = or_mistakes(lambda: units_file(file, rate))
    _given(frame, out)
    _told(units_said(frame, language))
    if pictures:
        from seawall.engines.signals import pictures as draw

        title = ("漏斗图", "Funnel")
        draw.page(pictures, "funnel", draw.funnel(frame), title, frame, units_said(frame, language), language)


def units_said(frame: "pl.DataFrame", language: str) -> list[str]:
    """What stands out among units: outliers, then the silent."""
    from seawall.engines.signals import say

    lines = [say("outlier", language, **row) for row in frame.filter("outlier").iter_rows(named=True)]
    lines = lines or [say("no_outlier", language)]
    return lines + [say("silent", language, **row) for row in frame.filter("silent").iter_rows(named=True)]


@app.command()
def clusters(
    file: Annotated[Path, typer.Argument(help="unit, product, symptom, serious (yes, no), onset")],
    expected: Annotated[Path | None, typer.Option(help="unit, product, symptom, expected in one window")] = None,
    out: MaybeOut = None,
    language: Speak = Language.EN,
) -> None:
    """Clusters in time: serious cases alike in one unit, or a marked rise after one product."""
    from seawall.engines.signals import clusters_file, say, thresholds

    frame = or_mistakes(lambda: clusters_file(file, expected))
    _given(frame, out)
    hours = int(thresholds()["cluster_hours"])
    _told([say(f"cluster_{row['rule']}", language, hours=hours, **row) for row in frame.iter_rows(named=True)])
