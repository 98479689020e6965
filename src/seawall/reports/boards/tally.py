"""What a campaign counted without names, street by street, as of its last closing."""

from dataclasses import dataclass
from datetime import date

from seawall.campaigns.selectors import CampaignRow
from seawall.clinic import selectors as clinic
from seawall.outreach.boards import reached_leaves
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.names import Name

from ..selectors.series import last_closing
from ..selectors.tally import StreetTally, tallied


@dataclass(frozen=True, slots=True)
class StreetLine:
    """A street with its counts; `given` in the order of the bands."""

    name: Name
    row: StreetTally
    given: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TallyBoard:
    """Counted doses and houses by street; every figure is one of a tally, and no person stands behind it."""

    as_of: date | None
    bands: tuple[Name, ...]
    streets: tuple[StreetLine, ...]

    @property
    def doses(self) -> int:
        return sum(line.row.doses for line in self.streets)

    @property
    def zero_dose(self) -> int:
        return sum(line.row.zero_dose for line in self.streets)


def tally_board(actor: Actor, campaign: CampaignRow) -> TallyBoard:
    if not campaign.tallied:
        raise Refused("TALLY_OF_NAMED_CAMPAIGN", campaign=campaign.code)
    day = clock.today()
    as_of = last_closing(campaign.code)
    bands = clinic.tally_bands(day)
    names = {a.area_id: Name.of(a) for a in reference.leaves(day)}
    rows = tallied(campaign.code, as_of, reached_leaves(actor, day)) if as_of else []
    return TallyBoard(
        as_of=as_of,
        bands=tuple(Name(zh, en) for zh, en in bands.values()),
        streets=tuple(
            StreetLine(
                names.get(row.leaf_id, Name.code(str(row.leaf_id))),
                row,
                tuple(row.given.get(code, 0) for code in bands),
            )
            for row in rows
        ),
    )
