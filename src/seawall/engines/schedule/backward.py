"""Counting back from a deadline: the last day on which a first dose still leads to a complete series."""

from datetime import date, timedelta

from .judging import Schedule
from .tables import Interval, Place
from .words import From, Kind


def last_first_dose(schedule: Schedule, product: str, deadline: date) -> date:
    """The deadline less the booked intervals (schedule_min) of the product's primary series, by the rules of that day."""
    series, doses = _course(schedule, product, deadline)
    gaps = [row for row in schedule.tables.intervals if row.series in ("", series) and row.in_force(deadline)]
    first = deadline
    while _finished(first, doses, gaps) > deadline:
        first -= timedelta(days=1)
    return first


def _course(schedule: Schedule, product: str, day: date) -> tuple[str, int]:
    """The first series that may start with the product, and how many primary doses it has."""
    for option in schedule.tables.options:
        starts = option.dose in (1, None) and option.in_force(day) and product in schedule.tables.named(option.product)
        if starts and option.series:
            return option.series, _primary(schedule.tables.places, option.series)
    raise KeyError(f"no series of {schedule.programme} starts with {product} on {day}")


def _primary(places: tuple[Place, ...], series: str) -> int:
    return len({p.dose for p in places if p.series == series and p.kind is Kind.PRIMARY})


def _finished(first: date, doses: int, gaps: list[Interval]) -> date:
    days = [first]
    for dose in range(2, doses + 1):
        opens = [days[-1]]
        for gap in gaps:
            if gap.dose in (dose, None) and gap.schedule_min is not None:
                if gap.after in (From.PREVIOUS, From.COUNTED):
                    opens.append(gap.schedule_min.after(days[-1]))
                elif gap.after is From.DOSE and int(gap.argument) < dose:
                    opens.append(gap.schedule_min.after(days[int(gap.argument) - 1]))
        days.append(max(opens))
    return days[-1]
