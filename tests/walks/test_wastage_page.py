"""Wastage beside what is expected of the size of pack and session, the need of the coming days, and fees by month."""

from datetime import timedelta

import pytest

from seawall.clinic.boards.site_day import DosesHere
from seawall.reports.boards import wastage_page
from seawall.supply import services
from seawall.supply.selectors import Loss, UsableDoses, wastage
from seawall.terms.names import Name
from seawall.terms.stock import DoseWaste
from tests.clinic.world import DAY, World, done

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("pack", "given", "opened", "least", "over"),
    [(1, 7, 0, 0, False), (2, 7, 1, 1, True), (10, 7, 3, 3, True), (10, 20, 0, 0, False), (2, 19, 1, 1, False)],
)
def test_a_day_leaves_at_least_the_rest_of_its_last_pack(pack, given, opened, least, over):
    found = wastage([Loss(1, "BIBP", pack, DAY, given, opened, 0)])
    assert (found.least, found.over) == (least, over)


def test_the_page_counts_opened_and_closed_packs_apart_and_says_what_is_needed(hall: World, sign_in):
    codes = hall.packs(4, doses=2)
    assert hall.give(hall.ready(hall.person()), codes[0]).done
    losses = [(codes[0], 1, "OPEN_VIAL"), (codes[1], 2, "BROKEN")]
    done(
        services.dose_waste(
            hall.actor,
            [DoseWaste(**hall.base(30), place_id=hall.site, code=c, doses=n, reason=why) for c, n, why in losses],
        )
    )
    hall.open_day(hall.site, DAY + timedelta(days=1))
    for person in hall.persons(3):
        hall.book(person, hall.now + timedelta(days=1))
    page = wastage_page(hall.actor)
    (product,) = page.products
    assert (product.wastage.given, product.wastage.opened, product.wastage.closed) == (1, 1, 2)
    (need,) = page.needs
    assert need.low <= need.expected <= need.high and need.expected >= 3 and need.on_hand == 4
    assert [(fee.doses, fee.yuan) for fee in page.fees] == [(1, 10.0)]
    director = sign_in("CDC_DIRECTOR", ("area", "500000"))
    director.go("/console/supply/wastage").sees("Wastage by size of the session", "health insurance fund", "50")
    manager = sign_in("SITE_MANAGER", ("site", hall.other))
    assert "Fees" not in manager.go("/console/supply/wastage").sees("Nothing was given").text


@pytest.mark.parametrize(
    ("opened", "coming", "inside", "advice"),
    [(1, 0, 1, "enough"), (0, 1, 0, "gather"), (1, 1, 1, "gather"), (1, 4, 2, "open"), (0, 0, 0, "")],
)
def test_another_pack_is_opened_for_as_many_as_fill_half_of_it(opened, coming, inside, advice):
    found = DosesHere("BIBP", Name("", ""), UsableDoses(20, opened, 10), coming, inside)
    assert found.another == advice
