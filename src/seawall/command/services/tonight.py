"""Tonight's shipments: what the plan in force sends down the levels, in whole packs, to the sites that need it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise, takewhile
from uuid import UUID, uuid5

import polars as pl

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.supply import selectors as supply
from seawall.supply import services as supply_services
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Refused
from seawall.terms.codes import LotState, StockState
from seawall.terms.stock import ShipmentSend, StockRow

from .. import gather, shipping
from ..watch import limits

SPACE = UUID("5b1b0000-0000-4000-8000-000000000000")


@dataclass(frozen=True)
class Night:
    """What tonight's legs start from."""

    campaign: CampaignRow
    day: date
    levels: reference.Levels
    units: Mapping[str, int]  # code of a unit to the store that supplies it
    pack: Mapping[str, int]
    stock: list[StockRow]

    @property
    def tomorrow(self) -> date:
        return self.day + timedelta(days=1)


def shipments_of_the_night(actor: Actor, campaign: CampaignRow, day: date) -> list[Outcome]:
    """Ask every store to send its legs, and send those of the first stores: the others follow once their goods are there.

    A night whose legs were asked for is not planned twice. Raises Refused where no store stands.
    """
    order, tomorrow = f"{_evening(day)}{campaign.code}", day + timedelta(days=1)
    levels = reference.levels(tomorrow)
    asked = [p for p in supply.picks(tomorrow) if p.order == order]
    made: list[Outcome] = []
    if not asked:
        items = _legs(campaign, day, levels, order)
        made = supply_services.picks_make(actor, items)
        asked = [p for p in supply.picks(tomorrow) if p.order == order]
    leaving = [
        ShipmentSend(act=p.pick, occurred_at=campaign.cut_off_at(day), from_place_id=p.from_place_id,
                     to_place_id=p.to_place_id, lot=p.lot, packs=p.packs, expected_on=p.expected_on, order=order)
        for p in asked
        if p.from_place_id in levels.first and not p.sent
    ]  # fmt: skip
    return [*made, *supply_services.shipment_send(actor, leaving)]


def _evening(day: date) -> str:
    """How the orders of an evening's picks begin; the campaign that asked follows."""
    return f"{day:%Y%m%d} "


def _legs(campaign: CampaignRow, day: date, levels: reference.Levels, order: str) -> list[ShipmentSend]:
    """Every hop of tonight's doses, from the first stores and from those below."""
    wanted = _leaving(campaign, day)
    if wanted and not levels.first:
        raise Refused("NO_STORE", doses=sum(row[3] for row in wanted))
    codes = {u.unit_id: u.code for u in reference.units(day)}
    units = {codes[unit]: store for unit, store in levels.of_unit.items() if unit in codes}
    pack = {lot.lot: lot.doses_per_pack for lot in supply.lots()}
    night = Night(campaign, day, levels, units, pack, supply.stock())
    below = _below(night)
    down = _from_first(night, wanted, below)
    legs = [(store, leg, _arrives(night, leg.place_id)) for store, leg in down]
    onward = shipping.onward(_needs(night, below), below, _leavable(night, down), pack)
    legs += [(store, leg, _passed_on(night, leg.place_id)) for store, leg in onward]
    return [
        ShipmentSend(
            act=uuid5(SPACE, f"ship/{campaign.code}/{day}/{store}/{leg.place_id}/{leg.lot}"),
            occurred_at=campaign.cut_off_at(day),
            from_place_id=store,
            to_place_id=leg.place_id,
            lot=leg.lot,
            packs=leg.packs,
            expected_on=expected,
            order=order,
        )
        for store, leg, expected in legs
    ]


def _leaving(campaign: CampaignRow, day: date) -> list[tuple[str, str, str, int]]:
    """unit, product, lot and doses that the plan in force sends tonight."""
    run = campaigns.plan_of(campaign.code, day)
    planned = campaigns.plan_frame(run.run_id, "shipments") if run else None
    if planned is None:
        return []
    leaving = planned.filter((pl.col("date") == day) & (pl.col("from") == gather.CITY))
    return list(leaving.select("to", "product", "lot", "doses").iter_rows())


def _from_first(
    night: Night, wanted: Iterable[tuple[str, str, str, int]], below: shipping.Below
) -> list[tuple[int, shipping.Leg]]:
    """The plan's doses to units: to the unit's store by the stores above it, or straight to sites where a unit has none."""
    rows = list(wanted)
    legs = shipping.split([row for row in rows if row[0] not in night.units], below, night.pack)
    through: Counter[tuple[int, int, str]] = Counter()
    to_stores: Counter[tuple[int, str]] = Counter()
    for unit, _, lot, doses in rows:
        if unit in night.units:
            way = night.levels.way(night.units[unit])
            to_stores[way[1], lot] += doses // night.pack[lot]
            for start, end in pairwise(way[1:]):
                through[start, end, lot] += doses // night.pack[lot]
    legs += [shipping.Leg(store, lot, packs) for (store, lot), packs in sorted(to_stores.items()) if packs]
    firsts = shipping.sources(legs, night.levels.first, _held(night))
    return firsts + [(start, shipping.Leg(end, lot, packs)) for (start, end, lot), packs in sorted(through.items())]


