"""What stands ready at a site for a severe reaction."""

from dataclasses import dataclass
from datetime import date

from seawall.reference import selectors as reference
from seawall.terms.names import Name
from seawall.terms.sites import SiteRow

from .. import selectors

GREEN_CHANNEL = "green_channel"
RESCUE = {
    "EMERGENCY_CLINICIAN": "clinician",
    "EMERGENCY_KIT": "kit",
    "AMBULANCE": "ambulance",
    "GREEN_CHANNEL": GREEN_CHANNEL,
}


@dataclass(frozen=True, slots=True)
class Rescue:
    """One part of the rescue, whether it is ready, and at the green channel its hospital."""

    code: str
    ok: bool | None
    hospital: Name | None


def rescue(site: SiteRow, day: date) -> tuple[Rescue, ...]:
    found = {row.code: row.ready for row in selectors.readiness(site.site_id, day)}
    hospital = next((Name.of(f) for f in reference.facilities(2) if f.facility_id == site.parent_facility_id), None)
    return tuple(
        Rescue(part, found[code], hospital if part == GREEN_CHANNEL else None)
        for code, part in RESCUE.items()
        if code in found
    )
