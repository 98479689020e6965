"""Tonight's shipments: what the plan in force wants to leave the store, in whole packs, to the sites that need it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID, uuid5

import polars as pl

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow
from seawall.people import selectors as people
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.supply import selectors as supply
from seawall.supply import services as supply_services
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Refused
from seawall.terms.codes import PlaceKind, StockState
from seawall.terms.stock import ShipmentSend

from .. import gather, shipping

SPACE = UUID("5b1b0000-0000-4000-8000-000000000000")


def shipments_of_the_night(actor: Actor, campaign: CampaignRow, day: date) -> list[Outcome]:
    """All legs in one act of supply; a night whose legs have gone is not shipped twice. Raises Refused where no store stands."""
    tomorrow, order = day + timedelta(days=1), f"{day:%Y%m%d}"
    wanted = _leaving(campaign, day)
    if not wanted:
        return []
    stores = [p.place_id for p in reference.places([PlaceKind.STORE])]
    if not stores:
        raise Refused("NO_STORE", doses=sum(row[3] for row in wanted))
    own = people.products_of(campaign.programme)
    if any(row.order == order and row.product in own for row in supply.shipments(stores, tomorrow, tomorrow)):
        return []
    pack = {lot.lot: lot.doses_per_pack for lot in supply.lots()}
    legs = shipping.split(wanted, _stations(day), _here(), pack)
    items = [
        ShipmentSend(
            act=uuid5(SPACE, f"ship/{campaign.code}/{day}/{store}/{leg.site_id}/{leg.lot}"),
            occurred_at=campaign.cut_off_at(day),
            from_place_id=store,
            to_place_id=leg.site_id,
            lot=leg.lot,
            packs=leg.packs,
            expected_on=tomorrow,
            order=order,
        )
        for store, leg in shipping.sources(legs, stores, _held(stores, pack))
    ]
    return supply_services.shipment_send(actor, items)


def _leaving(campaign: CampaignRow, day: date) -> list[tuple[str, str, str, int]]:
    """unit, product, lot and doses that the plan in force sends tonight."""
    run = campaigns.plan_of(campaign.code, day)
    planned = campaigns.plan_frame(run.run_id, "shipments") if run else None
    if planned is None:
        return []
    leaving = planned.filter((pl.col("date") == day) & (pl.col("from") == gather.CITY))
    return list(leaving.select("to", "product", "lot", "doses").iter_rows())


def _stations(day: date) -> dict[str, dict[int, int]]:
    """Stations of the sites open tomorrow, by unit."""
    unit_of, stations = gather.unit_of_place(day), defaultdict[str, dict[int, int]](dict)
    for site in sites.sites(day + timedelta(days=1)):
        if site.site_id in unit_of:
            stations[unit_of[site.site_id]][site.site_id] = max(1, site.stations)
    return stations


def _here() -> dict[tuple[int, str], int]:
    """Doses of each product at each place, or on their way to it."""
    here: dict[tuple[int, str], int] = defaultdict(int)
    for row in supply.stock():
        if row.state in {StockState.ON_HAND, StockState.IN_TRANSIT}:
            here[row.place_id, row.product] += row.doses
    return here


def _held(stores: list[int], pack: Mapping[str, int]) -> dict[tuple[int, str], int]:
    """Packs of each lot on hand in each store."""
    rows = [row for row in supply.stock(stores) if row.state == StockState.ON_HAND]
    return {(row.place_id, row.lot): row.doses // pack[row.lot] for row in rows}
