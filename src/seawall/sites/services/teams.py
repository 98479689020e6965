"""Who stands where on a day, and what was found in place."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.staff import selectors as staff
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner
from seawall.terms.sites import ReadinessRecord, SessionOpen, TeamSet

from .. import tables
from ..models import Readiness, TeamMember

Day = tuple[int, date]
Duties = Mapping[str, tables.Role]
STATIONS = f"""
SELECT u.site_id, u.day, coalesce(d.stations, s.stations)
FROM {sql.unnest({"site_id": "bigint", "day": "date"})} JOIN sites_site s ON s.site_id = u.site_id
LEFT JOIN sites_session d ON d.site_id = u.site_id AND d.day = u.day
"""
CLEAR = f"""
DELETE FROM sites_teammember t USING {sql.unnest({"site_id": "bigint", "day": "date"})}
WHERE t.site_id = u.site_id AND t.day = u.day
"""


@verb(Owner.SITE, zh="排班", en="Set teams")
def team_set(w: Work, items: list[TeamSet]) -> Answers:
    """Set the team of a site for a day; too few, too many or without certificate is refused, naming the role or post."""
    days = sorted({(i.site_id, i.day) for i in items})
    stations = {(site, day): n for site, day, n in sql.fetch(STATIONS, sql.turn(days, 2))}
    duties = {key: tables.team(key[1], there) for key, there in stations.items()}
    certified = _certified(items, duties)
    answers: dict[UUID, Refusal | Params] = {}
    good: dict[tuple[int, date], TeamSet] = {}
    for item in items:
        there = stations.get((item.site_id, item.day))
        if there is None:
            answers[item.act] = Refusal("SITE_NOT_OPEN", {"site_id": item.site_id})
            continue
        refusal = _sound(item, duties[item.site_id, item.day], there, certified[item.programme, item.day])
        if refusal:
            answers[item.act] = refusal
            continue
        good[item.site_id, item.day] = item
        answers[item.act] = {"members": len(item.members)}
    sql.execute(CLEAR, sql.turn(list(good), 2))
    rows = {
        (i.site_id, i.day, m.post_id, m.role): (i.site_id, i.day, m.post_id, m.role, m.station)
        for i in good.values()
        for m in i.members
    }
    sql.insert(TeamMember, ("site_id", "day", "post_id", "role", "station"), list(rows.values()))
    return answers


def _certified(items: list[TeamSet], duties: Mapping[Day, Duties]) -> dict[tuple[str, date], frozenset[int]]:
    """Of each programme and day, the posts that may do what needs a certificate."""
    wanted: dict[tuple[str, date], set[int]] = {}
    for item in items:
        roles = duties.get((item.site_id, item.day), {})
        posts = {m.post_id for m in item.members if m.role in roles and roles[m.role].certified}
        wanted.setdefault((item.programme, item.day), set()).update(posts)
    return {
        (programme, day): frozenset(staff.certified(sorted(posts), day, programme)) if posts else frozenset()
        for (programme, day), posts in wanted.items()
    }


def _sound(item: TeamSet, duties: Duties, stations: int, certified: frozenset[int]) -> Refusal | None:
    counts = Counter(m.role for m in item.members)
    for member in item.members:
        role = duties.get(member.role)
        if role is None:
            return Refusal("ROLE_UNKNOWN", {"role": member.role})
        if role.certified and member.post_id not in certified:
            return Refusal("NOT_CERTIFIED", {"post_id": member.post_id, "role": member.role})
    for role in duties.values():
        there = counts[role.role]
        if there < role.needed(stations):
            return Refusal("TEAM_TOO_SMALL", {"role": role.role, "there": there, "least": role.needed(stations)})
        if role.most is not None and there > role.most:
            return Refusal("TEAM_TOO_LARGE", {"role": role.role, "there": there, "most": role.most})
    return None


@verb(Owner.SITE, zh="登记开诊准备", en="Record readiness")
def readiness_record(w: Work, items: list[ReadinessRecord]) -> Answers:
    """Write down what was found in place and what was missing; the last word of a day counts."""
    answers: dict[UUID, Refusal | Params] = {
        i.act: {"ready": len(i.ready - i.missing), "missing": len(i.missing)} for i in items
    }
    return answers | keep_readiness(w, items)


def keep_readiness(w: Work, items: Sequence[ReadinessRecord | SessionOpen]) -> dict[UUID, Refusal]:
    """Write what these items found in place or missing; those that name something no site needs are refused."""
    refused: dict[UUID, Refusal] = {}
    rows: dict[tuple[int, date, str], tuple[object, ...]] = {}
    known = {day: tables.needs(day) for day in {i.day for i in items}}
    for i in items:
        unknown = sorted((i.ready | i.missing) - known[i.day].keys())
        if unknown:
            refused[i.act] = Refusal("READINESS_UNKNOWN", {"need": ", ".join(unknown)})
            continue
        for code in i.ready | i.missing:
            ready = code not in i.missing
            rows[i.site_id, i.day, code] = (i.site_id, i.day, code, ready, i.occurred_at, w.actor.post_id)
    sql.insert(
        Readiness,
        ("site_id", "day", "code", "ready", "checked_at", "checked_by"),
        list(rows.values()),
        on_conflict="(site_id, day, code) DO UPDATE SET ready = excluded.ready, checked_at = excluded.checked_at, "
        "checked_by = excluded.checked_by",
    )
    return refused
