"""Rounds to those who cannot come: proposed from who waits, accepted with one press."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID, uuid5

import numpy as np

from seawall.booking import selectors as booking
from seawall.booking import services as booking_services
from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow
from seawall.engines.siting import great_circle_km
from seawall.people import selectors as people
from seawall.platform import access, clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.sites import services as sites_services
from seawall.supply import selectors as supply
from seawall.supply import services as supply_services
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Params, Refusal
from seawall.terms.codes import Owner, SiteKind, SiteState
from seawall.terms.rounds import HomeboundRow, RoundAccept, RoundPropose, RoundRow
from seawall.terms.sites import SiteRow
from seawall.terms.stock import PackRow, ShipmentSend
from seawall.terms.visits import AppointmentBook, SessionPlan

from .. import selectors, tables
from ..models import Round, Stop
from ..selectors.rounds import ROUND, round_row
from .sending import visits_queue

PROPOSED, ACCEPTED = "proposed", "accepted"
LENT = frozenset({"session_plan", "appointment_book", "shipment_send", "contact_record"})
KEYS = sql.unnest({"site_id": "bigint", "day": "date"})
LOCK = f"""
SELECT {ROUND} FROM outreach_round r JOIN {KEYS} ON r.site_id = u.site_id AND r.day = u.day
ORDER BY r.site_id, r.day FOR UPDATE OF r
"""
EMPTY = f"DELETE FROM outreach_stop s USING {KEYS} WHERE s.site_id = u.site_id AND s.day = u.day"
ACCEPT = f"""
UPDATE outreach_round r SET state = 'accepted', accepted_by = %s FROM {KEYS} WHERE r.site_id = u.site_id AND r.day = u.day
"""
KEEP = f"""
UPDATE outreach_stop s SET persons = ARRAY(SELECT p FROM unnest(s.persons) p WHERE p <> ALL(string_to_array(u.gone, ' ')::bigint[]))
FROM {sql.unnest({"site_id": "bigint", "day": "date", "gone": "text"})} WHERE s.site_id = u.site_id AND s.day = u.day
"""
PROPOSE = """(site_id, day) DO UPDATE SET proposal = excluded.proposal, campaign = excluded.campaign, store_id = excluded.store_id,
    doses = excluded.doses, why = excluded.why, proposed_by = excluded.proposed_by"""
ROUND_COLUMNS = ("site_id", "day", "proposal", "campaign", "store_id", "state", "doses", "why", "proposed_by")
STOP_COLUMNS = ("site_id", "day", "stop", "turn", "leaf_id", "starts_at", "ends_at", "drive_minutes", "persons")
ITERATIONS = 400  # of the solver: a page answers in a few seconds for as many people as it looks at
Day = tuple[int, date]
Accepted = tuple[RoundAccept, RoundRow]


def lent(actor: Actor, persons: Iterable[int]) -> Actor:
    """A round carries the right to the writes that belong to it, for the people on it and no others."""
    return people.reaching(replace(actor, grants=actor.grants | LENT), persons)


# Proposing


@verb(Owner.SITE, zh="生成上门巡回方案", en="Propose rounds")
def round_propose(w: Work, items: list[RoundPropose]) -> Answers:
    """Plan rounds from who waits for a visit; rounds of one day and store are planned together, each person on one of them.

    A proposal binds nobody: proposed again, it is replaced; accepted, its people are booked, who was taken meanwhile is left out.
    """
    stands = {(r.site_id, r.day): r for r in locked((i.site_id, i.day) for i in items)}
    places = {row.site_id: row for day in {i.day for i in items} for row in sites.sites(day)}
    busy = {(i.site_id, i.day) for i in items} & {
        (s.site_id, s.day) for day in {i.day for i in items} for s in sites.sessions(day, {i.site_id for i in items})
    }
    answers: dict[UUID, Refusal | Params] = {}
    asked: dict[tuple[str, date, int], list[RoundPropose]] = defaultdict(list)
    for i in items:
        if refusal := _unplannable(w, i, places.get(i.site_id), stands.get((i.site_id, i.day)), busy):
            answers[i.act] = refusal
        else:
            asked[i.campaign, i.day, i.store_id].append(i)
    taken: set[int] = set()
    for group in asked.values():
        plan = _Plan(w, group, [places[i.site_id] for i in group], taken)
        plan.write()
        taken |= plan.served
        answers |= plan.answers()
    return answers


def _unplannable(
    w: Work, i: RoundPropose, site: SiteRow | None, stands: RoundRow | None, busy: set[Day]
) -> Refusal | None:
    if site is None or site.state is not SiteState.OPEN or site.kind is not SiteKind.MOBILE:
        return Refusal("ROUND_NEEDS_MOBILE", {"site_id": i.site_id})
    if not access.sees_site(w.actor, i.store_id):
        return Refusal(access.OUT_OF_AREA)
    if campaigns.campaign(i.campaign) is None:
        return Refusal("CAMPAIGN_UNKNOWN", {"campaign": i.campaign})
    if i.day < clock.civil_day(w.recorded_at):
        return Refusal("ROUND_DAY_PAST", {"day": i.day.isoformat()})
    if stands and stands.state == ACCEPTED:
        return Refusal("ROUND_ACCEPTED", {"day": i.day.isoformat()})
    return Refusal("SESSION_STANDS", {"day": i.day.isoformat()}) if (i.site_id, i.day) in busy else None


def locked(days: Iterable[Day]) -> list[RoundRow]:
    return [round_row(row) for row in sql.fetch(LOCK, sql.turn(sorted(set(days)), 2))]


class _Door(NamedTuple):
    """Where people wait for one visit together: a street, and an address where one is known."""

    leaf_id: int
    whereabouts: str
    alone: int  # whose address nobody told: a door of their own


@dataclass(frozen=True, slots=True)
class _Visit:
    """One stop that was planned."""

    door: _Door
    starts: float  # minutes of the day
    ends: float
    drive: float
    persons: tuple[int, ...]


def _middle(area: reference.AreaRow | None, above: Mapping[int, reference.AreaRow]) -> tuple[float, float] | None:
    """Where an area lies, as longitude and latitude: its own middle, or that of the nearest area above it that has one."""
    while area is not None:
        if area.longitude is not None and area.latitude is not None:
            return area.longitude, area.latitude
        area = above.get(area.parent_id or 0)
    return None


class _Plan:
    """The rounds of one campaign, day and store."""

    def __init__(self, w: Work, items: Sequence[RoundPropose], at: Sequence[SiteRow], taken: set[int]) -> None:
        self.w, self.items, self.at = w, items, at
        first = items[0]
        found = campaigns.campaign(first.campaign)
        assert found is not None
        self.campaign: CampaignRow = found
        self.day, self.rules = first.day, tables.round_rules(first.day)
        areas = {a.area_id: a for a in reference.leaves(first.day)}
        near = [leaf for leaf in areas if access.sees_leaf(w.actor, leaf)] or [site.leaf_id for site in at]
        self.waiting, rows = selectors.waits_for_visit(
            first.campaign, found.programme, near, clock.civil_day(w.recorded_at), int(self.rules["most"])
        )
        self.left: Counter[str] = Counter()
        able = self._able([row for row in rows if row.person_id not in taken])
        self.kinds = booking.kinds_of([(row.person_id, first.campaign) for row in able])
        fed = self._fed(able)
        above = {a.area_id: a for a in reference.branches(first.day)}
        base = at[0].longitude, at[0].latitude
        self.middles = {leaf: _middle(row, above) or base for leaf, row in areas.items()}
        self.doors: dict[_Door, list[HomeboundRow]] = defaultdict(list)
        for row in fed:
            self.doors[_Door(row.leaf_id, row.whereabouts.casefold(), 0 if row.whereabouts else row.person_id)].append(
                row
            )
        self.visits = self._driven()
        self.served = {p for visits in self.visits.values() for v in visits for p in v.persons}

    def _able(self, rows: Sequence[HomeboundRow]) -> list[HomeboundRow]:
        """Those whom medicine and campaign let have a dose on the day."""
        may = booking.may_book([row.person_id for row in rows], self.campaign.code, self.day)
        self.left["not_open"] = sum(refusal is not None for refusal in may.values())
        return [row for row in rows if may[row.person_id] is None]

    def _fed(self, rows: Sequence[HomeboundRow]) -> list[HomeboundRow]:
        """Those for whom a dose is there that they may be given: later doses first; first doses leave alone what is kept for later ones."""
        store = self.items[0].store_id
        here = {code: row.doses for code, row in supply.usable_doses(store).items()}
        kept = {row.product: min(row.doses, here.get(row.product, 0)) for row in supply.reserves(self.day, [store])}
        later = booking.PlaceDoses(kept)
        free = booking.PlaceDoses({code: doses - kept.get(code, 0) for code, doses in here.items()})
        fed = []
        for row in sorted(rows, key=lambda r: r.dose_rank < 2):
            kind = self.kinds[row.person_id, self.campaign.code]
            if (row.dose_rank > 1 and later.take(kind)) or free.take(kind):
                fed.append(row)
        self.left["no_dose"] = len(rows) - len(fed)
        return fed

    def _driven(self) -> dict[int, list[_Visit]]:
        """Visits by site in order of driving."""
        from seawall.engines.siting.rounds import (  # the solver is loaded by whoever plans
            Session,
            Stops,
            Teams,
            plan_rounds,
        )

        doors, n = list(self.doors), len(self.at)
        if not doors:
            return {}
        rules, count = self.rules, len(doors)
        opens, closes = (60.0 * t.hour + t.minute for t in (self.campaign.opening, self.campaign.closing))
        now = self.w.recorded_at.astimezone(clock.zone())
        if self.day == now.date():
            opens = max(opens, 60.0 * now.hour + now.minute + 1)
        teams = Teams(
            name=[str(site.site_id) for site in self.at], home=np.arange(n), start=np.full(n, opens), end=np.full(n, closes),
            driving=np.full(n, rules["driving"]), cold=np.full(n, rules["cold"]), doses=np.full(n, sum(map(len, self.doors.values()))),
        )  # fmt: skip
        stops = Stops(
            name=[str(k) for k in range(count)], place=np.arange(n, n + count),
            due=np.array([len(self.doors[door]) for door in doors], np.int64), opens=np.full(count, opens), closes=np.full(count, closes),
        )  # fmt: skip
        session = Session(rate=rules["rate"], setup=rules["setup"], observe=60.0 * sites.observe_hours())
        found = plan_rounds(stops, teams, self._minutes(doors), session, iterations=ITERATIONS)
        self.left.update({row["reason"]: row["people"] for row in found.left.iter_rows(named=True)})
        rows = {door: iter(self.doors[door]) for door in doors}
        visits: dict[int, list[_Visit]] = defaultdict(list)
        for row in found.visits.filter(found.visits["stop"].is_not_null()).iter_rows(named=True):
            door = doors[int(row["stop"])]
            persons = tuple(next(rows[door]).person_id for _ in range(row["people"]))
            visits[int(row["round"])].append(_Visit(door, row["starts"], row["ends"], row["drive_minutes"], persons))
        return visits

    def _minutes(self, doors: Sequence[_Door]) -> np.ndarray:
        """Minutes of driving between bases and doors: along the straight line at the speed of the table, and never less than its hop."""
        points = [(site.longitude, site.latitude) for site in self.at] + [self.middles[door.leaf_id] for door in doors]
        lon, lat = np.array(points, float).T
        km = great_circle_km(lon[:, None], lat[:, None], lon[None, :], lat[None, :])
        minutes = np.maximum(km / self.rules["speed"] * 60.0, self.rules["hop"])
        np.fill_diagonal(minutes, 0.0)
        return minutes

    def _doses(self, visits: Sequence[_Visit]) -> Counter[str]:
        """Doses to take along, by product."""
        here = {code: row.doses for code, row in supply.usable_doses(self.items[0].store_id).items()}
        aboard = booking.PlaceDoses(here)
        for visit in visits:
            for person in visit.persons:
                aboard.take(self.kinds[person, self.campaign.code])
        return aboard.kept()

    def write(self) -> None:
        """Keep the proposals with what explains them."""
        rows, stops = [], []
        for i in self.items:
            visits = self.visits.get(i.site_id, [])
            rows.append(
                (
                    i.site_id,
                    i.day,
                    i.act,
                    i.campaign,
                    i.store_id,
                    PROPOSED,
                    dict(self._doses(visits)),
                    self._why(visits),
                )
                + (self.w.actor.post_id,)
            )
            for n, v in enumerate(visits, 1):
                hours = self._moment(v.starts), self._moment(v.ends)
                stops.append((i.site_id, i.day, n, n, v.door.leaf_id, *hours, round(v.drive), list(v.persons)))
        sql.execute(EMPTY, sql.turn([(i.site_id, i.day) for i in self.items], 2))
        sql.insert(Round, ROUND_COLUMNS, rows, on_conflict=PROPOSE)
        sql.insert(Stop, STOP_COLUMNS, stops)

    def _why(self, visits: Sequence[_Visit]) -> dict[str, int]:
        return {
            "waiting": self.waiting,
            "people": sum(len(v.persons) for v in visits),
            "drive": round(sum(v.drive for v in visits)),
            "most_drive": int(self.rules["driving"]),
            "cold": int(self.rules["cold"]),
            **{f"left_{reason}": people for reason, people in self.left.items() if people},
        }

    def _moment(self, minutes: float) -> datetime:
        midnight = datetime.combine(self.day, time(), clock.zone())
        return midnight + timedelta(minutes=math.ceil(minutes))

    def answers(self) -> Answers:
        return {
            i.act: {"people": sum(len(v.persons) for v in self.visits.get(i.site_id, [])), "waiting": self.waiting}
            for i in self.items
        }


# Accepting


@verb(Owner.SITE, zh="采用上门巡回方案", en="Accept rounds")
def round_accept(w: Work, items: list[RoundAccept]) -> Answers:
    """Open the day of each round with a seat for everybody on it, tell them, and ask the store for the doses.

    Who has a seat elsewhere since, or was taken by another round, is left out and counted.
    """
    rounds = {(r.site_id, r.day): r for r in locked((i.site_id, i.day) for i in items)}
    stops = {(r.site_id, r.day): r.stops for r in _with_stops(rounds)}
    answers: dict[UUID, Refusal | Params] = {}
    good: dict[Day, RoundAccept] = {}
    for i in items:
        found = rounds.get((i.site_id, i.day))
        if found is None or found.proposal != i.proposal or (i.site_id, i.day) in good:
            answers[i.act] = Refusal("ROUND_UNKNOWN", {"day": i.day.isoformat()})
        elif found.state == ACCEPTED:
            answers[i.act] = Refusal("ROUND_ACCEPTED", {"day": i.day.isoformat()})
        elif not any(stop.persons for stop in stops.get((i.site_id, i.day), ())):
            answers[i.act] = Refusal("ROUND_EMPTY", {"day": i.day.isoformat()})
        else:
            good[i.site_id, i.day] = i
    planned = _sessions(w, [(i, replace(rounds[key], stops=stops[key])) for key, i in good.items()])
    for i, why in planned.items():
        if why:
            answers[i.act] = why
            del good[i.site_id, i.day]
    answers |= _taken_along(w, [(i, replace(rounds[key], stops=stops[key])) for key, i in good.items()])
    sql.execute(ACCEPT, [w.actor.post_id, *sql.turn(sorted(good), 2)])
    return answers


def _with_stops(rounds: Mapping[Day, RoundRow]) -> list[RoundRow]:
    if not rounds:
        return []
    days = [day for _, day in rounds]
    return selectors.rounds([site for site, _ in rounds], min(days), max(days))


def _seats(r: RoundRow) -> dict[int, datetime]:
    """The quarter-hour of everybody on a round: one after the other at each stop, as long as each takes."""
    rules = tables.round_rules(r.day)
    step, first = timedelta(hours=1 / rules["rate"]), timedelta(minutes=rules["setup"])
    return {
        person: sites.slot_of(stop.starts_at + first + n * step)
        for stop in r.stops
        for n, person in enumerate(stop.persons)
    }


def _sessions(w: Work, rounds: Sequence[Accepted]) -> dict[RoundAccept, Refusal | None]:
    """Plan the day of each round, without a seat that is not somebody's."""
    plans = [
        SessionPlan(
            act=uuid5(i.act, "session"), occurred_at=i.occurred_at, site_id=i.site_id, day=i.day,
            opens=_local(sites.slot_of(min(stop.starts_at for stop in r.stops))),
            closes=_local(sites.slot_of(max(stop.ends_at for stop in r.stops)) + sites.slot_length()),
            stations=1, seats_per_slot=0, only_new=True, public=False,
        )
        for i, r in rounds
    ]  # fmt: skip
    done = sites_services.session_plan(lent(w.actor, ()), plans)
    refused = {i: outcome.refusal for (i, _), outcome in zip(rounds, done, strict=True)}
    wanted = (((r.site_id, at), 1) for i, r in rounds if refused[i] is None for at in _seats(r).values())
    sites_services.seats_plan(_counted(wanted))
    return refused


