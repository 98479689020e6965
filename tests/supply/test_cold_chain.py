"""The cold chain: devices, readings by hand and by loggers, excursions that hold what stands inside, and what becomes of it."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.reference.reasons import registry
from seawall.supply import degrees, selectors, services
from seawall.supply.models import Device, Excursion, HeldLot, Pack, ReadingDay, RefusedReading
from seawall.terms.cold import (
    ColdReading,
    DeviceCalibrate,
    DeviceChange,
    DeviceEmpty,
    DeviceRetire,
    ExcursionDecide,
    ExcursionDecision,
    LoggerCommit,
    LoggerStage,
    LotShelve,
    Measured,
    ReadingsTake,
    TemperatureClass,
    Unreadable,
)
from seawall.terms.rosters import FileContent

from .test_ledger import HAND, QUARANTINE, TRANSIT, balances, codes, proven

assert proven


@pytest.fixture(autouse=True)
def it_is_evening(chain):
    """The business clock stands some hours after the acts of the chain."""
    clock.set_to(chain.now + timedelta(hours=6))


def act(chain, kind, minutes=0, **told):
    return kind(act=uuid4(), occurred_at=chain.now + timedelta(minutes=minutes), **told)


def one(chain, verb, kind, minutes=0, **told):
    return verb(chain.actor, [act(chain, kind, minutes, **told)])[0]


def send(chain, cells, device="L1", place="T-SITE", unreadable=()):
    """Readings of a logger, each so many minutes after noon."""
    rows = [Measured(place=place, device=device, at=chain.now + timedelta(minutes=m), celsius=c) for m, c in cells]
    item = act(chain, ReadingsTake, source="test", readings=tuple(rows), unreadable=tuple(unreadable))
    outcome = services.readings_take(chain.actor, [item])[0]
    return tuple(outcome.answer[name] for name in ("taken", "doubled", "refused"))


def excursion(kind="hot"):
    return Excursion.objects.get(kind=kind)


def decide(chain, decision, reason="probe at the door, vaccine probe in range", minutes=0):
    row = Excursion.objects.filter(kind__in=("hot", "cold", "cumulative")).earliest("began")
    told = {"place_id": row.place_id, "excursion": row.excursion, "decision": decision, "reason": reason}
    return one(chain, services.excursion_decide, ExcursionDecide, minutes, **told)


def test_a_device_is_registered_changed_calibrated_and_retired(chain):
    chain.device()
    told = {"place_id": chain.site, "device": "F1"}
    outcomes = [
        one(chain, services.device_change, DeviceChange, **told, litres=80.0, every_minutes=10),
        one(chain, services.device_change, DeviceChange, **{**told, "device": "F9"}, litres=80.0),
        one(chain, services.device_change, DeviceChange, **told, litres=0.0),
        one(
            chain, services.device_calibrate, DeviceCalibrate, **told, calibrated_on=date(2021, 4, 1),
            calibration_due=date(2022, 4, 1), certificate="CAL-7",
        ),
        one(
            chain, services.device_calibrate, DeviceCalibrate, **told, calibrated_on=date(2021, 4, 1),
            calibration_due=date(2021, 4, 1), certificate="CAL-8",
        ),
    ]  # fmt: skip
    assert codes(outcomes) == ["done", "DEVICE_UNKNOWN", "DEVICE_UNSOUND", "done", "CALIBRATION_ENDS_BEFORE"]
    row = Device.objects.get()
    assert (row.litres, row.every_minutes, row.certificate) == (80.0, 10, "CAL-7")
    chain.deliver("B1", 2)
    full = one(chain, services.device_retire, DeviceRetire, **told)
    assert (full.refusal.code, full.refusal.params["lots"]) == ("DEVICE_NOT_EMPTY", "B1")
    chain.device("F2")
    assert one(chain, services.lot_shelve, LotShelve, place_id=chain.site, lot="B1", device="F2").done
    assert codes([one(chain, services.device_retire, DeviceRetire, **told) for _ in range(2)]) == [
        "done",
        "DEVICE_UNKNOWN",
    ]
    assert codes([one(chain, services.lot_shelve, LotShelve, place_id=chain.site, lot="B9", device="F2")]) == [
        "LOT_NOT_HERE"
    ]


def test_a_reading_by_hand_outside_the_limits_holds_what_stands_in_the_device(chain):
    chain.deliver("B1", 4)
    chain.device()
    assert chain.read(5.0).answer["within"]
    assert balances(chain.site) == {(chain.site, "B1", HAND): 4}
    assert not chain.read(9.2, 60).answer["within"]
    assert balances(chain.site) == {(chain.site, "B1", QUARANTINE): 4}
    row = excursion()
    assert (row.state, row.worst, row.ended) == ("open", 9.2, None)
    assert HeldLot.objects.get().doses == 4
    assert [at[3] for at in selectors.cold_alarms(chain.now)] == [9.2]
    (waits,) = selectors.excursions_waiting()
    assert (waits.place_id, waits.device, waits.doses) == (chain.site, "F1", 4)
    chain.read(6.0, 180)
    assert (excursion().minutes, excursion().ended) == (120, chain.now + timedelta(minutes=180))
    assert codes([chain.read(5.0, device="F7"), chain.read(200.0)]) == ["DEVICE_UNKNOWN", "READING_IMPOSSIBLE"]


def test_a_decision_needs_its_reason_and_frees_only_what_came_back_into_range(chain):
    chain.deliver("B1", 4)
    chain.device()
    chain.read(9.2)
    early = [decide(chain, ExcursionDecision.RELEASE), decide(chain, ExcursionDecision.WATCH, reason=" ")]
    assert codes(early) == ["EXCURSION_GOES_ON", "DECISION_WITHOUT_REASON"]
    assert decide(chain, ExcursionDecision.WATCH).done
    chain.read(5.0, 20)
    assert balances(chain.site) == {(chain.site, "B1", QUARANTINE): 4}
    assert decide(chain, ExcursionDecision.RELEASE).answer["doses"] == 4
    assert balances(chain.site) == {(chain.site, "B1", HAND): 4}
    assert codes([decide(chain, ExcursionDecision.DESTROY)]) == ["EXCURSION_DECIDED"]
    late = chain.read(11.0, -30)
    assert late.done and excursion().state == "open", "a late reading that makes it longer opens it again"
    assert balances(chain.site) == {(chain.site, "B1", QUARANTINE): 4}


def test_destroyed_doses_leave_the_books_opened_packs_too(chain):
    first, *_ = chain.deliver("B1", 3, 2)
    services.dose_use(chain.actor, [chain.use(first)])
    chain.device()
    chain.read(1.0)
    assert excursion("cold").worst == 1.0
    assert decide(chain, ExcursionDecision.DESTROY).answer["doses"] == 5
    assert balances(chain.site) == {}


def test_two_excursions_hold_a_lot_until_both_are_decided(chain):
    chain.deliver("B1", 4)
    for name in ("F1", "F2"):
        chain.device(name)
        chain.read(9.0, device=name)
        chain.read(5.0, 5, device=name)
    assert Excursion.objects.count() == 2, "nobody said where the lot stands: it may have been in either"
    rows = list(Excursion.objects.all())
    told = [{"place_id": r.place_id, "excursion": r.excursion, "reason": "x"} for r in rows]
    first = one(chain, services.excursion_decide, ExcursionDecide, decision=ExcursionDecision.RELEASE, **told[0])
    assert first.answer["doses"] == 0
    second = one(chain, services.excursion_decide, ExcursionDecide, decision=ExcursionDecision.RELEASE, **told[1])
    assert second.answer["doses"] == 4


def test_a_lot_put_into_another_device_is_not_held(chain):
    chain.deliver("B1", 2)
    for name in ("F1", "F2"):
        chain.device(name)
    assert one(chain, services.lot_shelve, LotShelve, place_id=chain.site, lot="B1", device="F2").done
    chain.read(12.0, device="F1")
    assert balances(chain.site) == {(chain.site, "B1", HAND): 2}
    assert excursion().state == "open"


def test_a_device_is_emptied_into_another_with_room(chain):
    chain.deliver("B1", 40)
    chain.device()
    chain.device("SMALL", litres=0.5)
    chain.device("F3", place=chain.other)
    empty = {"place_id": chain.site, "device": "F1"}
    no = one(chain, services.device_empty, DeviceEmpty, **empty, to_place_id=chain.site, to_device="SMALL")
    assert (no.refusal.code, no.refusal.params["nearest"]) == ("NO_ROOM_THERE", "F3")
    chain.device("F2")
    assert one(chain, services.lot_shelve, LotShelve, place_id=chain.site, lot="B1", device="F1").done
    chain.read(9.5, 1)
    moved = one(chain, services.device_empty, DeviceEmpty, 2, **empty, to_place_id=chain.site, to_device="F2")
    assert moved.answer["doses"] == 40
    again = one(chain, services.device_empty, DeviceEmpty, 3, **empty, to_place_id=chain.site, to_device="F2")
    assert codes([again]) == ["DEVICE_HOLDS_NOTHING"]
    chain.read(10.5, 4)
    assert balances(chain.site) == {(chain.site, "B1", QUARANTINE): 40}


def test_held_packs_go_to_another_place_and_are_freed_there_by_the_same_decision(chain):
    chain.deliver("B1", 6)
    chain.device()
    chain.device("F3", place=chain.other)
    chain.read(9.5)
    told = {"place_id": chain.site, "device": "F1", "to_place_id": chain.other, "to_device": "F3"}
    assert one(chain, services.device_empty, DeviceEmpty, 1, **told).answer["doses"] == 6
    assert balances() == {(chain.other, "B1", TRANSIT): 6}
    chain.read(5.0, 30)
    (shipment,) = {pack.shipment for pack in Pack.objects.all()}
    chain.now += timedelta(minutes=5)
    assert chain.accept(shipment, chain.other).answer["quarantined"] == 6
    assert decide(chain, ExcursionDecision.RELEASE).answer["doses"] == 6
    assert balances() == {(chain.other, "B1", HAND): 6}


def test_loggers_are_judged_by_minutes_and_doors_are_only_noted(chain):
    chain.deliver("B1", 4)
    chain.device("L1", every_minutes=1)
    clock.set_to(chain.now)
    assert send(chain, [(m, 5.0) for m in range(-60, 30)]) == (71, 0, 19)
    assert RefusedReading.objects.get().code == "READING_AHEAD"
    chain.now += timedelta(hours=6)
    clock.set_to(chain.now)
    send(chain, [(m, 9.0 if -100 <= m < -90 else 5.0) for m in range(-300, -80)])
    assert [(e.kind, e.state, e.minutes) for e in Excursion.objects.filter(kind="door")] == [("door", "noted", 10)]
    assert balances(chain.site) == {(chain.site, "B1", HAND): 4}
    send(chain, [(m, 9.0) for m in range(-80, -49)])
    assert (excursion().minutes, excursion().ended) == (30, None)
    assert balances(chain.site) == {(chain.site, "B1", QUARANTINE): 4}
    send(chain, [(-49, 5.0)])
    assert excursion().minutes == 31


def test_what_a_logger_sends_wrong_is_named_and_the_rest_goes_on(chain):
    chain.device("L1", every_minutes=1)
    clock.set_to(chain.now)
    good = [(-3, 5.0), (-2, 5.1), (-1, 5.2)]
    assert send(chain, good) == (3, 0, 0)
    assert send(chain, good) == (0, 3, 0), "a replay changes nothing"
    assert send(chain, [(-5, 5.0), (-2, 300.0), (300, 5.0), (-90 * 24 * 60, 5.0)]) == (1, 0, 3)
    assert send(chain, [(0, 5.0)], device="L9") == (0, 0, 1)
    assert send(chain, [(0, 5.0)], place="NOWHERE") == (0, 0, 1)
    flood = [(0, 5.0 + n / 100) for n in range(50)]
    assert send(chain, flood, unreadable=[Unreadable(name="a/b", code="TOPIC_UNKNOWN")]) == (4, 0, 47)
    counted = {(r.code, r.name): r.count for r in RefusedReading.objects.all()}
    assert counted == {
        ("READING_DOUBLED", "T-SITE/L1"): 3,
        ("READING_IMPOSSIBLE", "T-SITE/L1"): 1,
        ("READING_AHEAD", "T-SITE/L1"): 1,
        ("READING_TOO_OLD", "T-SITE/L1"): 1,
        ("DEVICE_UNKNOWN", "T-SITE/L9"): 1,
        ("DEVICE_UNKNOWN", "NOWHERE/L1"): 1,
        ("READING_FLOOD", "T-SITE/L1"): 46,
        ("TOPIC_UNKNOWN", "a/b"): 1,
    }
    assert {code for code, _ in counted} <= registry().keys()
    (day,) = ReadingDay.objects.all()
    assert day.minutes == sorted(day.minutes) and len(day.minutes) == 8


def test_names_of_refused_messages_are_bounded(chain):
    strange = [Unreadable(name=f"topic/{n}", code="TOPIC_UNKNOWN") for n in range(700)]
    assert send(chain, [], unreadable=strange) == (0, 0, 700)
    assert RefusedReading.objects.count() == 501
    assert RefusedReading.objects.get(name="").count == 200


FILES = {
    "semicolon": "Date;Temperature\n10.04.2021 09:00:00;4,5\n10.04.2021 09:10:00;4,6\n",
    "comma": "timestamp,celsius\n2021-04-10T01:00:00,4.5\n2021-04-10T01:10:00Z,4.6\n",
    "tabbed": "设备\tL1\n仓库\t某地\n时间\t温度(℃)\n2021/04/10 09:00\t4.5\n2021/04/10 09:10\t4.6\n",
}


@pytest.mark.parametrize("layout", FILES)
def test_a_file_is_staged_shown_and_kept(chain, layout):
    chain.device("L1", every_minutes=10)
    told = {"place_id": chain.site, "device": "L1", "layout": layout, "filename": "a.csv"}
    content = FileContent.of(FILES[layout].encode("gb18030"))
    staged = one(chain, services.logger_stage, LoggerStage, **told, content=content)
    assert staged.answer["readings"] == 2 and ReadingDay.objects.count() == 0
    commit = {"place_id": chain.site, "file": UUID(str(staged.answer["file"]))}
    kept = [one(chain, services.logger_commit, LoggerCommit, **commit) for _ in range(2)]
    assert kept[0].answer == {"taken": 2, "doubled": 0, "refused": 0}
    assert codes(kept) == ["done", "FILE_COMMITTED"]
    (day,) = ReadingDay.objects.all()
    assert (day.minutes, day.hundredths) == ([60, 70], [450, 460])


def test_a_bad_file_is_named_line_by_line(chain):
    chain.device("L1", every_minutes=10)
    clock.set_to(chain.now)
    lines = [
        "2021-04-10T03:00:00,4.5",
        "2021-04-10T03:00:00,4.5",
        "2021-04-10T02:00:00,4.5",
        "yesterday,4",
        "2021-04-10T01:00:00,x",
    ]
    lines += ["2021-04-10T01:30:00,500", "2021-04-10T12:00:00,4.5", "2020-04-10T12:00:00,4.5"]
    told = {"place_id": chain.site, "device": "L1", "layout": "comma", "filename": "a.csv"}
    content = FileContent("\n".join(["timestamp,celsius", *lines]))
    staged = one(chain, services.logger_stage, LoggerStage, **told, content=content)
    said = {k: v for k, v in staged.answer.items() if k != "file"}
    assert said == {
        "readings": 3, "unreadable": 2, "out_of_order": 3, "impossible": 1, "ahead": 1, "too_old": 1, "hours_ahead": 8.0,
        "doubled": 1, "missing": 5, "hours_behind": 1.0,
    }  # fmt: skip
    commit = {"place_id": chain.site, "file": UUID(str(staged.answer["file"]))}
    assert one(chain, services.logger_commit, LoggerCommit, **commit).answer == {"taken": 2, "doubled": 1, "refused": 3}
    wrong = [
        one(chain, services.logger_stage, LoggerStage, **{**told, "layout": layout}, content=content)
        for layout in ("tabbed", "no such")
    ]
    wrong.append(one(chain, services.logger_stage, LoggerStage, **told, content=FileContent("base64:!")))
    assert codes(wrong) == ["LAYOUT_DOES_NOT_FIT", "LAYOUT_UNKNOWN", "LAYOUT_DOES_NOT_FIT"]


def test_a_device_not_read_twice_six_hours_apart_is_named(chain):
    for name in ("F1", "F2"):
        chain.device(name)
    chain.read(5.0, -240)
    chain.read(5.0, 0)
    chain.read(5.0, -240, device="F2")
    day = chain.now.date()
    assert selectors.devices_unread(day) == {chain.site: 2}
    services.cold_record(chain.actor, [act(chain, ColdReading, -600, place_id=chain.site, device="F1", celsius=5.0)])
    assert selectors.devices_unread(day) == {chain.site: 1}


def test_a_batch_runs_the_same_statements_whatever_its_size(chain):
    for n in range(6):
        chain.device(f"L{n}", every_minutes=1)
    chain.deliver("B1", 4)
    places = {p.place_id: p.code for p in reference.places()}

    def batch(devices, first):
        rows = [
            Measured(place=places[chain.site], device=f"L{d}", at=chain.now - timedelta(minutes=m), celsius=12.0)
            for d in devices
            for m in range(first, first + 40)
        ]
        item = act(chain, ReadingsTake, source="test", readings=tuple(rows))
        with CaptureQueriesContext(connection) as seen:
            assert services.readings_take(chain.actor, [item])[0].answer["taken"] == len(rows)
        return len(seen)

    batch([0], 0)
    assert batch([1], 100) == batch([2, 3, 4, 5], 100)


def test_a_device_of_another_class_holds_nothing_of_this_vaccine(chain):
    chain.deliver("B1", 4)
    chain.device("DEEP", temperature=TemperatureClass.DEEP)
    chain.read(-20.0, device="DEEP")
    assert excursion().state == "open"
    assert balances(chain.site) == {(chain.site, "B1", HAND): 4}


def test_the_latest_reading_is_the_last_in_time(chain):
    chain.device()
    chain.read(5.0, 0)
    chain.read(4.0, -30)
    assert degrees.latest([chain.site])[chain.site, "F1"].celsius == 5.0
    assert degrees.moment(degrees.minute(datetime(2021, 4, 10, 5, 6, tzinfo=UTC))) == datetime(
        2021, 4, 10, 5, 6, tzinfo=UTC
    )


def test_what_was_released_stays_so_when_later_readings_are_in_range(chain):
    chain.deliver("B1", 4)
    chain.device()
    chain.read(5.0, -480)
    services.cold_record(
        chain.actor,
        [act(chain, ColdReading, m, place_id=chain.site, device="F1", celsius=c) for m, c in ((0, 10.6), (60, 5.2))],
    )
    assert decide(chain, ExcursionDecision.RELEASE).done
    for day in (1, 2):
        clock.set_to(chain.now + timedelta(days=day, hours=1))
        chain.read(5.0, day * 24 * 60)
        assert (excursion().state, excursion().minutes) == ("released", 60)


def test_a_gap_that_is_filled_later_is_none(chain):
    chain.device("L1", every_minutes=10)
    send(chain, [(0, 5.0), (300, 5.0)])
    assert (excursion("missing").state, excursion("missing").minutes) == ("noted", 300)
    send(chain, [(m, 5.0) for m in range(10, 200, 10)])
    assert excursion("missing").minutes == 110
    send(chain, [(m, 5.0) for m in range(200, 300, 10)])
    assert not Excursion.objects.exists()
