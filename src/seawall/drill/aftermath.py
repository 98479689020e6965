"""What keepers of stock settle in the evening: a recalled lot goes back, one difference is explained, one warm pack is destroyed."""

import io
from dataclasses import replace
from datetime import date
from functools import cache

from PIL import Image, ImageDraw

from seawall.supply import selectors as supply
from seawall.supply import services as supply_services
from seawall.terms.actor import Actor
from seawall.terms.codes import LotState, PlaceKind, StockState
from seawall.terms.rosters import Picture
from seawall.terms.stock import DifferenceExplain, DifferenceSign, DoseWaste, StockCount, StockReturn

from .acts import Acts, after, at, holding
from .crew import Crew
from .morning import stale_site
from .world import World

MISSING_DAY, BURNT_DAY = 5, 6  # days after the opening
SECOND = ("SITE_LEADER", "COLD_CHAIN_MANAGER")


def settle(world: World, crew: Crew, day: date) -> None:
    """Before the sites close."""
    recalled_returned(world, day)
    number = (day - world.opens).days
    if number == MISSING_DAY:
        pack_missing(world, crew, day)
    if number >= BURNT_DAY:
        pack_destroyed(world, crew, day)


def recalled_returned(world: World, day: date) -> None:
    """Whole packs of recalled lots go back to their makers, what was begun is destroyed on the spot: every place, every evening."""
    acts, moment = Acts(world.seed, day), at(day, 18, 50)
    rows = [r for r in supply.stock() if r.lot_state == LotState.RECALLED and r.state == StockState.QUARANTINED]
    lots = {row.lot: row.doses_per_pack for row in supply.lots({r.lot for r in rows})}
    begun = [p for lot in sorted(lots) for p in supply.lot_opened(lot)]
    wasted = [
        DoseWaste(
            act=acts("recalled waste", p.code), occurred_at=moment, place_id=p.place_id, code=p.code, doses=p.doses_left,
            reason="RECALLED", witness="SYN-WITNESS", photo=picture(),
        )
        for p in begun
    ]  # fmt: skip
    supply_services.dose_waste(holding("CDC_COLD_CHAIN"), wasted)
    opened: dict[tuple[int, str], int] = {}
    for p in begun:
        opened[p.place_id, p.lot] = opened.get((p.place_id, p.lot), 0) + p.doses_left
    items = [
        StockReturn(
            act=acts("recalled back", r.place_id, r.lot), occurred_at=moment, place_id=r.place_id, lot=r.lot, packs=packs,
            to=PlaceKind.MAKER, reason="RECALLED",
        )
        for r in rows
        if (packs := (r.doses - opened.get((r.place_id, r.lot), 0)) // lots[r.lot])
    ]  # fmt: skip
    supply_services.stock_return(holding("CDC_COLD_CHAIN"), items)


def pack_missing(world: World, crew: Crew, day: date) -> None:
    """One site counts a dose short, its manager says that a pack broke unseen, and another post of the site signs."""
    site, acts, moment = crew.ids[stale_site(world)], Acts(world.seed, day), at(day, 18, 50)
    packs, second = supply.packs([site]), next((r for r in SECOND if (site, r) in crew.posts), None)
    if not packs or second is None:
        return
    pack = max(packs, key=lambda p: (p.expires, p.code))  # not of the lot that is planted to expire here
    booked = sum(r.doses for r in supply.stock([site]) if r.lot == pack.lot and r.state != StockState.IN_TRANSIT)
    count = StockCount(act=acts("short"), occurred_at=moment, place_id=site, lot=pack.lot, counted=booked - 1)
    supply_services.stock_count(_one(crew, site, "SITE_MANAGER"), [count])
    told = DifferenceExplain(
        act=acts("explained"), occurred_at=after(moment, 1), place_id=site, count=count.act, code=pack.code, doses=-1,
        cause="BROKEN_UNSEEN",
    )  # fmt: skip
    supply_services.difference_explain(_one(crew, site, "SITE_MANAGER"), [told])
    sign = DifferenceSign(act=acts("signed"), occurred_at=after(moment, 2), place_id=site, explanation=told.act)
    supply_services.difference_sign(_one(crew, site, second), [sign])


def pack_destroyed(world: World, crew: Crew, day: date) -> None:
    """One pack that left the cold is destroyed with its certificate, before a witness: once."""
    warm = [
        r
        for r in supply.stock(sorted(crew.units))
        if r.state == StockState.QUARANTINED and r.lot_state == LotState.RELEASED
    ]
    if not warm or any(supply.removed(crew.ids.values())):
        return
    row = min(warm, key=lambda r: (r.place_id, r.lot))
    item = StockReturn(
        act=Acts(world.seed, day)("destroyed", row.place_id), occurred_at=at(day, 18, 52), place_id=row.place_id, lot=row.lot,
        packs=1, to=PlaceKind.DESTROYED, reason="COLD_CHAIN", certificate=f"SYN-D-{day:%m%d}", witness="SYN-WITNESS",
        photo=picture(),
    )  # fmt: skip
    supply_services.stock_return(holding("CDC_COLD_CHAIN"), [item])


@cache
def picture() -> Picture:
    """What a camera would have taken: a card that says what it is."""
    card, file = Image.new("RGB", (640, 400), "#d7dde4"), io.BytesIO()
    ImageDraw.Draw(card).text((150, 170), "SYNTHETIC", fill="#1b2430", font_size=60)
    card.save(file, "PNG")
    return Picture.of(file.getvalue())


def _one(crew: Crew, site: int, role: str) -> Actor:
    """The one who holds a role at a site."""
    return replace(holding(role), post_id=crew.post(site, role))
