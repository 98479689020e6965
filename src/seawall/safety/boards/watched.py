"""What the running monitors show by lot, product and site: a signal is a question, no cause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from seawall.engines import signals
from seawall.platform import access, clock
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.terms.actor import EN, ZH, Actor
from seawall.terms.names import Name

from .. import selectors
from ..monitors import Monitors
from ..rows import EventRow
from ..tables import EVERY_PRODUCT
from .holder import holder

SHOWN = 12
SCOPES = ("kind", "key", "doses", "events", "expected", "llr", "limit", "signal_on")
LINE = 40  # points of a line of the funnel
EVERY_DOSE = Name("全部接种剂次", "every dose given")
NAMED_KINDS = {
    "all": Name("全市", "City"),
    "product": Name("产品", "product"),
    "lot": Name("批次", "lot"),
    "site": Name("接种点", "site"),
}


@dataclass(frozen=True, slots=True)
class Clock:
    """A case with its clock and who holds it."""

    case: str
    name: Name
    serious: bool
    due_at: datetime
    reported: bool
    overdue: bool
    holder: staff.Owner | None
    lot: str


@dataclass(frozen=True, slots=True)
class RunningTest:
    """One test of reports against those expected, with its sentence; `signal_on`: the day on which it passed its limit.

    Nothing is `expected` where a dose has no published rate; then it is not judged.
    """

    kind: str
    key: str
    of: Name
    name: Name
    doses: int
    events: int
    expected: float | None
    llr: float | None
    limit: float
    signal_on: date | None
    said: Name


@dataclass(frozen=True, slots=True)
class RateExpected:
    """What is expected of the doses of a product, or of every one where `product` is None."""

    product: Name | None
    per_100k: float


@dataclass(frozen=True, slots=True)
class StandsOut:
    """A lot or site that reports more, or less, than chance explains, with its sentence."""

    of: Name
    name: Name
    said: Name


@dataclass(frozen=True, slots=True)
class LotPoint:
    """A lot in the funnel."""

    unit: str
    doses: int
    events: int
    expected: float
    ratio: float
    outlier: bool


@dataclass(frozen=True, slots=True)
class Funnel:
    """Lots by reports expected and the ratio of reports to them; `lines` by name: expected, then the limits of chance."""

    points: tuple[LotPoint, ...]
    lines: Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Course:
    """The test statistic of a lot (of every dose where no lot signals) by day, and its limit."""

    lot: str
    days: tuple[date, ...]
    llr: tuple[float | None, ...]
    limit: float
    signal_on: date | None


def clocks() -> tuple[Clock, ...]:
    return tuple(_clock(event) for event in selectors.open_now()[:SHOWN])


def _clock(event: EventRow) -> Clock:
    kind = selectors.kinds()[event.kind]
    return Clock(
        case=event.case_code,
        name=Name(kind.zh, kind.en),
        serious=event.serious,
        due_at=event.clock_due,
        reported=event.reported_at is not None,
        overdue=event.overdue(clock.now()),
        holder=holder(event),
        lot=event.lot,
    )


def said(key: str, **told: object) -> Name:
    return Name(signals.say(key, ZH, **told), signals.say(key, EN, **told))


def rates_expected(found: Monitors, day: date) -> tuple[RateExpected, ...]:
    """The programme's published rates; none where it has none."""
    names = reference.product_names(day) if found.rates else {}
    return tuple(
        RateExpected(
            None if rate.product == EVERY_PRODUCT else names.get(rate.product, Name.code(rate.product)), rate.per_100k
        )
        for rate in found.rates
    )


def running_tests(actor: Actor, found: Monitors, day: date) -> tuple[RunningTest, ...]:
    """Signals first, then by how near the limit they stand; of lots and sites without a signal only the nearest."""
    rows = found.scopes.sort(["signal_on", "llr"], descending=[False, True], nulls_last=True)
    named = {kind: _names(kind, rows.filter(kind=kind)["key"].to_list(), day) for kind in NAMED_KINDS}
    tests = (_test(day, named, **row) for row in rows.select(SCOPES).iter_rows(named=True))
    seen = [test for test in tests if _sees(actor, test.kind, test.key)]
    kept = [test for test in seen if test.signal_on or test.kind in ("all", "product")]
    others = [test for test in seen if not test.signal_on and test.kind in ("lot", "site")]
    return (*kept, *others[:SHOWN])


