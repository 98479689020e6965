"""The top bar of every page: campaign, clock, day, whether people are synthetic."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Self

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow
from seawall.platform import clock
from seawall.platform import selectors as platform
from seawall.reference import selectors as reference
from seawall.terms.names import Name

from ..selectors.series import last_closing

Phase = Literal["before", "open", "closing", "after"]


@dataclass(frozen=True, slots=True)
class FrameCampaign:
    """A campaign, and until when it runs."""

    code: str
    name: Name
    deadline: date

    @classmethod
    def of(cls, row: CampaignRow) -> Self:
        return cls(row.code, Name.of(row), row.deadline)


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page says about where and when it is; `running` are the campaigns to choose among, where there are several.

    `city` is None while none is loaded, `outlined` whether it has a map; `day` is that of the last closing, `scale` of a rehearsed city.
    """

    city: Name | None
    outlined: bool
    campaign: FrameCampaign | None
    running: tuple[FrameCampaign, ...]
    now: datetime
    day: date
    phase: Phase
    simulated: bool
    synthetic: bool
    scale: float | None

    @property
    def ended(self) -> bool:
        """Whether there is no day left to live."""
        return self.campaign is None or self.day >= self.campaign.deadline


def frame(campaign: CampaignRow | None) -> Frame:
    """Of this moment and the campaign that a door chose; cheap."""
    now, nature = clock.now(), platform.nature()
    city = reference.city()
    last, today = last_closing(campaign.code) if campaign else None, clock.civil_day(now)
    return Frame(
        city=city.name if city else None,
        outlined=bool(city.outlines),
        campaign=FrameCampaign.of(campaign) if campaign else None,
        running=_choice(campaign, today),
        now=now,
        day=last or today,
        phase="after" if last == today else _phase(campaign, now, today),
        simulated=clock.simulated(),
        synthetic=nature.synthetic,
        scale=nature.scale,
    )


def _choice(campaign: CampaignRow | None, today: date) -> tuple[FrameCampaign, ...]:
    """The campaigns that run, with the one chosen where it does not; none where there is no choice."""
    found = campaigns.running(today) if campaign else []
    if campaign and campaign.code not in {row.code for row in found}:
        found = [campaign, *found]
    return tuple(map(FrameCampaign.of, found)) if len(found) > 1 else ()


def _phase(campaign: CampaignRow | None, now: datetime, today: date) -> Phase:
    """By the campaign's hours."""
    if campaign is None:
        return "open"
    closing = now >= campaign.closing_at(today)
    return "closing" if closing else "before" if now < campaign.opening_at(today) else "open"
