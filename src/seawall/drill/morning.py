"""Before the doors open: lots from their makers, shipments taken in, sessions opened, and what goes wrong with them."""

from datetime import date, timedelta

import polars as pl

from seawall.engines.rehearsal import incidents
from seawall.platform import clock
from seawall.platform import services as platform
from seawall.reference import selectors as reference
from seawall.supply import selectors as supply
from seawall.supply import services as supply_services
from seawall.terms.codes import CodeKind, LotState, PlaceKind, StockState
from seawall.terms.stock import LotHold, LotReceive, ShipmentAccept, ShipmentRow, ShipmentSend

from . import goods, planted
from .acts import Acts, after, at, holding
from .crew import Crew
from .floor import DILUENT, STALE
from .planted import EXPIRED, RECALLED, make, plant
from .world import STORE, World

KEEPER = "DISTRICT_COLD_CHAIN"
GAVE, TOOK = "A", "B"  # names on every hand-over slip of the rehearsal
UNLOADED = 15  # minutes at most between arrival and the check that takes the goods in, above five
COOL = (3.1, 6.4)  # lowest and highest of an ordinary transport
_PREFIX = {"BIBP": "8900001", "WIBP": "8900002", "SVAC": "8900003", "AD5": "8900004", "ZF2001": "8900005"}
_STALE_DAYS, _STALE_PACKS, _STALE_SERIAL = 9, 6, 9_000_000_000


def store_id() -> int:
    """The city store."""
    return next(p.place_id for p in reference.places([PlaceKind.STORE]) if p.code == STORE)


def lots_arrive(world: World, day: date) -> None:
    """What the campaign's table says arrives today (or before the opening) reaches the city store."""
    store = store_id()
    rows = world.scenario.supply.sort("date", "lot").with_row_index("serial")
    due = rows.filter(pl.col("date") == day) if day > world.eve() else rows.filter(pl.col("date") <= day)
    acts, bad = Acts(world.seed, day), incidents.bad_lot(world.scenario.supply, world.opens)
    items = [
        LotReceive(
            act=acts("lot", row["lot"]),
            occurred_at=at(day, 7),
            lot=row["lot"],
            product=row["product"],
            place_id=store,
            expires=row["expires"],
            release_certificate=f"SYN-{row['lot']}",
            temperature_record=f"SYN-T-{row['lot']}",
            min_celsius=COOL[0],
            max_celsius=COOL[1],
            handed_by=GAVE,
            taken_by=TOOK,
            doses_per_pack=row["doses_per_pack"],
            packs=(incidents.bad_lot_doses(row["doses"]) if row["lot"] == bad else row["doses"])
            // row["doses_per_pack"],
            first_code=first_code(row["product"], int(row["serial"]) * 10_000_000),
            diluent=diluent(row["doses_per_pack"]),
        )
        for row in due.iter_rows(named=True)
    ]
    items += goods.with_vaccine(acts, day, items, world.city.sites.height if day <= world.eve() else 0)
    supply_services.lot_receive(holding("CDC_COLD_CHAIN"), items)


def first_code(product: str, serial: int) -> str:
    """Of packs that bear trace codes; others are numbered as they come."""
    bear = any(row.kind == CodeKind.CHINA_20 for row in reference.pack_codes(clock.today()) if row.product == product)
    return trace(product, serial) if bear else ""


def diluent(doses: int) -> str:
    """Vials of several doses come with theirs."""
    return DILUENT if doses > 1 else ""


def trace(product: str, serial: int) -> str:
    """A 20-character trace code: 7 of the product (synthetic 89...), 13 of the pack."""
    return f"{_PREFIX.get(product, '8900009')}{serial:013d}"


def stale_lot(world: World, crew: Crew, day: date) -> None:
    """A few packs at one site run out soon after the opening; nobody takes them away."""
    site = crew.ids[stale_site(world)]
    item = LotReceive(
        act=Acts(world.seed, day)("lot", STALE),
        occurred_at=at(day, 8),
        lot=STALE,
        product=world.stale[0],
        place_id=site,
        expires=day + timedelta(days=_STALE_DAYS),
        release_certificate=f"SYN-{STALE}",
        temperature_record=f"SYN-T-{STALE}",
        min_celsius=COOL[0],
        max_celsius=COOL[1],
        handed_by=GAVE,
        taken_by=TOOK,
        doses_per_pack=world.stale[1],
        packs=_STALE_PACKS,
        first_code=first_code(world.stale[0], _STALE_SERIAL),
        diluent=diluent(world.stale[1]),
    )
    supply_services.lot_receive(holding("CDC_COLD_CHAIN"), [item])


