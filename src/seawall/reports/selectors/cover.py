"""How many days the stock of a unit lasts."""

from collections import defaultdict
from datetime import date

from seawall.campaigns.selectors import CampaignRow
from seawall.people import selectors as people
from seawall.reference import selectors as reference
from seawall.terms.codes import StockState

from .series import daily_use, stock_by_place


def cover_by_unit(campaign: CampaignRow, day: date) -> dict[int, float | None]:
    """Days of cover: a campaign's vaccines on hand at the unit's places over their mean daily use of seven days."""
    own = people.products_of(campaign.programme)
    unit_of = {p.place_id: p.unit_id for p in reference.places()}
    stock: dict[int, float] = defaultdict(float)
    use: dict[int, float] = defaultdict(float)
    for place, product, _, state, doses in stock_by_place(day):
        if state == StockState.ON_HAND and product in own and unit_of.get(place):
            stock[unit_of[place] or 0] += doses
    for (place, _), mean in daily_use(campaign.code, day).items():
        if unit_of.get(place):
            use[unit_of[place] or 0] += mean
    return {unit: stock[unit] / use[unit] if use.get(unit) else None for unit in {*stock, *use}}
