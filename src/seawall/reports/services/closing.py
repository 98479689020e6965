"""Closing the day: units, then the city; what they knew is frozen and never changed."""

from datetime import date
from uuid import UUID

from seawall.campaigns import selectors as campaigns
from seawall.platform import access, clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.terms.actor import Actor
from seawall.terms.acts import Params, Refusal
from seawall.terms.closings import CityDayClose, UnitDayClose
from seawall.terms.codes import Owner

from ..events import CITY_DAY_CLOSED
from ..models import Closing
from ..selectors.series import last_closing
from . import freeze

COLUMNS = ("level", "ref_id", "day", "act", "post_id", "closed_at", "missing")


@verb(Owner.UNIT, zh="区县日结", en="Close the days of units", judged_by_room="reports knows the leaves of a unit")
def unit_day_close(w: Work, items: list[UnitDayClose]) -> Answers:
    """Close the day of units; their sites' own closings become frozen facts, sites that did not close stand as missing."""
    days = sorted({i.day for i in items})
    closed = {(ref, day) for ref, day in _closed("unit", days)}
    open_sites = {day: _open_sites(day) for day in days}
    leaves = {(u.unit_id, day): u.leaves for day in days for u in reference.units(day, None)}
    answers: dict[UUID, Refusal | Params] = {}
    rows = []
    for item in items:
        if not _reached(w.actor, leaves.get((item.unit_id, item.day), frozenset())):
            answers[item.act] = Refusal(access.OUT_OF_AREA)
            continue
        if item.day > clock.today():
            answers[item.act] = Refusal("DAY_NOT_BEGUN", {"day": item.day.isoformat()})
            continue
        if (item.unit_id, item.day) in closed:
            answers[item.act] = Refusal("UNIT_DAY_CLOSED", {"unit": item.unit_id, "day": item.day.isoformat()})
            continue
        missing = open_sites[item.day].get(item.unit_id, [])
        rows.append(("unit", item.unit_id, item.day, item.act, w.actor.post_id, item.occurred_at, missing))
        answers[item.act] = {"missing": len(missing)}
    sql.insert(Closing, COLUMNS, rows)
    for day in days:
        freeze.site_facts(day, [unit for _, unit, on, *_ in rows if on == day])
    return answers


def _reached(actor: Actor, leaves: frozenset[int]) -> bool:
    """A unit is closed by a post that answers for all of it."""
    return actor.reach.everywhere or (bool(leaves) and leaves <= actor.reach.leaves)


def _closed(level: str, days: list[date]) -> list[tuple[int, date]]:
    return [
        (ref, day)
        for ref, day in sql.fetch(
            "SELECT ref_id, day FROM reports_closing WHERE level = %s AND day = ANY(%s)", [level, days]
        )
    ]


def _open_sites(day: date) -> dict[int, list[int]]:
    """Sites with a session on the day that have not closed it, by unit."""
    shut = {site for (site,) in sql.fetch("SELECT site_id FROM clinic_dayclosing WHERE day = %s", [day])}
    unit_of = reference.leaf_units(day)
    waiting: dict[int, list[int]] = {}
    leaf_of = {s.site_id: s.leaf_id for s in sites.sites(day)}
    for session in sites.sessions(day):
        if session.site_id not in shut and session.site_id in leaf_of:
            waiting.setdefault(unit_of[leaf_of[session.site_id]], []).append(session.site_id)
    return waiting


@verb(Owner.CITY, zh="市级日结", en="Close the city's day", tells=(CITY_DAY_CLOSED,))
def city_day_close(w: Work, items: list[CityDayClose]) -> Answers:
    """Close the city's day of a campaign: every planning unit has closed; then what is known is frozen as this closing's facts."""
    return {item.act: _close_city(w, item) for item in items}


def _close_city(w: Work, item: CityDayClose) -> Refusal | Params:
    campaign = campaigns.campaign(item.campaign)
    if campaign is None:
        return Refusal("CAMPAIGN_UNKNOWN", {"campaign": item.campaign})
    later = last_closing(campaign.code)
    if later and later >= item.day:
        return Refusal("CITY_DAY_CLOSED", {"day": item.day.isoformat(), "last": later.isoformat()})
    if item.day > clock.today():
        return Refusal("DAY_NOT_BEGUN", {"day": item.day.isoformat()})
    closed = {ref for ref, _ in _closed("unit", [item.day])}
    units = {u.unit_id for u in reference.units(item.day)}
    missing = sorted(units - closed)
    if missing:
        return Refusal("UNITS_NOT_CLOSED", {"day": item.day.isoformat(), "units": len(missing)})
    sql.insert(
        Closing, COLUMNS, [("city", campaign.campaign_id, item.day, item.act, w.actor.post_id, item.occurred_at, [])]
    )
    given = freeze.given(item.day, campaign.code, campaign.programme)
    tallied = freeze.tallied(item.day, campaign.code) if campaign.tallied else 0
    freeze.standing(item.day, campaign.code, campaign.programme)
    freeze.stock(item.day)
    w.announce(CITY_DAY_CLOSED, "city", 0, item, {"day": item.day.isoformat(), "given": given})
    return {"given": given, **({"tallied": tallied} if campaign.tallied else {})}
