"""A batch runs a constant number of statements, whatever its size."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seawall.clinic import services as clinic

from .world import World, done

pytestmark = pytest.mark.django_db


def counted(call, *args) -> int:
    with CaptureQueriesContext(connection) as queries:
        done(call(*args))
    return len(queries)


def walk(hall: World, size: int, minute: int) -> list[int]:
    """One batch through every step; the statements of each."""
    packs = hall.packs(size)
    arrivals = [hall.arrival(p, None, minute) for p in hall.persons(size)]
    visits = [a.act for a in arrivals]
    return [
        counted(clinic.visit_arrive, hall.actor, arrivals),
        counted(clinic.screening_record, hall.actor, [hall.screening(v, minute + 5) for v in visits]),
        counted(clinic.consent_record, hall.actor, [hall.consent(v, minute + 6) for v in visits]),
        counted(
            clinic.dose_give, hall.actor, [hall.dose(v, c, minute + 10) for v, c in zip(visits, packs, strict=True)]
        ),
        counted(clinic.observation_end, hall.actor, [hall.leave(v, minute + 45) for v in visits]),
    ]


def test_statements_do_not_grow_with_the_batch(hall):
    walk(hall, 1, 0)  # fills caches
    assert walk(hall, 2, 15) == walk(hall, 12, 30)
