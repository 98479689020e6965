"""One length of a slot: what sites plan, booking books and clinic lets in follows the one row of `sites/tables/rates.csv`."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from seawall.sites import selectors, tables

HERE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("moment", "slot"),
    [
        (time(9), time(9)),
        (time(9, 14, 59), time(9)),
        (time(9, 15), time(9, 15)),
        (time(23, 59, 59, 999999), time(23, 45)),
        (time(0, 0, 1), time(0)),
    ],
)
def test_a_moment_lies_in_the_slot_that_is_running(moment, slot):
    day = datetime(2021, 4, 10, tzinfo=HERE)
    at = datetime.combine(day, moment, HERE)
    assert selectors.slot_of(at) == selectors.slot_of(at.astimezone(UTC)) == datetime.combine(day, slot, HERE)


def test_a_slot_of_another_length_moves_everything_that_counts_in_slots(monkeypatch):
    at = datetime(2021, 4, 10, 9, 50, tzinfo=HERE)
    seats = tables.most_seats(4)
    monkeypatch.setitem(tables.rates(), "slot", 30)
    assert selectors.slot_length() == timedelta(minutes=30)
    assert selectors.slot_of(at) == datetime(2021, 4, 10, 9, 30, tzinfo=HERE)
    assert tables.most_seats(4) == 2 * seats
