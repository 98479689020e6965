"""Invitations by quota: who is asked for a day, and the seat each takes through `booking`."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import polars as pl
from django.db import transaction

from seawall.booking import selectors as booking
from seawall.booking import services as booking_services
from seawall.campaigns import selectors as campaigns
from seawall.engines.rehearsal.allotment import choose, seat
from seawall.engines.rehearsal.behaviour import dice, overbook
from seawall.sites import selectors as sites
from seawall.terms.visits import AppointmentBook, AppointmentChange

from .acts import Acts, holding
from .next_doses import NextDoses
from .planted import first_doses_paused
from .world import World

AHEAD = 2  # days between invitation and appointment
_BATCH = 2000


def invite(world: World, roll: NextDoses, site_units: dict[int, str], day: date, at: datetime) -> int:
    """Ask people for a day by its quotas, all or none; the number of seats taken."""
    quota = campaigns.quotas(world.code, day).rename({"unit_code": "unit"}, strict=False)
    if quota.is_empty():
        return 0
    rng = dice(world.seed, day.toordinal(), 1)
    asked = choose(roll.candidates(day), quota, overbook(1000, world.behaviour) / 1000, rng)
    seated = seat(asked, free_seats(site_units, day), rng)
    acts, taken = Acts(world.seed, day), []
    items = [
        AppointmentBook(
            act=acts("book", person),
            occurred_at=at,
            person_id=person,
            campaign=world.code,
            site_id=site,
            starts_at=start,
        )
        for person, site, start in seated.select("person", "site", "starts_at").iter_rows()
    ]
    with transaction.atomic():
        for n in range(0, len(items), _BATCH):
            part = items[n : n + _BATCH]
            outcomes = booking_services.appointment_book(holding("STREET_OFFICER"), part)
            taken += [i.person_id for i, o in zip(part, outcomes, strict=True) if o.done]
    roll.ask(taken)
    return len(taken)


def free_seats(site_units: dict[int, str], day: date) -> pl.DataFrame:
    rows = [(site_units[s.site_id], s.site_id, s.starts_at, s.free) for s in sites.seats(sorted(site_units), day)]
    schema: dict[str, Any] = {
        "unit": pl.String,
        "site": pl.Int64,
        "starts_at": pl.Datetime("us", "UTC"),
        "free": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def booked(world: World, site_ids: list[int], day: date) -> pl.DataFrame:
    """Everybody of the city who had a seat on a day, whatever became of it: person, appointment, site, starts_at, dose_rank.

    One seat for each: of two that a merge or a visitor left, the last.
    """
    rows = [
        (r.person_id, str(r.appointment), r.site_id, r.starts_at, r.dose_rank or 1)
        for r in booking.day_list(site_ids, day)
        if not r.walk_in and r.person_id <= world.size
    ]
    schema: dict[str, Any] = {
        "person": pl.Int64,
        "appointment": pl.String,
        "site": pl.Int64,
        "starts_at": pl.Datetime("us", "UTC"),
        "dose_rank": pl.Int64,
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.sort("starts_at", "site", "person").unique("person", keep="last", maintain_order=True)


def withdraw_paused(world: World, site_ids: list[int], day: date, at: datetime) -> list[int]:
    """Where the policy of a day pauses first doses, those who had a seat for one are told and give it back."""
    if not first_doses_paused(world, day):
        return []
    acts, first = Acts(world.seed, day), booked(world, site_ids, day).filter(pl.col("dose_rank") == 1)
    items = [
        AppointmentChange(act=acts("paused", person), occurred_at=at, person_id=person, appointment=UUID(appointment))
        for person, appointment in first.select("person", "appointment").iter_rows()
    ]
    outcomes = booking_services.appointment_cancel(holding("DISTRICT_OFFICER"), items)
    return [i.person_id for i, o in zip(items, outcomes, strict=True) if o.done]
