"""Where a person lives and belongs: residence, household, who answers for them, and the rosters they stand on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.staff.selectors import PostRow
from seawall.terms.actor import Actor
from seawall.terms.people import PersonRow
from seawall.terms.rosters import OrganisationRow

from ..selectors.persons import living, person, persons, search
from ..selectors.rosters import organisation_rows, organisations
from .streets import District, Street, districts, streets

EPISODES = """
SELECT r.leaf_id, r.kind, r.since, r.until FROM people_residence r JOIN people_person p ON p.id = r.person_id
WHERE COALESCE(p.merged_into, p.id) = %s ORDER BY r.since DESC, r.until DESC NULLS FIRST
"""
HOUSEHOLDS = """
SELECT p.id, p.household_id, h.address FROM people_person p LEFT JOIN people_household h ON h.id = p.household_id
WHERE p.id = ANY(%s)
"""
MEMBERS = "SELECT id FROM people_person WHERE household_id = %s AND merged_into IS NULL AND id <> %s ORDER BY birth, id"
BELONGS = """
SELECT m.organisation_id, m.since, m.until, m.role FROM people_membership m JOIN people_person p ON p.id = m.person_id
WHERE COALESCE(p.merged_into, p.id) = %s ORDER BY m.until DESC NULLS FIRST, m.since, m.organisation_id
"""
ANSWERING = frozenset({"household", "street"})
"""Levels of roles whose posts may answer for a household or a street."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of living somewhere, being away, or the end."""

    street: Street | None
    kind: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Somebody with whom the person may live: their household, if they have one."""

    person: PersonRow
    household_id: int | None
    address: str


@dataclass(frozen=True, slots=True)
class HomeBoard:
    """Where a person lives, with whom, and who answers for them."""

    person: PersonRow
    today: date
    state: str
    street: Street | None
    episodes: tuple[Episode, ...]
    districts: tuple[District, ...]
    household_id: int | None
    address: str
    members: Sequence[PersonRow]
    found: tuple[Neighbour, ...]
    contact: PostRow | None
    posts: Sequence[PostRow]


@dataclass(frozen=True, slots=True)
class MembershipLine:
    """A roster on which the person stands or stood; of several on one day the first counts."""

    organisation: OrganisationRow
    since: date
    until: date | None
    role: str
    open: bool
    counts: bool


@dataclass(frozen=True, slots=True)
class MembershipBoard:
    """The rosters of one person, and those that a post may put them on."""

    person: PersonRow
    today: date
    lines: tuple[MembershipLine, ...]
    organisations: Sequence[OrganisationRow]

    @property
    def rosters(self) -> int:
        return sum(line.open for line in self.lines)


def home(actor: Actor, person_id: int, wanted: str = "") -> HomeBoard:
    """`wanted` searches for somebody to live with."""
    on = clock.today()
    row = person(actor, person_id, "home")
    who = row.person_id
    now = living([who], on)[who]
    where = streets(on)
    ((_, household_id, address),) = sql.fetch(HOUSEHOLDS, [[who]])
    members = [p for (p,) in sql.fetch(MEMBERS, [household_id, who])] if household_id else []
    return HomeBoard(
        row, on, now.state, where.get(now.leaf_id),
        tuple(Episode(where.get(leaf), kind, since, until) for leaf, kind, since, until in sql.fetch(EPISODES, [who])),
        districts(on), household_id, address or "",
        list(persons(actor, members, "home").values()), _found(actor, who, wanted),
        staff.post(now.contact_post_id, on) if now.contact_post_id else None, _answering(now.leaf_id, household_id, on),
    )  # fmt: skip


def _found(actor: Actor, person_id: int, wanted: str) -> tuple[Neighbour, ...]:
    rows = {r.person_id: r for r in search(actor, wanted, "home") if r.person_id != person_id} if wanted else {}
    households = {who: (house, address or "") for who, house, address in sql.fetch(HOUSEHOLDS, [list(rows)])}
    return tuple(Neighbour(row, *households[who]) for who, row in rows.items())


def _answering(leaf_id: int, household_id: int | None, on: date) -> list[PostRow]:
    """Posts that may answer here: they cover the street, or the household itself."""
    area = reference.area(leaf_id, on)
    unit_id = reference.leaf_units(on).get(leaf_id)
    units = {u.unit_id: u.code for u in reference.units(on)}
    covers = {
        ("area", area.code if area else ""),
        ("unit", units.get(unit_id or 0, "")),
        ("household", str(household_id)),
    }
    roles = {code for code, role in staff.roles(on).items() if role.level in ANSWERING}
    return [row for role in sorted(roles) for row in staff.posts(role=role, on=on) if covers & set(row.scopes)]


def memberships(actor: Actor, person_id: int) -> MembershipBoard:
    on = clock.today()
    row = person(actor, person_id, "memberships")
    rows = sql.fetch(BELONGS, [row.person_id])
    known = organisation_rows({organisation for organisation, *_ in rows})
    open_ = [(since, one) for one, since, until, _ in rows if since <= on and (until is None or until >= on)]
    counts = min(open_, default=None)
    lines = tuple(
        MembershipLine(known[one], since, until, role, (since, one) in open_, (since, one) == counts)
        for one, since, until, role in rows
    )
    return MembershipBoard(row, on, lines, organisations(actor, on))
