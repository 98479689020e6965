"""Where persons belong: households, organisations, memberships, responsible contacts, residence, documents linked later."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from seawall.platform import access, clock, secrets, sql
from seawall.platform.selectors import nature
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Item, Refusal
from seawall.terms.codes import Owner
from seawall.terms.rosters import (
    ContactAssign,
    DocumentLink,
    HouseholdJoin,
    HouseholdRegister,
    MembershipRecord,
    OrganisationRegister,
    ResidenceRecord,
)

from .. import identity
from ..identity import Checked
from ..models import Contact, Document, Household, Membership, Organisation, Residence
from ..reach import LIVES_HERE, visible
from .persons import DOCUMENT, document_holders, document_row, leaf_ids

I = TypeVar("I", bound=Item)  # noqa: E741
ENDED = "SELECT person_id, kind, number_index FROM people_document WHERE person_id = ANY(%s) AND NOT valid"
IN_FORCE_AGAIN = (
    "(person_id, kind, number_index) DO UPDATE SET valid = TRUE, disowned = FALSE, ended_on = NULL, end_reason = ''"
)
STATES = {"active": "resident", "away": "away", "moved": "moved", "died": "died"}


def households_reserve(count: int) -> list[int]:
    """Household ids for a bulk load, in order."""
    return _reserve("people_household", count)


def organisations_reserve(count: int) -> list[int]:
    """Organisation ids for a bulk load, in order."""
    return _reserve("people_organisation", count)


def _reserve(table: str, count: int) -> list[int]:
    rows = sql.fetch("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
    return [row[0] for row in rows]


@verb(Owner.LEAF, zh="登记家庭", en="Register households")
def household_register(w: Work, fresh: list[HouseholdRegister]) -> Answers:
    """Register households with whoever lives there; the answer holds household_id."""
    leaves = leaf_ids(clock.civil_day(fresh[0].occurred_at))
    seen = visible(w.actor, [person for i in fresh for person in i.members])

    def refusal(i: HouseholdRegister) -> Refusal | None:
        stranger = next((person for person in i.members if person not in seen), None)
        if stranger is not None:
            return Refusal("PERSON_NOT_IN_REACH", {"person_id": stranger})
        return _leaf_refusal(w.actor, i.leaf_id, leaves)

    answers, accepted = _sift(fresh, refusal)
    ids = _ids("people_household", [i.household_id for i in accepted])
    synthetic = nature().synthetic
    rows = [(n, i.leaf_id, i.address, synthetic) for n, i in zip(ids, accepted, strict=True)]
    sql.insert(Household, ("id", "leaf_id", "address", "synthetic"), rows)
    _settle([(person, n) for n, i in zip(ids, accepted, strict=True) for person in i.members])
    return answers | {i.act: {"household_id": n} for n, i in zip(ids, accepted, strict=True)}


@verb(Owner.PERSON, zh="变更所属家庭", en="Join households", judged_by_room=LIVES_HERE)
def household_join(w: Work, fresh: list[HouseholdJoin]) -> Answers:
    """A person joins a household of a place within reach, or belongs to none. The answer holds the household before."""
    before = dict(
        sql.fetch(
            "SELECT id, household_id FROM people_person WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            [[i.person_id for i in fresh]],
        )
    )
    seen = visible(w.actor, before)
    wanted = [i.household_id for i in fresh if i.household_id is not None]
    places = dict(sql.fetch("SELECT id, leaf_id FROM people_household WHERE id = ANY(%s)", [wanted]))

    def refusal(i: HouseholdJoin) -> Refusal | None:
        if i.person_id not in seen:
            return Refusal("PERSON_NOT_IN_REACH", {"person_id": i.person_id})
        leaf_id = places.get(i.household_id or 0)
        if i.household_id is None or (leaf_id is not None and access.sees_leaf(w.actor, leaf_id)):
            return None
        return Refusal("HOUSEHOLD_UNKNOWN", {"household_id": i.household_id})

    answers, accepted = _sift(fresh, refusal)
    _settle(list({i.person_id: (i.person_id, i.household_id) for i in accepted}.values()))
    return answers | {i.act: {"household_id": i.household_id, "was": before[i.person_id]} for i in accepted}


def _settle(rows: list[tuple[int, int | None]]) -> None:
    """These persons live in these households from now on."""
    source = sql.unnest({"person_id": "bigint", "household_id": "bigint"})
    sql.execute(
        f"UPDATE people_person p SET household_id = u.household_id FROM {source} WHERE p.id = u.person_id",
        sql.turn(rows, 2),
    )


@verb(Owner.LEAF, zh="登记单位", en="Register organisations")
def organisation_register(w: Work, fresh: list[OrganisationRegister]) -> Answers:
    """Register organisations; the answer holds organisation_id, and a note when the code's check character is wrong."""
    leaves = leaf_ids(clock.civil_day(fresh[0].occurred_at))
    checked = {i.act: identity.check_uscc(i.uscc) if i.uscc else ("", ()) for i in fresh}
    codes = [c[0] for c in checked.values() if not isinstance(c, Refusal) and c[0]]
    parents = [i.parent_id for i in fresh if i.parent_id is not None]
    rows = sql.fetch("SELECT id, uscc FROM people_organisation WHERE uscc = ANY(%s) OR id = ANY(%s)", [codes, parents])
    known, by_code = {row[0] for row in rows}, {row[1]: row[0] for row in rows if row[1]}

    def refusal(i: OrganisationRegister) -> Refusal | None:
        code = checked[i.act]
        if isinstance(code, Refusal):
            return code
        if code[0] in by_code:
            return Refusal("ORGANISATION_KNOWN", {"organisation_id": by_code[code[0]]})
        if i.parent_id is not None and i.parent_id not in known:
            return Refusal("ORGANISATION_UNKNOWN", {"organisation_id": i.parent_id})
        if code[0]:
            by_code[code[0]] = 0
        return _leaf_refusal(w.actor, i.leaf_id, leaves)

    answers, accepted = _sift(fresh, refusal)
    ids = _ids("people_organisation", [i.organisation_id for i in accepted])
    synthetic = nature().synthetic
    columns = ("id", "uscc", "uscc_note", "name_zh", "name_en", "kind", "sector", "parent_id", "leaf_id", "synthetic")
    made = []
    for n, i in zip(ids, accepted, strict=True):
        code = checked[i.act]
        assert not isinstance(code, Refusal)
        note = ",".join(code[1])
        made.append((n, code[0], note, i.name_zh, i.name_en, i.kind, i.sector, i.parent_id, i.leaf_id, synthetic))
        answers[i.act] = {"organisation_id": n} | ({"notes": note} if note else {})
    sql.insert(Organisation, columns, made)
    return answers


