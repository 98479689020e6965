"""A hall, and the closing of its units and its city."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from seawall.platform import clock
from seawall.reference.selectors import units
from seawall.reports import services as reports
from seawall.terms.acts import Outcome
from seawall.terms.closings import CityDayClose, UnitDayClose
from tests.clinic.conftest import hall, loaded
from tests.clinic.world import CAMPAIGN, World, done

__all__ = ["closed", "closed_city", "hall", "loaded"]


def closed_city(hall: World, day: date) -> Outcome:
    at = {"occurred_at": hall.now}
    items = [UnitDayClose(act=hall.base()["act"], **at, unit_id=u.unit_id, day=day) for u in units(day)]
    done(reports.unit_day_close(hall.actor, items))
    return reports.city_day_close.one(
        hall.actor, CityDayClose(act=hall.base()["act"], **at, day=day, campaign=CAMPAIGN)
    )


@pytest.fixture
def closed(hall: World) -> Callable[[date], Outcome]:
    """Close every unit and the city on the evening of a day."""

    def close(day: date) -> Outcome:
        evening: datetime = hall.now.replace(hour=12) + timedelta(days=(day - hall.now.date()).days)
        clock.set_to(evening)
        hall.now = evening
        return closed_city(hall, day)

    return close
