"""Presses about certificates: the holder's, the office's and the administrator's."""

from collections.abc import Callable
from datetime import date

from tests.clinic.world import World

from .presses_portal import citizen
from .presses_staff import administrator
from .pressing import CITY, Enter, Press, answered, fresh, from_page


def vaccinated(hall: World) -> int:
    person = hall.person()
    hall.history(person, date(2021, 3, 1))
    return person


def own(hall: World, enter: Enter) -> Press:
    return Press(citizen(vaccinated(hall)), "/record/certificate/issue", fresh(programme="covid19-cn"))


def batch(hall: World, enter: Enter) -> Press:
    vaccinated(hall)
    return from_page(enter("CDC_DIRECTOR", CITY), "/console/certificates/batches", "programme")


def key(hall: World, enter: Enter) -> Press:
    return from_page(administrator(enter), "/console/certificates/keys", "/console/certificates/keys")


def key_off(hall: World, enter: Enter) -> Press:
    keeper, page = administrator(enter), "/console/certificates/keys"
    answered(from_page(keeper, page, page))
    return from_page(keeper, page, "compromised", compromised="true")


PRESSES: dict[tuple[str, str], Callable[[World, Enter], Press]] = {
    ("record/certificate/issue", "own_certificate"): own,
    ("console/certificates/batches", "certificate_batch"): batch,
    ("console/certificates/keys", "signing_key"): key,
    ("console/certificates/keys/retire", "signing_key_off"): key_off,
}
