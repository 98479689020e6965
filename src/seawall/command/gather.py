"""Gathers from every room what a plan starts from, as frames keyed by planning unit; only this room may."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from math import ceil
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
    """[place, product, lot, expires, doses, doses_per_pack]: doses on hand or on their way that a campaign may plan with, by unit or CITY.

    Usable, of its programme's products, and without what the next quotas of other campaigns will give: a dose stands in one plan.
    """
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
    for other in campaigns.running(as_of):
        if other.code != campaign.code:
            _leave_out(sums, sizes, _next_quotas(other, as_of))
    return pl.DataFrame([(*key, n, sizes[key[2]]) for key, n in sums.items() if n], schema=STOCK, orient="row")


def _next_quotas(campaign: CampaignRow, as_of: date) -> Mapping[tuple[str, str], float]:
    """Doses by unit and product of a campaign's published quotas, with wastage, without the last: its own coming supply covers them."""
    scenario = campaigns.scenario_of(campaign.code)
    wastage = dict(scenario.products.select("product", "wastage").iter_rows())
    coming: dict[str, float] = dict(
        scenario.supply.filter(pl.col("date") > as_of).group_by("product").agg(pl.col("doses").sum()).iter_rows()
    )
    quotas = campaigns.quotas_after(campaign.code, as_of).select("unit", "product", "doses")
    found: dict[tuple[str, str], float] = defaultdict(float)
    for unit, product, doses in quotas.reverse().iter_rows():
        needed = doses * (1 + wastage.get(product, 0.0))
        covered = min(needed, coming.get(product, 0.0))
        coming[product] = coming.get(product, 0.0) - covered
        found[unit, product] += needed - covered
    return found


def _leave_out(
    sums: dict[tuple[Any, ...], int], sizes: Mapping[str, int], quotas: Mapping[tuple[str, str], float]
) -> None:
    """Takes whole packs for these quotas out of the unit's doses, then out of the city's, the first to expire first."""
    for (unit, product), needed in quotas.items():
        ours = (key for key in sums if key[1] == product and key[0] in {unit, CITY})
        doses = ceil(needed)
        for key in sorted(ours, key=lambda key: (key[0] == CITY, key[3], key[2])):
            taken = min(sums[key], ceil(doses / sizes[key[2]]) * sizes[key[2]])
            sums[key] -= taken
            doses = max(0, doses - taken)


def bookings(campaign: str, as_of: date) -> pl.DataFrame:
    """[day, dose_rank, count]: appointments made for the days after a closing."""
    rows = reports.booked_counts(campaign, as_of + timedelta(days=1), as_of + timedelta(days=30))
    return pl.DataFrame(rows, schema={"day": pl.Date, "dose_rank": pl.Int64, "count": pl.Int64}, orient="row")