@verb(Owner.PERSON, zh="登记单位成员", en="Record memberships", judged_by_room=LIVES_HERE)
def membership_record(w: Work, fresh: list[MembershipRecord]) -> Answers:
    """Persons join or leave organisations; the same start again only changes its end."""
    seen = visible(w.actor, [i.person_id for i in fresh])
    rows = sql.fetch(
        "SELECT 'p', id FROM people_person WHERE id = ANY(%s) UNION ALL SELECT 'o', id FROM people_organisation WHERE id = ANY(%s)",
        [[i.person_id for i in fresh], [i.organisation_id for i in fresh]],
    )
    known = set(rows)

    def refusal(i: MembershipRecord) -> Refusal | None:
        if i.person_id not in seen or ("p", i.person_id) not in known:
            return Refusal("PERSON_NOT_IN_REACH", {"person_id": i.person_id})
        if ("o", i.organisation_id) not in known:
            return Refusal("ORGANISATION_UNKNOWN", {"organisation_id": i.organisation_id})
        if i.until is not None and i.until < i.since:
            return Refusal("MEMBERSHIP_DATES", {"since": i.since.isoformat()})
        return None

    answers, accepted = _sift(fresh, refusal)
    last = {(i.person_id, i.organisation_id, i.since): (i.until, i.role) for i in accepted}
    sql.insert(
        Membership,
        ("person_id", "organisation_id", "since", "until", "role"),
        [(*key, *value) for key, value in last.items()],
        on_conflict="(person_id, organisation_id, since) DO UPDATE SET until = excluded.until, role = excluded.role",
    )
    return answers | {i.act: {} for i in accepted}


@verb(Owner.LEAF, zh="指定包保责任人", en="Assign responsible contacts")
def contact_assign(w: Work, fresh: list[ContactAssign]) -> Answers:
    """Name the post that answers for a household or an area; whoever answered before ends the day before."""
    leaves = leaf_ids(clock.civil_day(fresh[0].occurred_at))
    answers, accepted = _sift(fresh, lambda i: _leaf_refusal(w.actor, i.leaf_id, leaves))
    last = {(i.leaf_id, i.household_id): i for i in accepted}
    keys = [(leaf, household, i.since) for (leaf, household), i in last.items()]
    sql.execute(
        "UPDATE people_contact c SET until = GREATEST(u.since - 1, c.since) "
        f"FROM {sql.unnest({'leaf_id': 'bigint', 'household_id': 'bigint', 'since': 'date'})} WHERE c.until IS NULL "
        "AND c.leaf_id = u.leaf_id AND c.household_id IS NOT DISTINCT FROM u.household_id",
        sql.turn(keys, 3),
    )
    rows = [(i.leaf_id, i.household_id, i.post_id, i.since) for i in last.values()]
    sql.insert(Contact, ("leaf_id", "household_id", "post_id", "since"), rows)
    return answers | {i.act: {} for i in accepted}


