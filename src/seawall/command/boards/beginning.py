"""The beginning: what has to stand before the first person is vaccinated, and which of it stands already."""

from collections.abc import Mapping

from seawall.campaigns import selectors as campaigns
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.staff import selectors as staff
from seawall.supply import selectors as supply
from seawall.terms.codes import PlaceKind


def stands() -> Mapping[str, bool]:
    """By step of the beginning, whether it was taken at least once."""
    today = clock.today()
    found = sites.sites(today)
    ids = [site.site_id for site in found]
    roles = staff.roles(today)
    return {
        "campaign": bool(campaigns.loaded()),
        "store": bool(reference.places([PlaceKind.STORE])),
        "hospital": bool(reference.facilities()),
        "site": bool(found),
        "staff": any("dose_give" in roles[post.role].grants for post in staff.posts()),
        "session": bool(sites.sessions(today, ids)),
        "team": bool(sites.teams(today)),
        "lot": bool(supply.lots()),
        "people": people.anybody(),
    }
