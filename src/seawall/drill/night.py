"""After the last person: waste, the count by hand, the sites' closing, and the evening of the city."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from seawall.booking import services as booking
from seawall.clinic import services as clinic
from seawall.command import services as command
from seawall.engines.rehearsal.behaviour import Fate, reactions
from seawall.engines.rehearsal.incidents import BAD_LOT_RATE
from seawall.platform import services as platform
from seawall.safety import services as safety
from seawall.supply import selectors as supply
from seawall.supply import services as supply_services
from seawall.terms.bookings import SiteDay
from seawall.terms.codes import StockState
from seawall.terms.stock import DoseWaste
from seawall.terms.visits import DayClose, EventRecord

from . import planted
from .acts import Acts, after, at, holding
from .crew import Crew
from .floor import Dose, Floor
from .planted import MISCOUNT, make, plant
from .world import World

_FIRST_REACTION, _SERIOUS_REACTION = 4, 20  # days after the opening on which one reaction at least is planted


def reactions_reported(world: World, floor: Floor) -> None:
    """Some react: most in the half hour or that evening, as a report by the site's doctor; of the bad lot far more."""
    number = (floor.day - world.opens).days
    given = pl.DataFrame(
        {"person": [d.person for d in floor.given], "n": range(len(floor.given)), "lot": [d.lot for d in floor.given]},
        schema={"person": pl.Int64, "n": pl.Int64, "lot": pl.String},
    )
    fate = Fate(world.seed, floor.day.toordinal(), 7)
    least = 1 if number in (_FIRST_REACTION, _SERIOUS_REACTION) else 0
    bad = pl.col("lot") == (planted.bad_lot(world, floor.day) or "")
    often = replace(world.behaviour, event=BAD_LOT_RATE)
    seen = pl.concat(
        [
            reactions(given.filter(~bad), world.behaviour, world.tables, fate, least),
            reactions(given.filter(bad), often, world.tables, fate),
        ]
    )
    items = []
    for place, row in enumerate(seen.iter_rows(named=True)):
        grave = number == _SERIOUS_REACTION and place == 0
        dose: Dose = floor.given[row["n"]]
        onset = after(dose.at, min(row["onset_minutes"], 300))
        items.append(
            EventRecord(
                act=floor.acts("event", dose.person),
                occurred_at=after(onset, 5),
                person_id=dose.person,
                site_id=dose.site,
                visit=dose.visit,
                kind="ANAPHYLACTIC_SHOCK" if grave else row["kind"],
                onset_at=onset,
                serious=row["serious"] or grave,
                reporter_post_id=floor.crew.post(dose.site, "OBSERVER"),
            )
        )
    safety.event_record(holding("OBSERVER"), items)


def waste(world: World, crew: Crew, day: date) -> None:
    """The rest of opened packs is lost at closing; so are packs past their date, once a week."""
    acts, moment = Acts(world.seed, day), at(day, 18, 45)
    items = [
        DoseWaste(
            act=acts("waste", p.code), occurred_at=moment, place_id=p.place_id, code=p.code, doses=p.doses_left,
            reason="OPEN_VIAL",
        )
        for p in supply.opened(sorted(crew.units))
    ]  # fmt: skip
    supply_services.dose_waste(holding("COLD_CHAIN_MANAGER"), items)


def close_sites(world: World, crew: Crew, open_sites: Sequence[int], day: date) -> None:
    """Every open site counts by hand and closes; one miscounts once, is told, and counts again."""
    acts, moment = Acts(world.seed, day), at(day, 19)
    counted: dict[int, dict[str, int]] = {site: {} for site in open_sites}
    for row in supply.stock(sorted(open_sites)):
        if row.state in (StockState.ON_HAND, StockState.QUARANTINED):
            counted[row.place_id][row.lot] = counted[row.place_id].get(row.lot, 0) + row.doses
    wrong = crew.ids.get(planted.incident(world, day, MISCOUNT) or "", 0)
    if counted.get(wrong):
        lot = max(counted[wrong], key=lambda name: (counted[wrong][name], name))
        act = acts("miscount", wrong)
        plant([make(act, day, MISCOUNT, site_id=wrong, lot=lot)])
        short = {**counted[wrong], lot: counted[wrong][lot] - 2}
        item = DayClose(act=act, occurred_at=moment, site_id=wrong, day=day, counted_doses=short)
        planted.answered(clinic.day_close(holding("SITE_MANAGER"), [item]))
    items = [
        DayClose(act=acts("close", site), occurred_at=after(moment, 10), site_id=site, day=day, counted_doses=lots)
        for site, lots in counted.items()
    ]
    clinic.day_close(holding("SITE_MANAGER"), items)


def evening(world: World, day: date) -> None:
    """The city closes, looks, plans again and orders."""
    platform.clock_set(at(day, world.scenario.campaign.cut_off))
    command.evening_run(holding("COMMAND_OFFICE"), world.code, day)


def missed(world: World, crew: Crew, day: date) -> None:
    """Who did not come is marked."""
    acts, moment = Acts(world.seed, day), at(day, 18, 40)
    items = [
        SiteDay(act=acts("missed", site), occurred_at=moment, site_id=site, day=day) for site in sorted(crew.units)
    ]
    booking.appointments_miss(holding("SITE_MANAGER"), items)
