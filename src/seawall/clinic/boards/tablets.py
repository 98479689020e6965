"""Tablets of a site: who signs on them, when they were last heard of, and their acts that wait to be settled."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from seawall.people import selectors as people
from seawall.platform import clock, sql
from seawall.platform.verbs import all_verbs
from seawall.sites.boards.week import reached
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor
from seawall.terms.acts import Refusal
from seawall.terms.names import Name
from seawall.terms.sites import SiteRow

from .. import tables

MOST = 200
TABLETS = """
SELECT tablet, name, by_post, enrolled_at, revoked_at, seen_at, waiting, clock_off FROM clinic_tablet
WHERE site_id = %s ORDER BY revoked_at IS NOT NULL, name, tablet
"""
SIGNERS = "SELECT tablet, post_id FROM clinic_tabletsigner WHERE site_id = %s ORDER BY post_id"
CONFLICTS = """
SELECT act, verb, tablet, post_id, visit, person_id, code, params, occurred_at, settled, note, settled_by, settled_at
FROM clinic_syncconflict WHERE site_id = %s AND (settled = '' OR settled_at >= %s)
ORDER BY settled <> '', occurred_at LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class TabletRow:
    """One tablet. `waiting`: acts that it had not sent when it was last heard of; `clock_off`: seconds that its clock was ahead."""

    tablet: UUID
    name: str
    enrolled_at: datetime
    revoked_at: datetime | None
    seen_at: datetime | None
    waiting: int
    clock_off: int
    signers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """An act that could not be taken: what, whose, by whom, why, and what is proposed."""

    act: UUID
    verb: str
    done: Name
    tablet: str
    by: staff.Owner | None
    person: str
    why: Refusal
    occurred_at: datetime
    proposal: tables.Proposal
    settled: Name | None
    note: str
    settled_by: staff.Owner | None


@dataclass(frozen=True, slots=True)
class TabletsPage:
    """Tablets in use and their conflicts, the open ones first."""

    site: SiteRow
    now: datetime
    tablets: tuple[TabletRow, ...]
    conflicts: tuple[ConflictRow, ...]
    ways: tuple[tables.Way, ...]

    @property
    def open(self) -> int:
        return sum(row.settled is None for row in self.conflicts)


def tablets_page(actor: Actor, site_id: int) -> TabletsPage:
    """For who runs the site's day."""
    site, on = reached(actor, site_id), clock.today()
    signers: dict[UUID, list[int]] = {}
    for tablet, post in sql.fetch(SIGNERS, [site_id]):
        signers.setdefault(tablet, []).append(post)
    posts = staff.posts_by_id({post for own in signers.values() for post in own}, on)
    tablets = tuple(
        TabletRow(tablet, name, enrolled, revoked, seen, waiting, off,
                  tuple(posts[p].person for p in signers.get(tablet, ()) if p in posts))
        for tablet, name, _, enrolled, revoked, seen, waiting, off in sql.fetch(TABLETS, [site_id])
    )  # fmt: skip
    names = {row.tablet: row.name for row in tablets}
    return TabletsPage(site, clock.now(), tablets, _conflicts(actor, site_id, on, names), tuple(_chosen()))


def _chosen() -> list[tables.Way]:
    """Ways that a person may choose; the sync itself finds out what a dose covers."""
    return [way for way in tables.ways().values() if way.code != "covered"]


def _conflicts(actor: Actor, site_id: int, on: date, names: Mapping[UUID, str]) -> tuple[ConflictRow, ...]:
    rows = sql.fetch(CONFLICTS, [site_id, datetime.combine(on, time(), clock.zone()), MOST])
    ids = sorted({row[5] for row in rows if row[5]})
    shown = people.persons(people.reaching(actor, ids), ids, "tablets") if ids else {}
    verbs, ways = all_verbs(), tables.ways()
    return tuple(
        ConflictRow(
            act=act,
            verb=verb,
            done=Name(verbs[verb].zh, verbs[verb].en),
            tablet=names.get(tablet, ""),
            by=staff.owner(post),
            person=shown[person].name if person in shown else "",
            why=Refusal(code, json.loads(params)),
            occurred_at=occurred,
            proposal=tables.proposal(verb, code),
            settled=Name(ways[settled].zh, ways[settled].en) if settled else None,
            note=note,
            settled_by=staff.owner(by),
        )
        for act, verb, tablet, post, _, person, code, params, occurred, settled, note, by, _ in rows
    )