def _local(at: datetime) -> time:
    return at.astimezone(clock.zone()).time()


def _counted(seats: Iterable[tuple[tuple[int, datetime], int]]) -> dict[tuple[int, datetime], int]:
    """How many seats each quarter-hour is to have, those with none among them."""
    found: dict[tuple[int, datetime], int] = defaultdict(int)
    for seat, number in seats:
        found[seat] += number
    return found


def _taken_along(w: Work, rounds: Sequence[Accepted]) -> Answers:
    """Seats for the people of the rounds, the message to each, and what the stores are asked for."""
    of: dict[UUID, Accepted] = {}
    wanted = []
    for i, r in rounds:
        for person, at in _seats(r).items():
            item = AppointmentBook(
                act=uuid5(i.act, str(person)), occurred_at=i.occurred_at, person_id=person, campaign=r.campaign,
                site_id=r.site_id, starts_at=at,
            )  # fmt: skip
            of[item.act] = i, r
            wanted.append(item)
    under = {act: r.proposal for act, (_, r) in of.items()}
    outcomes = booking_services.appointment_book(
        lent(w.actor, {item.person_id for item in wanted}), wanted, under=under
    )
    booked = list(zip(wanted, outcomes, strict=True))
    sites_services.seats_plan(_counted(((item.site_id, item.starts_at), int(o.done)) for item, o in booked))
    gone: dict[RoundAccept, list[int]] = {i: [] for i, _ in rounds}
    for item, outcome in booked:
        if outcome.refusal:
            gone[of[item.act][0]].append(item.person_id)
    sql.execute(KEEP, sql.turn([(i.site_id, i.day, " ".join(map(str, lost))) for i, lost in gone.items() if lost], 3))
    visits_queue([_message(item, o, of[item.act][1]) for item, o in booked if o.done])
    packs = _ask_stores(w, rounds)
    return {
        i.act: {"people": len(_seats(r)) - len(gone[i]), "left": len(gone[i]), "packs": packs[i.act]} for i, r in rounds
    }


