"""The top bar of every page: campaign, clock, day, whether people are synthetic."""

from typing import Any

from seawall.campaigns import selectors as campaigns
from seawall.platform import clock
from seawall.platform import selectors as platform

from .series import last_closing


def frame() -> dict[str, Any]:
    """What every page says about where and when it is; cheap."""
    now, nature = clock.now(), platform.nature()
    campaign = campaigns.current_or_none()
    last = last_closing()
    today = clock.civil_day(now)
    hour = now.astimezone(clock.zone()).hour
    return {
        "campaign": {
            "code": campaign.code,
            "name": {"zh": campaign.name_zh, "en": campaign.name_en},
            "programme": campaign.programme,
            "starts": campaign.opens,
            "deadline": campaign.deadline,
        }
        if campaign
        else None,
        "now": now,
        "day": last or today,
        "phase": "after" if last == today else "before" if hour < 8 else "closing" if hour >= 18 else "open",
        "simulated": clock.simulated(),
        "synthetic": nature.synthetic,
        "scale": nature.scale,
    }
