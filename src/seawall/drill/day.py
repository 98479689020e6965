"""One day of the city, hour by hour, through the services of the rooms."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import polars as pl

from seawall.campaigns import selectors as campaigns
from seawall.clinic import selectors as clinic
from seawall.platform import services as platform

from . import aftermath, cold, duties, lending, morning, night, opening, planted, reached, scans
from .acts import at
from .crew import Crew, crew_of
from .floor import Floor, empty_seats, expected, play_block
from .invite import AHEAD, booked, invite, withdraw_paused
from .next_doses import NextDoses
from .world import World

Progress = Callable[[str, int, int], None]
BLOCKS = 2


def roll_of(world: World, day: date) -> NextDoses:
    """Everybody's due on the morning of a day; those who have a seat already are not asked again."""
    roll, ids = NextDoses(world, day), sorted(crew_of(world, day).units)
    for n in range(AHEAD + 1):
        roll.ask(booked(world, ids, day + timedelta(days=n))["person"].to_list())
    return roll


def live(world: World, roll: NextDoses, day: date, until: date, tell: Progress) -> None:
    """Morning, doors, blocks, closing, evening."""
    number, total = (day - world.opens).days, (until - world.opens).days + 1
    crew = crew_of(world, day)

    def done(stage: str, step: str) -> None:
        tell(f"{stage}: {day.isoformat()} {step}", number + (step == "plan"), total)

    _morning(world, crew, day)
    _bookings(world, roll, crew, day)
    reached.reminded(world, day)
    done("doses", "bookings")
    open_sites = opening.sessions_open(world, crew, day)
    lending.lend(world, day)
    floor = _floor(world, crew, roll, day)
    done("doses", "doses")
    _after_hours(world, crew, roll, floor, open_sites, day)
    done("doses", "closing")
    night.evening(world, day)
    done("evenings", "plan")


def _morning(world: World, crew: Crew, day: date) -> None:
    platform.clock_set(at(day, 6, 30))
    morning.stores_send(world, day)
    platform.clock_set(at(day, 7))
    morning.lots_arrive(world, day)
    morning.shipments_accept(world, crew, day)
    morning.lot_recalled(world, crew, day)
    morning.stale_plants(world, crew, day)
    duties.orders_taken(world, day)
    duties.events_reported(world, day)
    platform.clock_set(at(day, 7, 50))
    begins(world, day)


def begins(world: World, day: date) -> None:
    """What is there when the first of the day looks: also on the morning at which a demonstration stands."""
    cold.night_logged(world, day)


def _bookings(world: World, roll: NextDoses, crew: Crew, day: date) -> None:
    """Two days ahead; on the first day also for today and tomorrow."""
    platform.clock_set(at(day, 8))
    for n in range(AHEAD + 1):
        roll.ask(withdraw_paused(world, sorted(crew.units), day + timedelta(days=n), at(day, 8)), asked=False)
    days = [AHEAD] if day > world.opens else range(AHEAD + 1)
    for n in days:
        wanted = day + timedelta(days=n)
        if booked(world, sorted(crew.units), wanted).is_empty():
            invite(world, roll, crew.units, wanted, at(day, 8))


def _floor(world: World, crew: Crew, roll: NextDoses, day: date) -> Floor:
    """Everybody who comes, in blocks."""
    seats = booked(world, sorted(crew.units), day)
    planted.people_of_the_day(world, roll, crew.units, seats.height, day)
    quota = (
        campaigns.quotas(world.code, day).rename({"unit_code": "unit"}, strict=False).filter(pl.col("dose_rank") == 1)
    )
    meant = quota.group_by("unit", "product").agg(pl.col("doses").sum())
    already = {g.visit: g for g in clinic.given(day)}
    floor = Floor(world, crew, day, {(u, p): n for u, p, n in meant.iter_rows()}, already)
    people = scans.with_walk_ins(floor, expected(world, roll.with_product(seats), day), roll)
    _stand_before_a_shut_door(floor, people)
    opens = at(day, world.scenario.campaign.opening)
    length = (at(day, world.scenario.campaign.cut_off) - opens) / BLOCKS
    for n in range(BLOCKS):
        play_block(floor, people, opens + n * length, opens + (n + 1) * length, partial(scans.wrong_vials, floor, n))
    empty_seats(floor, at(day, 21, 30))
    return floor


def _stand_before_a_shut_door(floor: Floor, people: pl.DataFrame) -> None:
    """Whoever comes to the site that is closed today is planted to be refused."""
    shut = floor.crew.ids.get(planted.incident(floor.world, floor.day, planted.SHUT) or "")
    here = people.filter((pl.col("site") == (shut or 0)) & (pl.col("outcome") != "no_show"))["person"].to_list()
    planted.plant(
        [planted.make(floor.acts("visit", p), floor.day, planted.SHUT, person_id=p, site_id=shut) for p in here]
    )


def _after_hours(world: World, crew: Crew, roll: NextDoses, floor: Floor, open_sites: list[int], day: date) -> None:
    night.reactions_reported(world, floor)
    night.missed(world, crew, day)
    night.waste(world, crew, day)
    cold.read(world, crew, day)
    aftermath.settle(world, crew, day)
    night.close_sites(world, crew, open_sites, day)
    duties.orders_done(world, day)
    reached.called(world, day)
    came = booked(world, sorted(crew.units), day)["person"].to_list() + [d.person for d in floor.given] + floor.back
    roll.settle(came, floor.turned)
