"""A full disk, and a database that only reads, met by a page: one clear sentence, nothing half done, and the next press works."""

from collections.abc import Callable

import pytest
from django.db import InternalError, transaction
from django.test import RequestFactory
from django.utils import translation
from psycopg.errors import ReadOnlySqlTransaction

from seawall.clinic import selectors as clinic
from seawall.config.refusals import failed
from seawall.platform import sql
from tests.clinic.world import DAY, World

from .pages import Visitor

pytestmark = pytest.mark.django_db
FULL = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER no_room BEFORE INSERT ON clinic_visit EXECUTE FUNCTION no_room()
"""


@pytest.mark.parametrize(
    ("stop", "said"),
    [(FULL, "The disk is full (PostgreSQL)"), ("SET TRANSACTION READ ONLY", "The database only reads for now")],
    ids=["a full disk", "a database that only reads"],
)
def test_an_act_that_cannot_be_kept_says_so_and_can_be_pressed_again(
    hall: World, sign_in: Callable[..., Visitor], stop: str, said: str
) -> None:
    appointment = hall.book(hall.person())
    nurse = sign_in("STATION_NURSE", ("site", hall.site), certified=True)
    nurse.client.raise_request_exception = False
    nurse.go(f"/console/site/{hall.site}/arrival?booked={appointment}").sees("张三丰")
    page, sent = nurse.path, nurse.sent
    with transaction.atomic():
        sql.execute(stop)
        nurse.send("appointment", status=503).sees(said)
        transaction.set_rollback(True)
    assert clinic.visits(hall.site, DAY) == []
    nurse.path, nurse.sent = page, sent
    nurse.send("appointment").sees("next in line")
    assert len(clinic.visits(hall.site, DAY)) == 1


def test_an_error_outside_every_view_is_one_sentence() -> None:
    """A session that cannot be kept, say: the answer needs none."""
    try:
        raise InternalError from ReadOnlySqlTransaction()
    except InternalError:
        with translation.override("en"):
            answer = failed(RequestFactory().get("/console/start"))
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "60"
    assert "everything recorded so far is kept" in answer.content.decode()
