"""Gathers from every room what a plan starts from, as frames keyed by planning unit; only this room may."""

from datetime import date, timedelta
from typing import Any

import polars as pl

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow
from seawall.people import selectors as people
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.sites import selectors as sites
from seawall.supply import selectors as supply
from seawall.terms.codes import LotState, StockState

CITY = "CITY"
GIVEN = {
    "unit": pl.String,
    "group": pl.String,
    "product": pl.String,
    "dose_rank": pl.Int64,
    "day": pl.Date,
    "doses": pl.Int64,
}
STOCK = {
    "place": pl.String,
    "product": pl.String,
    "lot": pl.String,
    "expires": pl.Date,
    "doses": pl.Int64,
    "doses_per_pack": pl.Int64,
}


def plan_inputs(campaign: CampaignRow, as_of: date) -> dict[str, pl.DataFrame]:
    """given, eligible, stock and ways after the closing of `as_of`; what the campaign's folder says stands for the rest."""
    found = {
        "given": given(campaign.code, as_of),
        "eligible": eligible(campaign.code, as_of),
        "stock": stock(campaign, as_of),
    }
    through = ways(campaign, as_of)
    return found | ({"ways": through} if through.height else {})


def ways(campaign: CampaignRow, as_of: date) -> pl.DataFrame:
    """[unit, lead_days]: units whose stores are further than the campaign's own days on the way."""
    levels, codes = reference.levels(as_of), {u.unit_id: u.code for u in reference.units(as_of)}
    usual = campaigns.scenario_of(campaign.code).settings.lead_days
    days = [(codes[unit], levels.days(store)) for unit, store in sorted(levels.of_unit.items()) if unit in codes]
    rows = [row for row in days if row[1] > usual]
    return pl.DataFrame(rows, schema={"unit": pl.String, "lead_days": pl.Int64}, orient="row")


def given(campaign: str, as_of: date) -> pl.DataFrame:
    """[unit, group, product, dose_rank, day, doses]: doses that count in a series, by civil day."""
    rows = [row for row in reports.given_cells(campaign, as_of) if row[3] > 0 and row[1]]
    return pl.DataFrame(rows, schema=GIVEN, orient="row")


def eligible(campaign: str, as_of: date) -> pl.DataFrame:
    """[unit, group, eligible]: people of age and without contraindication."""
    rows = [
        (unit, group, stands["eligible"])
        for (unit, group), stands in reports.standing_by_group(campaign, as_of).items()
        if group
    ]
    return pl.DataFrame(rows, schema={"unit": pl.String, "group": pl.String, "eligible": pl.Int64}, orient="row")


def unit_of_place(on: date) -> dict[int, str]:
    """Planning unit of each site and of the store that supplies the unit's sites; a store above them is CITY."""
    codes = {u.unit_id: u.code for u in reference.units(on)}
    unit_of_leaf, levels = reference.leaf_units(on), reference.levels(on)
    theirs = {store: codes[unit] for unit, store in levels.of_unit.items() if unit in codes}
    found = {}
    for place in reference.places():
        if place.leaf_id and place.leaf_id in unit_of_leaf and place.kind == "site":
            found[place.place_id] = codes[unit_of_leaf[place.leaf_id]]
        elif place.kind == "store":
            below = (theirs[step] for step in levels.way(place.place_id) if step in theirs)
            found[place.place_id] = next(below, CITY)
    return found


def stock(campaign: CampaignRow, as_of: date) -> pl.DataFrame:
    """[place, product, lot, expires, doses, doses_per_pack]: a campaign's usable doses on hand or on their way, by unit or CITY."""
    unit_of = unit_of_place(as_of)
    open_places = {s.site_id for s in sites.sites(as_of + timedelta(days=1))} | set(reference.levels(as_of).stores)
    sizes = {lot.lot: lot.doses_per_pack for lot in supply.lots()}
    usable, own = {StockState.ON_HAND, StockState.IN_TRANSIT}, people.products_of(campaign.programme)
    sums: dict[tuple[Any, ...], int] = {}
    for row in supply.stock():
        place = unit_of.get(row.place_id)
        if not place or row.product not in own or row.state not in usable or row.lot_state != LotState.RELEASED:
            continue
        if row.place_id not in open_places:
            continue
        key = (place, row.product, row.lot, row.expires)
        sums[key] = sums.get(key, 0) + row.doses
    return pl.DataFrame([(*key, doses, sizes[key[2]]) for key, doses in sums.items()], schema=STOCK, orient="row")


def bookings(campaign: str, as_of: date) -> pl.DataFrame:
    """[day, dose_rank, count]: appointments made for the days after a closing."""
    rows = reports.booked_counts(campaign, as_of + timedelta(days=1), as_of + timedelta(days=30))
    return pl.DataFrame(rows, schema={"day": pl.Date, "dose_rank": pl.Int64, "count": pl.Int64}, orient="row")