def stale_site(world: World) -> str:
    return str(world.city.sites.filter(pl.col("kind") == "fixed").sort("code")["code"][0])


def stale_codes(world: World) -> list[str]:
    return [trace(world.stale[0], _STALE_SERIAL + n) for n in range(_STALE_PACKS)]


def stores_send(world: World, day: date) -> None:
    """Keepers of district stores take in what came at night and send their picks on before the sites open."""
    below = {p.place_id for p in reference.places([PlaceKind.STORE])} - {store_id()}
    arrived = [row for row in supply.shipments_due(day) if row.to_place_id in below]
    items = [_accepted(world, row, day, 6) for row in arrived]
    supply_services.shipment_accept(holding(KEEPER), items)
    evening = f"{day:%Y%m%d}"  # its picks are there already where a day is lived again that was cut short after them
    leaving = [
        ShipmentSend(
            act=pick.pick,
            occurred_at=at(day, 6, 30),
            picked_at=at(day, 6, 10),
            from_place_id=pick.from_place_id,
            to_place_id=pick.to_place_id,
            lot=pick.lot,
            packs=pick.packs,
            expected_on=pick.expected_on,
            order=pick.order,
        )
        for pick in supply.picks(day)
        if pick.from_place_id in below and not pick.sent and pick.order < evening
    ]
    supply_services.shipment_send(holding(KEEPER), leaving)


def shipments_accept(world: World, crew: Crew, day: date) -> None:
    """Take in what is due; one site's comes late, one site's came too warm."""
    late = {crew.ids.get(s) for s in [planted.incident(world, day, "LATE_SHIPMENT")] if s}
    warm = {crew.ids.get(s) for s in [planted.incident(world, day, "COLD_CHAIN")] if s}
    items = [
        _accepted(world, row, day, 7, 11.4 if row.to_place_id in warm else COOL[1])
        for row in supply.shipments_due(day)
        if row.to_place_id not in late
    ]
    supply_services.shipment_accept(holding("COLD_CHAIN_MANAGER"), items)


def _accepted(world: World, row: ShipmentRow, day: date, hour: int, high: float = COOL[1]) -> ShipmentAccept:
    act = Acts(world.seed, day)("accept", row.shipment)
    return ShipmentAccept(
        act=act,
        occurred_at=at(day, hour),
        arrived_at=after(at(day, hour), -5 - act.int % UNLOADED),
        shipment=str(row.shipment),
        place_id=row.to_place_id,
        temperature_record=f"SYN-T-{day:%m%d}",
        min_celsius=COOL[0],
        max_celsius=high,
        handed_by=GAVE,
        taken_by=TOOK,
    )


def lot_recalled(world: World, crew: Crew, day: date) -> None:
    """The incident of a recalled lot: the smallest lot that several sites hold is recalled everywhere."""
    if planted.incident(world, day, "RECALLED_LOT") is None or planted.kept(day, RECALLED):
        return
    held: dict[str, tuple[int, set[int]]] = {}
    for row in supply.stock(sorted(crew.units)):
        if row.state == StockState.ON_HAND and row.lot != STALE:
            doses, places = held.get(row.lot, (0, set()))
            held[row.lot] = doses + row.doses, places | {row.place_id}
    if not held:
        return
    lot = min(held, key=lambda name: (-(len(held[name][1]) > 1), held[name][0], name))
    codes = list({p.place_id: p for p in supply.packs(sorted(held[lot][1])) if p.lot == lot}.values())[:4]
    acts = Acts(world.seed, day)
    plant([make(acts("recalled", p.code), day, RECALLED, site_id=p.place_id, lot=lot, trace=p.code) for p in codes])
    platform.clock_set(at(day, 7, 30))
    hold = LotHold(act=acts("recall", lot), occurred_at=at(day, 7, 30), lot=lot, place_id=None, state=LotState.RECALLED,
                   authority="SYN-RECALL (rehearsal)")  # fmt: skip
    supply_services.lot_hold(holding("CDC_COLD_CHAIN"), [hold])


def stale_plants(world: World, crew: Crew, day: date) -> None:
    """One pack of the stale lot is scanned on some days after it ran out."""
    number = (day - world.opens).days
    tries = [n for n in range(_STALE_PACKS) if number == _STALE_DAYS + 2 + 3 * n]
    acts, site = Acts(world.seed, day), crew.ids.get(stale_site(world))
    tries = tries if site else []
    plant([make(acts("stale", n), day, EXPIRED, site_id=site, lot=STALE, trace=stale_codes(world)[n]) for n in tries])
