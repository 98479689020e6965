"""A city's folder loaded over a city at work: what people, stock and plans hold of it is gathered here, and kept."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

from django.db import transaction

from seawall.campaigns import selectors as campaigns
from seawall.campaigns import services as campaign_services
from seawall.people import selectors as people
from seawall.platform import access, clock
from seawall.platform import selectors as platform
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.reference import services as reference_services
from seawall.reference.selectors import City
from seawall.reference.services import CityUse
from seawall.sites import selectors as sites
from seawall.staff import selectors as staff
from seawall.supply import selectors as supply
from seawall.terms.actor import Actor
from seawall.terms.codes import Owner, PlaceKind
from seawall.terms.command import CityLoaded

GRANT = "reference_refresh"
HASH_SHOWN = 12
CITY_JUDGES = staff.roles_judge, sites.tables_judge
"""What only their rooms know of a city's tables of roles, teams, readiness and returning seats."""


def city_read(named: Path | str) -> City:
    """A city's folder, checked from its files alone; raises Mistakes with every mistake in it."""
    return reference_services.city_read(named, CITY_JUDGES)


def city_load(actor: Actor, named: Path | str) -> City:
    """Load or renew a city with its campaigns, all or nothing. Raises Mistakes with everything that is wrong or would hurt.

    What it changes is an act of the journal, in the same transaction; a load that changes nothing is none.
    """
    access.require(actor, GRANT)
    scale = platform.nature().scale or 1.0
    with transaction.atomic():
        city_before, campaigns_before, releases_before = _loaded()
        city = reference_services.city_load(named, _used(), judges=CITY_JUDGES)
        for folder in reference.campaign_folders(reference.city_folder(named)):
            campaign_services.campaign_load(folder, scale=scale)
        _, campaigns_after, releases_after = _loaded()
        rows = _city_rows(city_before, city) + _campaign_rows(campaigns_before, campaigns_after)
        releases = dict(releases_after.items() - releases_before.items())
        if rows or releases:
            item = CityLoaded(act=uuid4(), occurred_at=clock.now(), city=city.code, rows=rows, releases=releases)
            city_loaded.one(actor, item)
    return city


@verb(Owner.CITY, zh="载入城市", en="Load the city", grants=(GRANT,), inside=True)
def city_loaded(w: Work, items: list[CityLoaded]) -> Answers:
    """Keep what a load of the city's folder changed; who loaded it, when and from where stand with the act."""
    return {i.act: {"city": i.city, **i.rows, **i.releases} for i in items}


def _loaded() -> tuple[City, dict[str, str], dict[str, str]]:
    """The city, the files of its campaigns, and the release in force of every schedule."""
    releases = reference.releases_in_force(clock.today())
    hashes = {f"programmes/{code}": row.hash[:HASH_SHOWN] for code, row in releases.items()}
    return reference.city(), campaigns.folder_files(), hashes


def _city_rows(before: City, after: City) -> Counter[str]:
    """How many rows differ, by file and the day from which they speak; of a first load by file alone."""
    return Counter(
        f"{change.file} {change.on}" if before and change.on else change.file
        for change in reference_services.city_changes(before, after)
    )


def _campaign_rows(before: Mapping[str, str], after: Mapping[str, str]) -> Counter[str]:
    """How many lines of each file of the campaigns were written, taken away, or said otherwise."""
    found = Counter[str]()
    for name in before.keys() | after.keys():
        was, now = (Counter(files.get(name, "").splitlines()) for files in (before, after))
        if was != now:
            found[f"campaigns/{name}"] = max((was - now).total(), (now - was).total())
    return found


def _used() -> CityUse:
    today = clock.today()
    places = reference.places([PlaceKind.SITE, PlaceKind.STORE])
    return CityUse(
        leaf_ids=people.leaves_lived_in() | {place.leaf_id for place in places if place.leaf_id},
        unit_ids=campaigns.units_planned(today),
        products=supply.products_known(),
        document_kinds=people.document_kinds_held(),
        roles_held=staff.roles_held(today),
        roles_made=staff.roles_made(),
        running=campaigns.any_open(today),
    )