def _test(
    day: date, named: Mapping[str, Mapping[str, Name]], *, kind: str, key: str, doses: int, events: int,
    expected: float | None, llr: float | None, limit: float, signal_on: date | None,
) -> RunningTest:  # fmt: skip
    quiet = "sequential_unrated" if expected is None else "sequential_quiet"
    sentence = "sequential_now" if signal_on else quiet
    return RunningTest(
        kind=kind,
        key=key,
        of=NAMED_KINDS[kind],
        name=EVERY_DOSE if kind == "all" else named[kind].get(key, Name.code(key)),
        doses=doses,
        events=events,
        expected=expected,
        llr=llr,
        limit=limit,
        signal_on=signal_on,
        said=said(sentence, date=signal_on or day, events=events, expected=expected, limit=limit, llr=llr or 0.0),
    )


def _sees(actor: Actor, kind: str, key: str) -> bool:
    return kind != "site" or access.sees_site(actor, int(key or 0))


def _names(kind: str, keys: Sequence[str], day: date) -> dict[str, Name]:
    if kind == "site":
        return {str(place): name for place, name in reference.place_names([int(key) for key in keys]).items()}
    return reference.product_names(day) if kind == "product" else {}


def outliers(actor: Actor, lots_or_sites: pl.DataFrame, kind: str, day: date) -> tuple[StandsOut, ...]:
    """Lots or sites that report more than chance explains, the least likely first."""
    return _stand_out(actor, lots_or_sites.filter("outlier").sort("q", maintain_order=True), kind, "outlier", day)


def silent(actor: Actor, sites: pl.DataFrame, day: date) -> tuple[StandsOut, ...]:
    """Sites from which reports were to be expected and none came."""
    rows = sites.filter("silent").sort("expected", descending=True, maintain_order=True)
    return _stand_out(actor, rows, "site", "silent", day)


def _stand_out(actor: Actor, rows: pl.DataFrame, kind: str, sentence: str, day: date) -> tuple[StandsOut, ...]:
    seen = [row for row in rows.iter_rows(named=True) if _sees(actor, kind, row["unit"])][:SHOWN]
    names = _names(kind, [row["unit"] for row in seen], day) if seen else {}
    out = []
    for row in seen:
        name = names.get(row["unit"], Name.code(row["unit"]))
        zh, en = (signals.say(sentence, language, **{**row, "unit": name.said(language)}) for language in (ZH, EN))
        out.append(StandsOut(NAMED_KINDS[kind], name, Name(zh, en)))
    return tuple(out)


def funnel(lots: pl.DataFrame) -> Funnel | None:
    """None where no lot has a report."""
    shown = lots.filter(pl.col("ratio").is_not_null())
    if shown.is_empty() or not shown["events"].sum():
        return None
    points = shown.select("unit", "doses", "events", "expected", "ratio", "outlier").iter_rows()
    lines = signals.funnel_lines(shown, LINE)
    return Funnel(tuple(LotPoint(*point) for point in points), lines.to_dict(as_series=False))


def course(found: pl.DataFrame, tests: Sequence[RunningTest]) -> Course | None:
    """Of the first lot that signals; None before the first dose, and where nothing is judged."""
    of = next((test for test in tests if test.kind == "lot" and test.signal_on), None)
    rows = found.filter(pl.col("kind") == ("lot" if of else "all"), pl.col("key") == (of.key if of else ""))
    if rows["llr"].null_count() == rows.height:
        return None
    return Course(
        lot=of.key if of else "",
        days=tuple(rows["date"]),
        llr=tuple(rows["llr"]),
        limit=rows["limit"][0],
        signal_on=of.signal_on if of else None,
    )
