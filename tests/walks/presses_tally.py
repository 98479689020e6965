"""A campaign that counts without names: its folder, and the presses of a team."""

import shutil
from pathlib import Path
from tempfile import mkdtemp
from uuid import UUID

from seawall.campaigns.services import campaign_load
from seawall.clinic import services
from seawall.terms.tally import TallyRecord
from tests.clinic.conftest import CITY
from tests.clinic.world import CAMPAIGN, World, done

from .pressing import Enter, Press, from_page


def counting(hall: World) -> None:
    """The campaign of the hall says from now on that it counts without names."""
    folder = Path(mkdtemp()) / "campaign"
    shutil.copytree(CITY, folder)
    head = folder / "campaign.toml"
    head.write_text(head.read_text().replace("\n[plan]", 'counting = "tally"\n\n[plan]', 1))
    campaign_load(folder)


def tally(hall: World, code: str, **more: object) -> TallyRecord:
    told = {"given": {"M12_59": 2}, "houses_visited": 5, "leaf_id": hall.leaf, "team": 1, "code": code}
    return TallyRecord(**hall.base(), site_id=hall.site, campaign=CAMPAIGN, **(told | more))


def counted(hall: World) -> UUID:
    counting(hall)
    item = tally(hall, hall.packs(1, doses=2)[0])
    done(services.tally_record(hall.actor, [item]))
    return item.act


def record(hall: World, enter: Enter) -> Press:
    counting(hall)
    (code,) = hall.packs(1, doses=2)
    team = enter("STATION_NURSE", ("site", hall.site))
    return from_page(team, f"/console/site/{hall.site}/tally", "team", code=code, band_M12_59="2", zero_dose="1")


def withdraw(hall: World, enter: Enter) -> Press:
    counted(hall)
    return from_page(enter("STATION_NURSE", ("site", hall.site)), f"/console/site/{hall.site}/tally", "tally")


PRESSES = {
    ("console/site/<int:site_id>/tally/record", "tally_record"): record,
    ("console/site/<int:site_id>/tally/withdraw", "tally_withdraw"): withdraw,
}
