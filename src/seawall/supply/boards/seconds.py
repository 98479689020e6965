"""Who may stand by as the second person at a place."""

from seawall.platform import clock
from seawall.staff import selectors as staff
from seawall.staff.selectors import PostRow
from seawall.terms.actor import Actor


def seconds(actor: Actor, place_id: int) -> tuple[PostRow, ...]:
    """Holders of posts at the place; at a store, to which no post is bound, those of the same role whose area holds it."""
    today = clock.today()
    here = staff.posts(site_id=place_id)
    if not here:
        reach = ((post, staff.reach_of(post, today)) for post in staff.posts(role=actor.role))
        here = [post for post, what in reach if what.everywhere or place_id in what.sites]
    holders = staff.accounts([post.post_id for post in here])
    return tuple(post for post in here if holders.get(post.post_id, actor.account_id) != actor.account_id)
