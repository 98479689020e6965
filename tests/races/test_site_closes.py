"""A site closes while somebody books there: nobody is left with a seat at a door that stays shut."""

from concurrent.futures import ThreadPoolExecutor
from time import sleep
from uuid import uuid4

import pytest
from django.db import connection, transaction

from seawall.booking.models import Appointment
from seawall.platform import relay
from seawall.sites import selectors as sites
from seawall.sites import services as site_services
from seawall.terms.sites import SiteClose
from tests.booking.conftest import DAY

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_booking_under_way_when_its_site_closes_is_withdrawn_with_the_others(desk):
    early, late = desk.persons(2)
    assert desk.book(desk.item(early))[0].done
    close = SiteClose(act=uuid4(), occurred_at=desk.town.now, site_id=desk.site, day=DAY, reason="FLOOD")

    def shut() -> None:
        try:
            assert site_services.site_close(desk.actor, [close])[0].done
            relay.deliver()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            assert desk.book(desk.item(late))[0].done
            closing = other.submit(shut)
            sleep(0.3)
        closing.result()
    assert set(Appointment.objects.values_list("state", flat=True)) == {"cancelled"}
    assert sites.taken(DAY, DAY) == {}
