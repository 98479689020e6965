"""What keeps the vaccine cold: a refrigerator at every place, read twice a day; the city store's also has a logger."""

from datetime import date, datetime, timedelta

from seawall.engines.rehearsal.behaviour import dice
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.supply import selectors as supply
from seawall.supply import services as supply_services
from seawall.terms.actor import ZH, Actor
from seawall.terms.codes import PlaceKind
from seawall.terms.cold import (
    ColdReading,
    DeviceKind,
    DeviceRegister,
    ExcursionDecide,
    ExcursionDecision,
    Measured,
    ReadingsTake,
    TemperatureClass,
)

from .acts import Acts, at, holding
from .crew import Crew
from .morning import store_id
from .world import STORE, World

REFRIGERATOR, OFFICER, KEEPER = "R1", "CDC_COLD_CHAIN", "COLD_CHAIN_MANAGER"
LITRES = {PlaceKind.STORE: 40_000.0, PlaceKind.SITE: 400.0}
LOGGED_EVERY = 10  # minutes
WARM_DAY, WARM, AGAIN = 3, 10.6, 5.2  # days after the opening; degrees at half past four, and an hour later
MORNING, AFTERNOON = (8, 30), (16, 30)
DAWN, NOISE = (7, 50), {"logger": 13, "night": 12}  # when the logger sends its night; stream of its dice


def devices_register(world: World, crew: Crew, day: date) -> None:
    """One refrigerator for each store and site of the rehearsed city."""
    acts, store = Acts(world.seed, day), store_id()
    ours = [p for p in reference.places(list(LITRES)) if p.kind == PlaceKind.STORE or p.place_id in crew.units]
    items = [
        DeviceRegister(
            act=acts("device", place.code),
            occurred_at=at(day, 6),
            place_id=place.place_id,
            device=REFRIGERATOR,
            kind=DeviceKind.REFRIGERATOR,
            temperature=TemperatureClass.COOL,
            litres=LITRES[place.kind],
            every_minutes=LOGGED_EVERY if place.place_id == store else 0,
            calibrated_on=day - timedelta(days=30),
            calibration_due=day + timedelta(days=335),
        )
        for place in ours
    ]
    supply_services.device_register(holding(OFFICER), items)


def read(world: World, crew: Crew, day: date) -> None:
    """The two readings of the day at every place; once, at one site, a door stood open in the afternoon."""
    places = [place for place, device in supply.devices_in_use() if device == REFRIGERATOR]
    ours = sorted(p for p in places if p in crew.units or p not in crew.ids.values())
    acts, rng = Acts(world.seed, day), dice(world.seed, day.toordinal(), 11)
    degrees = (4.0 + 2.0 * rng.random((len(ours), 2))).round(1).tolist()
    warm = warm_site(world, crew, day)
    items = []
    for place, told in zip(ours, degrees, strict=True):
        for n, (hour, minute) in enumerate((MORNING, AFTERNOON)):
            celsius = WARM if n and place == warm else told[n]
            items.append(_reading(acts, day, place, hour, minute, celsius))
        if place == warm:
            items.append(_reading(acts, day, place, AFTERNOON[0] + 1, AFTERNOON[1], AGAIN))
    _logged(world, day, "logger", at(day, 18), at(day, 18) - at(day, *DAWN))
    supply_services.cold_record(holding(KEEPER), items)
    if warm:
        _decide(world, acts, warm, day)


def _reading(acts: Acts, day: date, place: int, hour: int, minute: int, celsius: float) -> ColdReading:
    return ColdReading(
        act=acts("reading", place, hour), occurred_at=at(day, hour, minute), place_id=place, device=REFRIGERATOR,
        celsius=celsius,
    )  # fmt: skip


def night_logged(world: World, day: date) -> None:
    """What the logger of the city store measured since the evening before is there when the day begins."""
    _logged(world, day, "night", at(day, *DAWN), at(day, *DAWN) - at(day - timedelta(days=1), 18))


def _logged(world: World, day: date, what: str, last: datetime, since: timedelta) -> None:
    """The readings of the city store's logger for so long, up to a moment."""
    if (store_id(), REFRIGERATOR) not in supply.devices_in_use():
        return
    every = timedelta(minutes=LOGGED_EVERY)
    noise = dice(world.seed, day.toordinal(), NOISE[what]).random(since // every).tolist()
    rows = tuple(
        Measured(place=STORE, device=REFRIGERATOR, at=last - every * n, celsius=round(4 + x, 2))
        for n, x in enumerate(noise)
    )
    item = ReadingsTake(act=Acts(world.seed, day)(what), occurred_at=last, source="logger", readings=rows)
    supply_services.readings_take(holding(OFFICER), [item])


def warm_site(world: World, crew: Crew, day: date) -> int | None:
    """The site whose refrigerator is warm on this day, if any."""
    return min(crew.units, default=None) if (day - world.opens).days == WARM_DAY else None


def _decide(world: World, acts: Acts, place: int, day: date) -> None:
    """The officer for the cold chain looks at the record the same evening, and releases what was held."""
    items = [
        ExcursionDecide(
            act=acts("decide", row.excursion),
            occurred_at=at(day, 18, 25),
            place_id=place,
            excursion=row.excursion,
            decision=ExcursionDecision.RELEASE,
            reason=world.called("DOOR")[0],
        )
        for row in supply.excursions_waiting()
        if row.place_id == place
    ]
    supply_services.excursion_decide(_officer(), items)


def _officer() -> Actor:
    """Whoever holds the post for the city's cold chain; the role itself where nobody does."""
    held = staff.posts(role=OFFICER)
    return (staff.actor_for(held[0].post_id, ZH) if held else None) or holding(OFFICER)
