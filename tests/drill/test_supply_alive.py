"""What a demonstration shows of supply: stores and devices, an excursion decided, a loan, a recall followed to nothing, pictures."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from seawall.drill import planted
from seawall.drill import services as life
from seawall.drill.world import STORE
from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.supply import selectors as supply
from tests.city import LIVED_UNTIL
from tests.walks.pages import Visitor

DAY = LIVED_UNTIL + timedelta(days=1)


@pytest.fixture(scope="module")
def officer(city: str, django_db_blocker) -> Iterator[Visitor]:
    """The cold-chain officer of the city, on the morning after a day on which a lot is recalled and one transport is too warm."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        warm = min(row.to_place_id for row in supply.picks(DAY) if row.to_place_id in _sites())
        happens = {"RECALLED_LOT": "anywhere", "COLD_CHAIN": _sites()[warm]}
        patch.setattr(planted, "incident", lambda _world, day, kind: happens.get(kind) if day == DAY else None)
        patch.setattr("django.conf.settings.SEAWALL_DEMO", True)
        life.live_until(DAY)
        yield Visitor().takes_post("CDC_COLD_CHAIN")


def _sites() -> dict[int, str]:
    return {p.place_id: p.code for p in reference.places() if p.kind == "site"}


def test_every_place_has_its_device_and_the_citys_logger_has_measured_through_the_night(officer: Visitor) -> None:
    officer.go("/console/supply/cold")
    for word in ("No reading", "Silent"):
        assert word not in officer.text, f"{word}: somewhere nobody measured"
    (store,) = (p.place_id for p in reference.places() if p.code == STORE)
    ((latest,),) = sql.fetch("SELECT max(day) FROM supply_readingday WHERE place_id = %s AND NOT by_hand", [store])
    assert latest >= clock.today() - timedelta(days=1)
    officer.go(f"/console/supply/cold/{store}/R1").sees("In range")
    assert supply.refused_readings(LIVED_UNTIL - timedelta(days=60)) == [], "no reading is sent twice"


def test_district_stores_stand_in_their_levels_and_shipments_on_their_line(officer: Visitor) -> None:
    officer.go("/console/supply")
    stores = [p for p in reference.places() if p.kind == "store" and p.code != STORE]
    assert stores and all(p.name_en in officer.text for p in stores[:3])
    assert officer.sent.count('class="picked"') > 5, "picked, as well as left and taken in"
    officer.go(f"/console/supply/receipts?place={stores[0].place_id}").sees("Taken in")


def test_an_excursion_was_decided_by_somebody_with_a_reason(officer: Visitor) -> None:
    ((place, device, reason),) = sql.fetch(
        "SELECT place_id, device, reason FROM supply_excursion WHERE state = 'released' AND kind = 'hot' LIMIT 1"
    )
    officer.go(f"/console/supply/cold/{place}/{device}").sees(reason)


def test_a_loan_was_given_back_on_its_day_and_has_its_slip(officer: Visitor) -> None:
    (loan,) = (o for o in supply.offers([p.place_id for p in reference.places()]) if o.settle_by)
    assert (loan.state, loan.owed) == ("settled", 0)
    officer.go(f"/console/supply/place/{loan.to_place_id}/loans").sees("loan")
    officer.go(f"/console/supply/slip/{loan.offer}").sees("Slip of a loan")


def test_a_recalled_lot_is_followed_to_nothing(officer: Visitor) -> None:
    ((lot,),) = sql.fetch("SELECT lot FROM supply_lot WHERE state = 'recalled'")
    assert supply.lot_places(lot) == []
    officer.go(f"/console/supply/lot/{lot}/recall").sees(lot, "All back", '<dd id="left">0<')


def test_what_was_destroyed_has_its_picture(officer: Visitor) -> None:
    rows = sql.fetch("SELECT place_id, kind FROM supply_removal WHERE photo IS NOT NULL")
    assert "destroyed" in {kind for _, kind in rows}
    officer.go(f"/console/supply/place/{rows[0][0]}/differences").sees("Picture")
    (link, *_more) = re.findall(r'href="(/[^"]*/photo/[^"]+)"', officer.sent)
    answer = officer.client.get(link)
    assert (answer.status_code, answer["Content-Type"], answer.content[:2]) == (200, "image/jpeg", b"\xff\xd8")
