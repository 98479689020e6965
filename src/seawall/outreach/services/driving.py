"""A round on its day, stop by stop: which comes next, and what came of a door at which nobody was vaccinated."""

from uuid import UUID, uuid5

from seawall.booking import selectors as booking
from seawall.booking import services as booking_services
from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import AppointmentState, Owner
from seawall.terms.outreach import ContactRecord
from seawall.terms.rounds import StopNext, StopSettle

from .. import tables
from .contacts import contact_record
from .rounds import lent, locked

FIRST = f"""
UPDATE outreach_stop s SET turn = (SELECT min(o.turn) - 1 FROM outreach_stop o WHERE o.site_id = s.site_id AND o.day = s.day)
FROM {sql.unnest({"site_id": "bigint", "day": "date", "stop": "int"})}
WHERE s.site_id = u.site_id AND s.day = u.day AND s.stop = u.stop RETURNING s.site_id, s.day, s.stop
"""


@verb(Owner.SITE, zh="先去这一站", en="Drive to a stop next")
def stop_next(w: Work, items: list[StopNext]) -> Answers:
    """Put stops before the others of their round; what people were told stands."""
    found = set(sql.fetch(FIRST, sql.turn([(i.site_id, i.day, i.stop) for i in items], 3)))
    return {
        i.act: {"stop": i.stop} if (i.site_id, i.day, i.stop) in found else Refusal("STOP_UNKNOWN", {"stop": i.stop})
        for i in items
    }


@verb(Owner.SITE, zh="登记上门未接种结果", en="Record why nobody was vaccinated at a door")
def stop_settle(w: Work, items: list[StopSettle]) -> Answers:
    """Who was not at home, refused or is unfit: the seat is missed and the contact is on record as a visit.

    What settles nothing (not at home) lets the person wait for the next round; the rest is the reason they carry.
    """
    days = {(i.site_id, i.day) for i in items}
    seats = {
        (a.site_id, day, a.person_id): a
        for day in {day for _, day in days}
        for a in booking.day_list(sorted({site for site, on in days if on == day}), day)
        if a.state is AppointmentState.BOOKED
    }
    rounds = {(r.site_id, r.day): r for r in locked(days)}
    answers: dict[UUID, Refusal | Params] = {}
    good: list[StopSettle] = []
    for i in items:
        key = i.site_id, i.day, i.person_id
        if (i.site_id, i.day) not in rounds or key not in seats:
            answers[i.act] = Refusal("NOT_ON_THE_ROUND", {"day": i.day.isoformat()})
        elif i.result not in tables.results():
            answers[i.act] = Refusal("CONTACT_RESULT_UNKNOWN", {"result": i.result})
        else:
            good.append(i)
    asked = [
        ContactRecord(
            act=uuid5(i.act, "contact"), occurred_at=i.occurred_at, person_id=i.person_id,
            campaign=seats[i.site_id, i.day, i.person_id].campaign, way="visit", result=i.result,
        )
        for i in good
    ]  # fmt: skip
    booking_services.appointments_mark(
        w,
        AppointmentState.MISSED,
        [(i.person_id, seats[i.site_id, i.day, i.person_id].appointment, i) for i in good],
    )
    told = contact_record(lent(w.actor, {i.person_id for i in good}), asked)
    return answers | {i.act: outcome.refusal or {"result": i.result} for i, outcome in zip(good, told, strict=True)}
