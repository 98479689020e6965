"""Why a unit is behind its plan: the narrowest of vaccine, seats, bookings and people who came, over the last seven days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow
from seawall.reports import selectors as reports
from seawall.terms.acts import Refusal

WEEK = 7
SHORT_COVER = 1.0  # days of vaccine below which nothing else matters


@dataclass(frozen=True, slots=True)
class Week:
    """What was asked of a unit in seven days, and how far each step towards it went."""

    asked: int
    seats: int
    booked: int
    missed: int
    given: int
    cover: float | None

    @property
    def lost(self) -> dict[str, int]:
        """Doses lost at each step; the steps follow each other, so that no dose is lost twice."""
        at_seats = max(0, self.asked - self.seats)
        at_booking = max(0, min(self.asked, self.seats) - self.booked)
        at_door = max(0, self.asked - at_seats - at_booking - self.given)
        return {"SEATS": at_seats, "BOOKINGS": at_booking, "MISSED": min(at_door, self.missed)}


def weeks(campaign: CampaignRow, day: date) -> dict[int, Week]:
    """A campaign's week up to a closing, by unit; a constant number of statements."""
    code, start = campaign.code, day - timedelta(days=WEEK - 1)
    asked, given = campaigns.unit_quotas_between(code, start, day), reports.unit_doses(code, start, day)
    cover = reports.cover_by_unit(campaign, day)
    return {
        unit: Week(asked.get(unit, 0), seats, booked, missed, given.get(unit, 0), cover.get(unit))
        for unit, (seats, booked, missed) in reports.seats_and_bookings(code, start, day).items()
    }


def cause_of(unit_id: int | None, found: Mapping[int, Week], behind: int) -> tuple[Refusal, Refusal]:
    """Why this unit is `behind` doses, and the cheapest thing that would cure it."""
    week = found.get(unit_id or 0)
    if week is None or not week.asked:
        return Refusal("BEHIND_UNASKED", {"behind": behind}), Refusal("CURE_ASK", {"doses": behind})
    facts = {"behind": behind, "asked": week.asked, "given": week.given}
    if week.given < week.asked and week.cover is not None and week.cover < SHORT_COVER:
        days = round(week.cover, 1)
        return Refusal("BEHIND_VACCINE", facts | {"days": days}), Refusal("CURE_MOVE_VACCINE", {"doses": behind})
    step, lost = max(week.lost.items(), key=lambda item: item[1])
    if not lost:
        return Refusal("BEHIND_EARLIER", facts), Refusal("CURE_CARRIED", {"doses": behind})
    facts |= {"seats": week.seats, "booked": week.booked, "missed": week.missed}
    a_day = -(-lost // WEEK)
    return Refusal(f"BEHIND_{step}", facts), Refusal(f"CURE_{step}", {"lost": lost, "a_day": a_day})