def _below(night: Night) -> shipping.Below:
    """Stations of the sites open tomorrow by unit, doses at each or on their way, and the stores on the way to each."""
    unit_of, stations = gather.unit_of_place(night.day), defaultdict[str, dict[int, int]](dict)
    for site in sites.sites(night.tomorrow):
        if site.site_id in unit_of:
            stations[unit_of[site.site_id]][site.site_id] = max(1, site.stations)
    here: dict[tuple[int, str], int] = defaultdict(int)
    for row in night.stock:
        if row.state in {StockState.ON_HAND, StockState.IN_TRANSIT}:
            here[row.place_id, row.product] += row.doses
    ways = {site: _stores_to(night, unit, site) for unit, some in stations.items() for site in some}
    return shipping.Below(stations, here, ways)


def _stores_to(night: Night, unit: str, site: int) -> tuple[int, ...]:
    """The stores from a unit's own down to the one that supplies a site; none where the site is supplied past them."""
    way = night.levels.way(site)[:-1]
    return way[way.index(night.units[unit]) :] if night.units.get(unit) in way else ()


def _needs(night: Night, below: shipping.Below) -> dict[tuple[str, str], int]:
    """Doses that the sites of units with a store lack for the quotas of the coming days.

    What lies there is first for the campaigns that opened before this one: a dose stands in one plan.
    """
    claimed = Counter[tuple[str, str]]()
    for other in takewhile(lambda row: row.code != night.campaign.code, reversed(campaigns.running(night.day))):
        claimed.update(_asked(night, other))
    found = {}
    for (unit, product), doses in _asked(night, night.campaign).items():
        there = sum(below.here.get((site, product), 0) for site in below.stations.get(unit, ()))
        found[unit, product] = doses - max(0, there - claimed[unit, product])
    return found


def _asked(night: Night, campaign: CampaignRow) -> dict[tuple[str, str], int]:
    """Doses by unit with a store and product for a campaign's quotas of the coming days, wastage on top."""
    until = night.day + timedelta(days=int(limits()["SITE_DAYS"]))
    planned = campaigns.quotas_after(campaign.code, night.day).filter(pl.col("date") <= until)
    wastage = dict(campaigns.scenario_of(campaign.code).products.select("product", "wastage").iter_rows())
    sums = planned.group_by("unit", "product").agg(pl.col("doses").sum()).iter_rows()
    return {
        (unit, product): round(doses * (1 + wastage.get(product, 0.0)))
        for unit, product, doses in sums
        if unit in night.units
    }


def _leavable(night: Night, down: Iterable[tuple[int, shipping.Leg]]) -> dict[tuple[int, str], list[tuple[str, int]]]:
    """Packs by (store, product) that may leave a store below the first tomorrow, with what reaches it by then.

    Those that another campaign has asked for tonight stay for it.
    """
    lots = {lot.lot: lot for lot in supply.lots()}
    packs: Counter[tuple[int, str]] = Counter()
    for row in night.stock:
        if row.state == StockState.ON_HAND:
            packs[row.place_id, row.lot] += row.doses // night.pack[row.lot]
    for coming in supply.shipments_due(night.tomorrow):
        packs[coming.to_place_id, coming.lot] += coming.packs
    for pick in supply.picks(night.tomorrow):
        if pick.order.startswith(_evening(night.day)) and not pick.sent:
            packs[pick.from_place_id, pick.lot] -= pick.packs
    for store, leg in down:
        packs[store, leg.lot] -= leg.packs
        packs[leg.place_id, leg.lot] += leg.packs if _arrives(night, leg.place_id) == night.tomorrow else 0
    found: dict[tuple[int, str], list[tuple[str, int]]] = defaultdict(list)
    for (store, lot), count in sorted(packs.items(), key=lambda row: (lots[row[0][1]].expires, row[0])):
        ours = store in night.levels.stores and store in night.levels.supplier
        if ours and count > 0 and lots[lot].state == LotState.RELEASED and lots[lot].expires > night.day:
            found[store, lots[lot].product].append((lot, count))
    return found


def _arrives(night: Night, place: int) -> date:
    """When what leaves a first store tonight reaches a place: not before the morning."""
    return night.day + timedelta(days=max(1, night.levels.days(place)))


def _passed_on(night: Night, place: int) -> date:
    """When what a unit's store sends tomorrow reaches a place below it."""
    store = next(step for step in night.levels.way(place) if step in night.units.values())
    return night.tomorrow + timedelta(days=night.levels.days(place) - night.levels.days(store))


def _held(night: Night) -> dict[tuple[int, str], int]:
    """Packs of each lot on hand in each first store."""
    return {
        (row.place_id, row.lot): row.doses // night.pack[row.lot]
        for row in night.stock
        if row.place_id in night.levels.first and row.state == StockState.ON_HAND
    }