@verb(Owner.PERSON, zh="登记居住地", en="Record residences", judged_by_room=LIVES_HERE)
def residence_record(w: Work, fresh: list[ResidenceRecord]) -> Answers:
    """A person moves, goes away, comes back or has died; earlier episodes end the day before."""
    leaves = leaf_ids(clock.civil_day(fresh[0].occurred_at))
    rows = sql.fetch("SELECT id FROM people_person WHERE id = ANY(%s) FOR UPDATE", [[i.person_id for i in fresh]])
    seen = visible(w.actor, [i.person_id for i in fresh]) & {row[0] for row in rows}

    def refusal(i: ResidenceRecord) -> Refusal | None:
        if i.person_id not in seen:
            return Refusal("PERSON_NOT_IN_REACH", {"person_id": i.person_id})
        if i.state not in STATES:
            return Refusal("RESIDENCE_UNKNOWN", {"residence": i.state})
        return None if i.leaf_id in leaves else Refusal("LEAF_UNKNOWN", {"leaf_id": i.leaf_id})

    answers, accepted = _sift(fresh, refusal)
    last = {i.person_id: i for i in accepted}
    ends = [(i.person_id, i.since, i.leaf_id, i.state) for i in last.values()]
    source = sql.unnest({"person_id": "bigint", "since": "date", "leaf_id": "bigint", "state": "text"})
    sql.execute(
        f"UPDATE people_residence r SET until = GREATEST(u.since - 1, r.since) FROM {source} "
        "WHERE r.person_id = u.person_id AND r.until IS NULL",
        sql.turn(ends, 4),
    )
    sql.execute(
        f"UPDATE people_person p SET leaf_id = u.leaf_id, state = u.state FROM {source} WHERE p.id = u.person_id",
        sql.turn(ends, 4),
    )
    episodes = [(i.person_id, i.act, i.leaf_id, STATES[i.state], i.since) for i in last.values()]
    sql.insert(Residence, ("person_id", "act", "leaf_id", "kind", "since"), episodes)
    return answers | {i.act: {} for i in accepted}


@verb(Owner.PERSON, zh="关联证件", en="Link documents", judged_by_room=LIVES_HERE)
def document_link(w: Work, fresh: list[DocumentLink]) -> Answers:
    """A known person shows a document, perhaps one that had ended; a temporary number ends with the first real one."""
    checked = {i.act: identity.check(i.kind, i.number, i.country) for i in fresh}
    good = [c for c in checked.values() if isinstance(c, Checked)]
    holders = document_holders([c.lookup for c in good])
    ids = [i.person_id for i in fresh]
    births = dict(sql.fetch("SELECT id, birth FROM people_person WHERE id = ANY(%s) FOR UPDATE", [ids]))
    indexes = secrets.indexes([c.lookup for c in good])
    seen = visible(w.actor, ids)
    ended = {(p, k, indexes.get(bytes(n), b"")) for p, k, n in sql.fetch(ENDED, [ids])}

    def refusal(i: DocumentLink) -> Refusal | None:
        c = checked[i.act]
        if isinstance(c, Refusal):
            return c
        if i.person_id not in births or i.person_id not in seen:
            return Refusal("PERSON_NOT_IN_REACH", {"person_id": i.person_id})
        if c.birth is not None and c.birth != births[i.person_id]:
            return Refusal("DOCUMENT_BIRTH_DIFFERS", {"kind": c.kind, "birth": births[i.person_id].isoformat()})
        key = (secrets.keyed_index(c.lookup), c.kind, c.country)
        again = (i.person_id, c.kind, key[0]) in ended
        if key in holders and not (again and holders[key] == i.person_id):
            return Refusal("DOCUMENT_KNOWN", {"kind": c.kind, "person_id": holders[key]})
        holders[key] = i.person_id
        return None

    answers, accepted = _sift(fresh, refusal)
    sql.insert(Document, DOCUMENT, _document_rows(accepted, checked, w.recorded_at), on_conflict=IN_FORCE_AGAIN)
    sql.execute(
        "UPDATE people_document SET valid = FALSE WHERE kind = 'TEMPORARY' AND person_id = ANY(%s)",
        [[i.person_id for i in accepted]],
    )
    return answers | {i.act: {} for i in accepted}


def _document_rows(
    accepted: list[DocumentLink], checked: Mapping[UUID, Checked | Refusal], recorded_at: datetime
) -> list[tuple[object, ...]]:
    pairs = [(i.person_id, checked[i.act]) for i in accepted]
    return [document_row(person, c, recorded_at) for person, c in pairs if isinstance(c, Checked)]


def _leaf_refusal(actor: Actor, leaf_id: int, leaves: frozenset[int]) -> Refusal | None:
    if leaf_id not in leaves:
        return Refusal("LEAF_UNKNOWN", {"leaf_id": leaf_id})
    return None if access.sees_leaf(actor, leaf_id) else Refusal(access.OUT_OF_AREA)


def _sift(items: Iterable[I], refusal: Callable[[I], Refusal | None]) -> tuple[Answers, list[I]]:
    answers: Answers = {}
    accepted: list[I] = []
    for item in items:
        found = refusal(item)
        if found:
            answers[item.act] = found
        else:
            accepted.append(item)
    return answers, accepted


def _ids(table: str, given: list[int | None]) -> list[int]:
    free = iter(_reserve(table, given.count(None)))
    return [n if n is not None else next(free) for n in given]
