"""What an act that destroys would touch, in sentences: said before it is confirmed, from the things that its fields name."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from seawall.booking import selectors as booking
from seawall.clinic import selectors as clinic
from seawall.interfaces import words
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.safety import selectors as safety
from seawall.sites import selectors as sites
from seawall.supply import selectors as supply
from seawall.terms.codes import AppointmentState

AHEAD = timedelta(days=366)
Row = Mapping[str, Any]


def touched(row: Row) -> list[str]:
    """Sentences about the site, lot or persons that an item names."""
    return [line for field, say in TOUCHES.items() if row.get(field) for line in say(row, field)]


def _site(row: Row, field: str) -> Iterator[str]:
    """Seats taken from the day of the act on, and doses on the spot."""
    site, since = int(row[field]), date.fromisoformat(str(row.get("day") or clock.today()))
    seats = sum(n for (site_id, _at), n in sites.taken(since, since + AHEAD).items() if site_id == site)
    yield ngettext(
        "%(n)s seat is booked there from %(day)s on.", "%(n)s seats are booked there from %(day)s on.", seats
    ) % {"n": words.exact(seats), "day": words.day(since)}
    doses = sum(line.doses for line in supply.stock([site]))
    yield ngettext("%(n)s dose lies there.", "%(n)s doses lie there.", doses) % {"n": words.exact(doses)}


def _lot(row: Row, field: str) -> Iterator[str]:
    """Where the lot still is, and who had it."""
    lines = supply.lot_places(row[field])
    names = {p.place_id: words.pick({"zh": p.name_zh, "en": p.name_en}) for p in reference.places()}
    for line in sorted(lines, key=lambda line: -line.doses)[:20]:
        yield _("%(place)s holds %(n)s doses of it.") % {
            "place": names.get(line.place_id, str(line.place_id)), "n": words.exact(line.doses)
        }  # fmt: skip
    given = sum(count for _site, _day, count in clinic.recipients(row[field]))
    yield ngettext("%(n)s dose of it was given here.", "%(n)s doses of it were given here.", given) % {
        "n": words.exact(given)
    }


def _person(row: Row, field: str) -> Iterator[str]:
    """Doses in the history, seats still to come, reports of reactions."""
    person = int(row[field])
    doses = sum(len(people.dose_rows([person], p).get(person, [])) for p in reference.programmes_in_use())
    ahead = (AppointmentState.HELD, AppointmentState.BOOKED)
    seats = [a for a in booking.appointments([person]) if a.state in ahead]
    events = len(safety.events_of([person]))
    yield _("On record %(person)s: %(doses)s doses, %(seats)s seats still to come, %(events)s reported reactions.") % {
        "person": person, "doses": doses, "seats": len(seats), "events": events
    }  # fmt: skip


def _pack(row: Row, field: str) -> Iterator[str]:
    """What is left in the pack."""
    pack, _why = supply.scanned(int(row.get("place_id") or 0), str(row[field]), clock.now())
    if pack:
        yield _("The pack is of lot %(lot)s and holds %(n)s doses.") % {"lot": pack.lot, "n": pack.doses_left}


def _dose(row: Row, field: str) -> Iterator[str]:
    """The line of the history that is replaced."""
    person = int(row.get("person_id") or 0)
    for programme in reference.programmes_in_use():
        for dose in people.dose_rows([person], programme, corrected=True).get(person, []):
            if str(dose.act) == str(row[field]):
                yield _("It replaces the dose of %(day)s, %(product)s. What is due next is judged anew.") % {
                    "day": words.day(dose.given_on), "product": dose.product or "–"
                }  # fmt: skip


TOUCHES: Mapping[str, Callable[[Row, str], Iterator[str]]] = {
    "site_id": _site,
    "lot": _lot,
    "person_id": _person,
    "into_id": _person,
    "corrects": _dose,
    "code": _pack,
}
"""By field of an item."""
