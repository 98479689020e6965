"""A hall whose people had their doses, today by every clock; and readers of certificates that others wrote."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from seawall.certificates import services
from seawall.platform import clock
from seawall.terms.certificates import CertificateIssue
from tests.clinic.conftest import hall, loaded  # noqa: F401
from tests.clinic.world import PROGRAMME, World, done

FIRST, SECOND = datetime(2021, 3, 1).date(), datetime(2021, 3, 25).date()  # noqa: DTZ001 - civil days


@pytest.fixture
def today(hall: World) -> World:  # noqa: F811
    """The same hall on the machine's own day: libraries of others know no other clock."""
    hall.now = datetime.now(UTC).replace(microsecond=0)
    clock.set_to(hall.now)
    return hall


@pytest.fixture
def issue(today: World) -> Callable[..., dict[str, object]]:
    """Make out the certificate of a person."""

    def made(person: int, **more: object) -> dict[str, object]:
        item = CertificateIssue(**today.base(), person_id=person, programme=PROGRAMME, **more)
        return dict(done(services.certificate_issue(today.actor, [item]))[0].answer)

    return made
