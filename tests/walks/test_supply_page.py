"""The supply page of a hall: its own figures, what has expired apart from what will, and the worst alarm in its own word."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seawall.command import selectors as command
from seawall.command.boards.supply import SupplyPage
from seawall.interfaces.console import tracks
from seawall.platform import clock, sql
from seawall.sites import selectors as planned_sites
from seawall.supply import services as supply
from seawall.terms.actor import Reach
from seawall.terms.codes import LotState
from seawall.terms.cold import DeviceEmpty
from seawall.terms.stock import (
    DosesReserve,
    DoseUse,
    LoanSettle,
    LotHold,
    OfferAnswer,
    ShipmentAccept,
    ShipmentRefuse,
    ShipmentSend,
    StockAsk,
    StockOffer,
)
from tests.clinic.world import DAY, SIGNED, World, done

from .pressing import unit_of

pytestmark = pytest.mark.django_db


def page(hall: World, *sites: int) -> SupplyPage:
    return command.supply_page(replace(hall.actor, reach=Reach(sites=frozenset(sites or (hall.site,)))), DAY)


def test_a_post_sees_the_books_of_its_own_places(hall):
    hall.packs(5)
    hall.packs(3, site=hall.other)
    for sites, received in (((hall.site,), 5), ((hall.other,), 3), ((hall.site, hall.other), 8)):
        totals = page(hall, *sites).totals
        assert (totals.received, totals.on_hand, totals.difference) == (received, received, 0)


def test_what_has_expired_is_not_called_expiring(hall):
    hall.packs(2, expires=date(2021, 5, 1))
    hall.packs(2, expires=date(2022, 5, 1))
    hall.packs(4)
    sql.execute("UPDATE supply_lot SET expires = %s WHERE lot = 'L0003'", [DAY - timedelta(days=1)])
    shown = page(hall)
    assert [row.lot for row in shown.expired] == ["L0003"]
    assert [row.lot for row in shown.expiring] == ["L0001"]
    assert shown.verdict.code == "STOCK_EXPIRED"
    assert shown.verdict.on == shown.expired[0].expires


def test_the_verdict_has_the_word_and_the_age_of_its_row(hall):
    assert page(hall).verdict.code == "STOCK_BALANCED"
    hall.packs(2)
    stop = LotHold(**hall.base(), lot="L0001", place_id=hall.site, state=LotState.QUARANTINED, authority="TEST")
    done(supply.lot_hold(hall.actor, [stop]))
    shown = page(hall)
    (row,) = shown.cold
    assert (shown.verdict.code, row.state) == ("STOCK_HELD", "quarantined")
    assert shown.verdict.on == row.since is not None


def test_places_cost_no_statement_each(hall):
    counts = []
    for sites in ((hall.site,), (hall.site, hall.other)):
        page(hall, *sites)
        with CaptureQueriesContext(connection) as queries:
            page(hall, *sites)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert clock.today() == DAY


def test_a_shipment_stands_on_the_time_line_by_its_moments(hall):
    hall.packs(4)
    sent = ShipmentSend(
        **hall.base(), from_place_id=hall.site, lot="L0001", to_place_id=hall.other, packs=1, expected_on=DAY
    )
    done(supply.shipment_send(hall.actor, [sent]))
    (row,) = [s for s in page(hall, hall.site, hall.other).shipments if s.shipment == sent.act]
    assert [step for step, _ in row.moments] == ["ordered", "picked", "left"]
    track = tracks.timeline([row], DAY).tracks[0]
    assert track.open_until is not None
    reach = Reach(sites=frozenset((hall.site, hall.other)))
    later = command.supply_page(replace(hall.actor, reach=reach), DAY + timedelta(days=2)).shipments
    late = later[0]
    assert late.late_days == 2
    shown = tracks.timeline([late], DAY + timedelta(days=2)).tracks[0]
    assert (shown.marks[-1].step, shown.open_until) == ("left", shown.ends)


def test_a_unit_narrows_the_cover_to_its_places_and_a_product_to_its_column(hall):
    hall.packs(4)
    everywhere = replace(hall.actor, reach=Reach(everywhere=True))
    whole = command.supply_page(everywhere, DAY)
    unit = next(row for row in whole.units if row.doses)
    narrowed = command.supply_page(everywhere, DAY, unit.code, whole.products[0].code)
    assert narrowed.unit == unit
    assert {p.unit for p in narrowed.places} == {unit.name}
    assert [p.code for p in narrowed.products] == [whole.products[0].code]
    assert command.supply_page(everywhere, DAY, "nowhere", "nothing").places == whole.places


def test_a_store_says_how_long_the_first_product_lasts_that_it_and_its_places_use_up(hall):
    everywhere = replace(hall.actor, reach=Reach(everywhere=True))
    codes = hall.packs(4)
    hall.packs(9, product="SVAC", site=hall.other)
    before = next(row for row in command.supply_page(everywhere, DAY).levels if row.place_id == hall.store)
    assert (before.least, before.runs_out) == (None, None)
    use = DoseUse(**hall.base(), place_id=hall.site, code=codes[0], product="BIBP")
    done(supply.dose_use(hall.actor, [use]))
    shown = command.supply_page(everywhere, DAY)
    level = next(row for row in shown.levels if row.place_id == hall.store)
    assert (level.least, level.runs_out) == (21.0, next(p.name for p in shown.products if p.code == "BIBP"))
    assert (shown.using, shown.without) == (1, 0)


def test_what_was_asked_for_and_never_sent_counts_as_not_come(hall):
    hall.packs(4)
    day = DAY - timedelta(days=1)
    asked = ShipmentSend(
        **hall.base(), from_place_id=hall.store, to_place_id=hall.site, lot="L0001", packs=4, expected_on=day
    )
    before = page(hall).prompt
    done(supply.picks_make(hall.actor, [asked]))
    after = page(hall).prompt
    assert (before.error, after.error) == (0.0, 0.5)
    assert after.shipments == before.shipments


@pytest.mark.parametrize(("given", "error"), [(0, 1.0), (1, 0.75), (4, 0.0)])
def test_what_a_place_asked_for_is_its_need_whoever_met_it(hall, given, error):
    """Of an own request that nobody met all is missing; met in part, the rest."""
    hall.packs(4, site=hall.other)
    sql.execute("UPDATE supply_shipment SET expected_on = %s", [DAY - timedelta(days=60)])
    ask = StockAsk(**hall.base(-1440), place_id=hall.site, product="BIBP", doses=4, needed_on=DAY - timedelta(days=1))
    done(supply.stock_ask(hall.actor, [ask]))
    if given:
        offer = StockOffer(
            **hall.base(-60),
            from_place_id=hall.other,
            to_place_id=hall.site,
            lot="L0001",
            packs=given,
            ask=str(ask.act),
        )
        answer = OfferAnswer(**hall.base(-30), place_id=hall.site, offer=str(offer.act), accepted=True)
        done([*supply.stock_offer(hall.actor, [offer]), *supply.offer_answer(hall.actor, [answer])])
        paper = {"temperature_record": "T", "min_celsius": 3.0, "max_celsius": 6.0, **SIGNED}
        taken = ShipmentAccept(**hall.base(), shipment=str(answer.act), place_id=hall.site, **paper)
        done(supply.shipment_accept(hall.actor, [taken]))
    found = page(hall).prompt
    assert found.error == error
    assert (found.shipments, found.hours) == ((1, 24.0) if given else (0, None)), "from the request on"


def _sent(hall: World) -> ShipmentSend:
    return ShipmentSend(
        **hall.base(), from_place_id=hall.site, to_place_id=hall.other, lot="L0001", packs=2, expected_on=DAY
    )


def test_every_kind_of_shipment_has_its_order_and_its_picking(hall):
    """Sent by hand, moved, lent, given back, refused, rescued from a warm refrigerator."""
    hall.packs(20)
    done(supply.shipment_send(hall.actor, [_sent(hall)]))
    done(supply.stock_transfer(hall.actor, [_sent(hall)]))
    offer = StockOffer(
        **hall.base(), from_place_id=hall.site, to_place_id=hall.other, lot="L0001", packs=1,
        settle_by=DAY + timedelta(days=3),
    )  # fmt: skip
    answer = OfferAnswer(**hall.base(), place_id=hall.other, offer=str(offer.act), accepted=True)
    done([*supply.stock_offer(hall.actor, [offer]), *supply.offer_answer(hall.actor, [answer])])
    paper = {"temperature_record": "T", "min_celsius": 3.0, "max_celsius": 6.0, **SIGNED}
    lent = ShipmentAccept(**hall.base(), shipment=str(answer.act), place_id=hall.other, **paper)
    done(supply.shipment_accept(hall.actor, [lent]))
    back = LoanSettle(**hall.base(), place_id=hall.other, offer=str(offer.act), lot="L0001", packs=1)
    done(supply.loan_settle(hall.actor, [back]))
    refused = _sent(hall)
    done(supply.shipment_send(hall.actor, [refused]))
    no = ShipmentRefuse(**hall.base(), shipment=str(refused.act), place_id=hall.other, reason="WET")
    done(supply.shipment_refuse(hall.actor, [no]))
    hall.device(), hall.device(hall.other, "F2")
    empty = DeviceEmpty(**hall.base(), place_id=hall.site, device="LOGGER-1", to_place_id=hall.other, to_device="F2")
    done(supply.device_empty(hall.actor, [empty]))
    rows = sql.fetch("SELECT kind, ordered_at, picked_at, sent_at FROM supply_shipment")
    assert {row[0] for row in rows} == {"shipment", "transfer", "lend", "refused", "rescue"}
    assert all(ordered and picked and ordered <= picked <= left for _, ordered, picked, left in rows), rows


def test_stock_that_would_expire_is_used_up_by_sessions_that_the_district_opens_with_one_press(hall, sign_in):
    """Ten doses are kept for later doses; the rest expires unused in ten days, and the site has a session only today."""
    hall.packs(40, expires=DAY + timedelta(days=10))
    kept = DosesReserve(**hall.base(), place_id=hall.site, product="BIBP", doses=10, until=DAY + timedelta(days=10))
    done(supply.doses_reserve(hall.actor, [kept]))
    _unit, code = unit_of(hall)
    officer = sign_in("DISTRICT_OFFICER", ("area", code)).go("/console/supply")
    officer.sees("30 doses are left when it expires in 10 days", "later doses stay covered (10)", "Open this session")
    officer.send("seats_per_slot").sees("Days planned: 1")
    (planned,) = planned_sites.sessions_over(DAY + timedelta(days=1), DAY + timedelta(days=10), [hall.site])
    assert (planned.day, planned.products, planned.stations) == (DAY + timedelta(days=2), ("BIBP",), 4)
    assert planned.capacity >= 30


def test_a_session_planned_meanwhile_stays_as_it_is(hall, sign_in):
    hall.packs(40, expires=DAY + timedelta(days=10))
    officer = sign_in("DISTRICT_OFFICER", ("area", unit_of(hall)[1])).go("/console/supply")
    hall.open_day(hall.site, DAY + timedelta(days=2), seats=3)
    officer.send("seats_per_slot").sees("has a session on")
    (planned,) = planned_sites.sessions(DAY + timedelta(days=2), [hall.site])
    assert planned.capacity == 120 and planned.products == ()


def test_where_every_day_has_a_session_none_is_proposed_and_who_may_not_plan_is_offered_no_press(hall, sign_in):
    hall.packs(40, expires=DAY + timedelta(days=3))
    (row,) = page(hall).clearings
    assert [(s.day, s.doses) for s in row.sessions] == [(DAY + timedelta(days=2), 40)]
    keeper = sign_in("COLD_CHAIN_MANAGER", ("site", hall.site))
    assert "Open this session" not in keeper.go("/console/supply").sees("Will expire unused").text
    assert keeper.client.post("/console/supply/session", {"act": str(uuid4()), "site_id": hall.site}).status_code == 403
    for days in (2, 3):
        hall.open_day(hall.site, DAY + timedelta(days=days))
    assert page(hall).clearings[0].sessions == ()
