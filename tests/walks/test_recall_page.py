"""The recall drill: a lot is stopped, its bookings move, its doses come back to the last one, and it is undone by name."""

from datetime import timedelta

import pytest

from seawall.platform import relay, sql
from seawall.supply import services
from seawall.terms.codes import PlaceKind
from seawall.terms.stock import ShipmentSend, StockReturn
from tests.clinic.world import DAY, World, done

pytestmark = pytest.mark.django_db
PAGE = "/console/supply/lot/L0001"


@pytest.fixture
def director(hall, sign_in):
    return sign_in("CDC_DIRECTOR", ("area", "500000"))


@pytest.fixture
def used(hall: World) -> int:
    """A lot of which one dose is in an arm, one is on its way and four lie at the site; three people are booked."""
    codes = hall.packs(6)
    person = hall.person()
    assert hall.give(hall.ready(person), codes[0]).done
    send = ShipmentSend(
        **hall.base(), from_place_id=hall.site, to_place_id=hall.other, lot="L0001", packs=1, expected_on=DAY
    )
    done(services.shipment_send(hall.actor, [send]))
    hall.packs(2)
    for n, booked in enumerate(hall.persons(3)):
        hall.book(booked, hall.now + timedelta(minutes=60 + 15 * n))
    return person


def test_a_recall_is_followed_to_nothing_and_undone(hall: World, used: int, director, sign_in):
    director.go(PAGE).send("authority", state="recalled", authority="NMPA 7")
    relay.deliver()
    page = director.go(f"{PAGE}/recall").sees(
        "Still out", "NMPA 7", "1 person", "2 kept with other lots", "1 withdrawn", "On the way"
    )
    assert '<dd id="left">5<' in page.text
    give_back = StockReturn(
        **hall.base(5), place_id=hall.site, lot="L0001", packs=4, to=PlaceKind.MAKER, reason="RECALL"
    )
    done(services.stock_return(hall.actor, [give_back]))
    assert '<dd id="left">1<' in director.go(f"{PAGE}/recall").text
    director.send("authority", authority="NMPA 8")
    director.go(f"{PAGE}/recall").sees("not stopped")
    manager = sign_in("SITE_MANAGER", ("site", hall.site))
    assert "recipients.csv" not in manager.go(f"{PAGE}/recall").text
    manager.go(f"{PAGE}/recipients.csv", status=403)


def test_the_list_for_follow_up_names_everybody_and_leaves_a_look(hall: World, used: int, director):
    answer = director.client.get(f"{PAGE}/recipients.csv").getvalue().decode()
    assert "张三丰" in answer and str(used) in answer
    assert sql.fetch("SELECT person_id, page, revealed FROM platform_look WHERE page = 'recall'") == [
        (used, "recall", ["name", "phone"])
    ]


def test_an_officer_moves_bookings_of_a_held_lot_by_hand_and_stops_a_product(hall: World, used: int, director):
    director.go(PAGE).send("authority", state="quarantined", authority="CDC 1")
    director.go(f"{PAGE}/recall").send("site", site=[str(hall.site)]).sees("1 withdrawn")
    director.go(PAGE).send("product", state="recalled", authority="CDC 2").sees("BIBP is set", "2 doses changed")
