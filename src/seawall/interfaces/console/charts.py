"""Charts as pages hold them: a kind that the script draws, its data, its key, and the same figures as a table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext as _

from seawall.command.selectors import BurnUp, DayRanks, LastDay, Milestone, Schedule
from seawall.interfaces import words
from seawall.safety.boards.watched import Course, Funnel

Row = Sequence[Any]
VISIBLE = 0.015  # of the curve's height


@dataclass(frozen=True, slots=True)
class Chart:
    """`data` goes to the drawing script; `head` and `rows` are the table, which is all that a page without script shows."""

    kind: str
    data: Mapping[str, Any]
    head: Sequence[str]
    rows: Sequence[Row]
    key: Sequence[tuple[str, str]] = ()  # look of the swatch, and its word


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart of lines; a limit is dashed."""

    name: str
    values: Sequence[float | None]
    look: Literal["plain", "limit"] = "plain"


def lines(x: Sequence[Any], x_name: str, y_name: str, *drawn: Line) -> Chart:
    """A few lines over days (dates) or anything that can be written; named at their ends."""
    data = {
        "x": [_plain(at) for at in x],
        "x_name": x_name,
        "y_name": y_name,
        "lines": [{"name": row.name, "values": row.values, "look": row.look} for row in drawn],
    }
    rows = list(zip(x, *(row.values for row in drawn), strict=True))
    return Chart("lines", data, [x_name, *(row.name for row in drawn)], rows)


def burnup(row: BurnUp, scale: float) -> Chart:
    """Plan, done and forecast over the campaign's days; the published figure at the city's scale."""
    said = row.published
    data = {
        "days": row.days,
        "plan": row.plan,
        "actual": row.actual,
        "forecast": row.forecast,
        "deadline": row.deadline,
        "last_first_dose": _milestones(row.last_first_dose),
        "days_off": row.days_off,
        "published": said and {"day": said.day, "doses": said.value * scale, "name": said.source},
        "base": row.base,
    }
    key = [("line", _("done")), ("dash", _("plan"))]
    narrow = _("forecast at the last week's pace; its 80% band is thinner than the line")
    key += [("cone", _("forecast, 80%"))] if _spread(row) else [("dots", narrow)] if row.forecast else []
    key += [("g4", _("days off"))]
    key += [("diamond", said.source)] if said else []
    rows = list(zip(row.days, row.plan, row.actual, strict=True))
    return Chart("burnup", data, [_("day"), _("plan"), _("done")], rows, key)


def _spread(row: BurnUp) -> bool:
    """Whether the band is wide enough on the chart to be seen: a swatch of nothing is no key."""
    low, high = (row.forecast or {}).get("low", ()), (row.forecast or {}).get("high", ())
    width = max((h - n for n, h in zip(low, high, strict=True) if n is not None and h is not None), default=0)
    return width >= VISIBLE * max(n or 1 for n in row.plan)


def daily(rows: Sequence[DayRanks]) -> Chart:
    """Doses of the last days by rank, beside the quota."""
    head = [_("day"), *_ranks(), _("quota")]
    table = [[row.day, row.rank1, row.rank2, row.rank3, row.quota] for row in rows]
    return Chart("bars", {"days": [asdict(row) for row in rows]}, head, table, [*_rank_key(), ("dash", _("quota"))])


def schedule(row: Schedule) -> Chart:
    """The back-schedule day by day; last useful days that are past stand in the list beside it only."""
    series = {
        "rank1": row.rank1,
        "rank2": row.rank2,
        "rank3": row.rank3,
        "arrivals": row.arrivals,
        "capacity": row.capacity,
    }
    lasts = _milestones(m for m in row.last_first_dose if not m.past)
    data = {**series, "days": row.days, "today": row.today, "last_first_dose": lasts}
    head = [_("day"), *_ranks(), _("arrivals"), _("capacity")]
    key = [*_rank_key(), *([("dash", _("capacity"))] if any(row.capacity) else [])]
    return Chart("schedule", data, head, list(zip(row.days, *series.values(), strict=True)), key)


def funnel(row: Funnel) -> Chart:
    """Lots beside each other: reports over expected, between the limits of chance."""
    words_ = {"events": _("Reports"), "expected": _("Reports expected"), "ratio": _("Reports over expected")}
    head = [_("Lot"), _("Doses"), *words_.values()]
    rows = [(p.unit, p.doses, p.events, p.expected, p.ratio) for p in row.points]
    return Chart("funnel", {**asdict(row), "head": words_}, head, rows)


def course(row: Course) -> Chart:
    """A running test by day against its limit."""
    words_ = {"llr": _("Test statistic"), "limit": _("Limit")}
    data = {
        "lot": row.lot,
        "days": [day.isoformat() for day in row.days],
        "llr": row.llr,
        "limit": row.limit,
        "signal_on": row.signal_on.isoformat() if row.signal_on else None,
        "head": words_,
    }
    rows = [(day, value, row.limit) for day, value in zip(row.days, row.llr, strict=True)]
    return Chart("course", data, [_("day"), *words_.values()], rows)


def _milestones(rows: Iterable[Milestone | LastDay]) -> list[dict[str, Any]]:
    return [{"day": m.day, "name": words.pick(m.name)} for m in rows]


def _ranks() -> list[str]:
    return [_("first dose"), _("second dose"), _("third dose")]


def _rank_key() -> list[tuple[str, str]]:
    return [(f"r{n}", word) for n, word in enumerate(_ranks(), 1)]


def _plain(at: Any) -> str:
    return at.isoformat() if isinstance(at, date) else str(at)
