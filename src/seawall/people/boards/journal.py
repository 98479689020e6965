"""The journal page: who did what, when, from which device, with which answer. Persons named on it are looks on record."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from seawall.people import selectors as people
from seawall.platform import access, clock
from seawall.platform.journal import ActRow, acts
from seawall.platform.verbs import all_verbs
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor
from seawall.terms.codes import Owner
from seawall.terms.names import Name

MOST = 200
CITY_LOADED = "city_loaded"
PLACES = frozenset({Owner.SITE, Owner.PLACE})


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One act in words. `concerns` names its owner where there is a name; `person` is masked where it is shown;
    `changed` says of a load which files changed, by how many rows from which day."""

    act: ActRow
    verb: Name
    post: Name | None
    holder: str
    concerns: Name | None
    person: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Acts of a day that answer to what was asked, and the verbs to ask for."""

    rows: tuple[JournalLine, ...]
    more: bool
    verbs: tuple[tuple[str, Name], ...]


def journal_page(
    actor: Actor,
    day: date,
    *,
    owner: tuple[str, int] | None = None,
    post_id: int | None = None,
    verb: str | None = None,
) -> JournalPage:
    """Acts recorded on a civil day: of an owner (a person, a place), a post, a verb."""
    access.require(actor, "see:journal")
    since = datetime.combine(day, time(), clock.zone())
    rows = acts(since, since + timedelta(days=1), owner=owner, post_id=post_id, verb=verb, most=MOST + 1)
    words: dict[str, Name] = {name: Name(v.zh, v.en) for name, v in all_verbs().items()}
    return JournalPage(_lines(actor, rows[:MOST], words, day), len(rows) > MOST, tuple(words.items()))


def _lines(actor: Actor, rows: list[ActRow], words: dict[str, Name], day: date) -> tuple[JournalLine, ...]:
    posts = staff.posts_by_id({row.post_id for row in rows}, day)
    persons = people.persons(actor, sorted({r.owner_id for r in rows if r.owner_kind == Owner.PERSON}), "journal")
    places = {
        p.place_id: Name.of(p) for p in reference.places(place_ids={r.owner_id for r in rows if r.owner_kind in PLACES})
    }
    return tuple(
        JournalLine(
            act=row,
            verb=words.get(row.verb, Name.code(row.verb)),
            post=posts[row.post_id].name if row.post_id in posts else None,
            holder=posts[row.post_id].person if row.post_id in posts else "",
            concerns=places.get(row.owner_id) if row.owner_kind in PLACES else None,
            person=persons[row.owner_id].name if row.owner_kind == Owner.PERSON and row.owner_id in persons else "",
            changed=_changed(row) if row.verb == CITY_LOADED else (),
        )
        for row in rows
    )


def _changed(row: ActRow) -> tuple[str, ...]:
    told = json.loads(row.answer) if isinstance(row.answer, str) else row.answer
    return tuple(f"{name}: {value}" for name, value in sorted(told.items()) if name != "city")
