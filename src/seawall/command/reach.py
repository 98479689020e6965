"""Whom an actor reaches among those that orders and alerts name."""

from collections.abc import Iterable, Mapping
from datetime import date

from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor, Reach

Target = tuple[int | None, int | None, int | None]
"""A unit, a site, or a post."""


def within(actor: Actor, targets: Iterable[Target]) -> frozenset[Target]:
    """Those of the targets (unit, site, post) that the actor reaches: his own post and those whose area lies in his, his
    sites, units whose leaves are all his."""
    wanted = frozenset(targets)
    if actor.reach.everywhere:
        return wanted
    units = _units_within(actor, clock.today()) if any(unit for unit, _, _ in wanted) else frozenset()
    posts = _posts_within(actor, {post for _, _, post in wanted if post}, clock.today())
    return frozenset(
        (unit, site, post) for unit, site, post in wanted if unit in units or site in actor.reach.sites or post in posts
    )


def _units_within(actor: Actor, on: date) -> frozenset[int]:
    return frozenset(u.unit_id for u in reference.units(on, None) if u.leaves and u.leaves <= actor.reach.leaves)


def _posts_within(actor: Actor, post_ids: set[int], on: date) -> frozenset[int]:
    """The actor's own post, and posts held on the day that cover something and nothing beyond what the actor covers."""
    others = post_ids - {actor.post_id}
    reaches = {post: staff.reach_of(row, on) for post, row in staff.posts_by_id(others, on).items()} if others else {}
    homes = people.household_leaves(home for reach in reaches.values() for home in reach.households)
    return frozenset(post for post, reach in reaches.items() if _inside(reach, actor.reach, homes)) | {actor.post_id}


def _inside(reach: Reach, mine: Reach, homes: Mapping[int, int]) -> bool:
    """Whether an area lies in another; a household lies where its street does."""
    covers = reach.leaves | reach.sites | reach.organisations | reach.households or reach.sectors
    if reach.everywhere or not covers:
        return False
    at_home = all(home in mine.households or homes.get(home) in mine.leaves for home in reach.households)
    rest = ((reach.leaves, mine.leaves), (reach.sites, mine.sites), (reach.organisations, mine.organisations))
    return at_home and all(part <= whole for part, whole in rest) and reach.sectors <= mine.sectors
