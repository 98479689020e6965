"""A city's folder loaded over a city at work: what people, stock and plans hold of it is gathered here, and kept."""

from pathlib import Path

from django.db import transaction

from seawall.campaigns import selectors as campaigns
from seawall.campaigns import services as campaign_services
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.platform import selectors as platform
from seawall.reference import selectors as reference
from seawall.reference import services as reference_services
from seawall.reference.selectors import City
from seawall.reference.services import CityUse
from seawall.supply import selectors as supply
from seawall.terms.codes import PlaceKind


def city_load(named: Path | str) -> City:
    """Load or renew a city with its campaigns, all or nothing. Raises Mistakes with everything that is wrong or would hurt."""
    scale = platform.nature().scale or 1.0
    with transaction.atomic():
        city = reference_services.city_load(named, _used())
        for folder in reference.campaign_folders(reference.city_folder(named)):
            campaign_services.campaign_load(folder, scale=scale)
    return city


def _used() -> CityUse:
    today = clock.today()
    places = reference.places([PlaceKind.SITE, PlaceKind.STORE])
    return CityUse(
        leaf_ids=people.leaves_lived_in() | {place.leaf_id for place in places if place.leaf_id},
        unit_ids=campaigns.units_planned(today),
        products=supply.products_known(),
        document_kinds=people.document_kinds_held(),
        running=campaigns.any_open(today),
    )
