"""Who answers for a case: whoever reported it; of what the public reported, the officer who follows reactions up."""

from seawall.platform import clock
from seawall.staff import selectors as staff

from ..rows import EventRow

OFFICER = "AEFI_OFFICER"


def holder(event: EventRow) -> staff.Owner | None:
    """The post that is asked about the case."""
    if event.reporter_post_id:
        return staff.owner(event.reporter_post_id)
    return next((post.owner for post in staff.posts(role=OFFICER, on=clock.today())), None)