def _message(
    item: AppointmentBook, outcome: Outcome, r: RoundRow
) -> tuple[int, UUID, Mapping[str, object], int, datetime]:
    stop = next(s for s in r.stops if item.person_id in s.persons)
    rank = int(str(outcome.answer["dose_rank"]))
    told = {
        "campaign": r.campaign, "dose_rank": rank, "since": r.day.isoformat(), "site_id": r.site_id,
        "starts_at": item.starts_at.isoformat(),
    }  # fmt: skip
    return item.person_id, uuid5(item.act, "round"), told, rank, stop.ends_at


def _ask_stores(w: Work, rounds: Sequence[Accepted]) -> Counter[UUID]:
    """Whole packs that stores are asked to send to cold boxes, first expired first; what is aboard already is not asked for."""
    here: dict[int, list[PackRow]] = defaultdict(list)
    for pack in supply.packs(sorted({place for _, r in rounds for place in (r.store_id, r.site_id)})):
        here[pack.place_id].append(pack)
    asked: Counter[UUID] = Counter()
    picks = []
    for i, r in rounds:
        lacking = Counter(r.doses)
        lacking.subtract(_doses_of(here[r.site_id]))
        closed = [pack for pack in here[r.store_id] if not pack.opened]
        lots: Counter[str] = Counter()
        for pack in closed:
            if lacking[pack.product] > 0:
                lacking[pack.product] -= pack.doses_left
                lots[pack.lot] += 1
                here[r.store_id].remove(pack)
        asked[i.act] = lots.total()
        picks += [
            ShipmentSend(
                act=uuid5(i.act, lot), occurred_at=i.occurred_at, from_place_id=r.store_id, to_place_id=r.site_id, lot=lot,
                packs=count, expected_on=r.day,
            )
            for lot, count in lots.items()
        ]  # fmt: skip
    supply_services.picks_make(lent(w.actor, ()), picks)
    return asked


def _doses_of(packs: Iterable[PackRow]) -> Counter[str]:
    found: Counter[str] = Counter()
    for pack in packs:
        found[pack.product] += pack.doses_left
    return found
