"""What safety asks of earlier rooms."""

from collections.abc import Sequence
from uuid import UUID

from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.terms.visits import EventRecord


def counties(items: Sequence[EventRecord]) -> dict[UUID, str]:
    """Six-digit code of the county where each recipient lives: its CDC takes the case card."""
    homes = people.leaves({i.person_id for i in items})
    codes: dict[UUID, str] = {}
    for day in {clock.civil_day(i.occurred_at) for i in items}:
        districts = {area.area_id: area.code for area in reference.branches(day)}
        above = {area.area_id: districts.get(area.parent_id or 0) for area in reference.leaves(day)}
        for item in items:
            county = above.get(homes.get(item.person_id, 0))
            if county is not None and clock.civil_day(item.occurred_at) == day:
                codes[item.act] = county
    return codes
