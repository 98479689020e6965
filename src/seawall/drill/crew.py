"""Who stands where: the posts of every site on a day, and the ids of sites by code and unit."""

from dataclasses import dataclass
from datetime import date

from seawall.sites import selectors as sites
from seawall.staff import selectors as staff

from .world import World

ROLES = ("SITE_MANAGER", "SCREENER", "VACCINATOR", "OBSERVER")


@dataclass(frozen=True)
class Crew:
    """Sites by code, the unit of each, and posts by site and role."""

    ids: dict[str, int]
    units: dict[int, str]
    posts: dict[tuple[int, str], list[int]]

    def post(self, site: int, role: str, turn: int = 0) -> int:
        """One of the posts of a role, in turn."""
        those = self.posts[site, role]
        return those[turn % len(those)]


def crew_of(world: World, day: date) -> Crew:
    """Read sites and posts once a day: open sites of the rehearsed city with their posts; a visitor's own are the visitor's."""
    unit_of = dict(world.city.sites.select("code", "unit").iter_rows())
    rows = [s for s in sites.sites(day) if s.code in unit_of]
    posts: dict[tuple[int, str], list[int]] = {}
    for post in staff.posts(on=day):
        if post.site_id is not None and post.account_id is None:  # the posts of the start page stand in no team
            posts.setdefault((post.site_id, post.role), []).append(post.post_id)
    rows = [s for s in rows if all((s.site_id, role) in posts for role in ROLES)]
    return Crew({s.code: s.site_id for s in rows}, {s.site_id: unit_of[s.code] for s in rows}, posts)
