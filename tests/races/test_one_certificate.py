"""One person asks for the certificate on several devices at once, before any key was made, while an office makes the next key."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial

import pytest

from seawall.campaigns.services import campaign_load
from seawall.certificates import selectors, services
from seawall.platform import clock
from seawall.reference.services import city_load
from seawall.terms.actor import Actor
from seawall.terms.certificates import CertificateIssue, SigningKeyMake
from tests.clinic.conftest import CITY
from tests.clinic.world import PROGRAMME, World

from .crowd import Crowd, codes

HANDS, KEYS, ROUNDS = 8, 2, 3


@pytest.fixture
def crowd(transactional_db: None) -> Iterator[Crowd]:
    hands = Crowd(HANDS)
    yield hands
    hands.leave()


@pytest.fixture
def hall(crowd: Crowd, anyone: Actor, noon: datetime) -> World:
    city_load("chongqing")
    campaign_load(CITY)
    clock.set_to(noon)
    return World(anyone, noon).build()


def test_one_person_has_one_valid_certificate_and_one_key_signs(crowd: Crowd, hall: World) -> None:
    for _ in range(ROUNDS):
        person = hall.person()
        hall.history(person, date(2021, 3, 1))
        asks = [
            partial(
                services.certificate_issue.one, hall.actor,
                CertificateIssue(**hall.base(), person_id=person, programme=PROGRAMME),
            )
            for _ in range(HANDS - KEYS)
        ]  # fmt: skip
        makes = [partial(services.signing_key_make.one, hall.actor, SigningKeyMake(**hall.base())) for _ in range(KEYS)]
        outcomes = crowd.at_once([*asks, *makes])
        assert codes(outcomes) == {"done": HANDS}
        assert len({o.answer["certificate"] for o in outcomes[: HANDS - KEYS]}) == 1
        assert [row.state for row in selectors.of_persons([person])] == ["valid"]
        assert [row.state for row in selectors.signing_keys()].count("signs") == 1
