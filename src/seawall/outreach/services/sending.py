"""What a sender asks of the room: is this message still wanted, where does it go, what does it say."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from uuid import UUID

from babel.dates import format_date, format_time

from seawall.booking import selectors as booking
from seawall.campaigns import selectors as campaigns
from seawall.people import selectors as people
from seawall.people import services as entering
from seawall.platform import clock, gateway, secrets, sql
from seawall.platform import services as platform
from seawall.platform.gateway import Answer, Bounds, Letter, State
from seawall.platform.part import Part
from seawall.reference import selectors as reference
from seawall.terms.codes import AppointmentState, DueStatus

from .. import selectors, tables

WISHES = """
SELECT person_id, channel, wanted, language, address_sealed FROM outreach_messagechoice
WHERE person_id = ANY(%s) AND until IS NULL
"""
STANDBY, ROUND = "standby", "round"
CODE = "code"  # the one kind that its receiver asked for
SEATED = frozenset({AppointmentState.HELD, AppointmentState.BOOKED})
OPEN = frozenset({DueStatus.NOT_YET, DueStatus.DUE, DueStatus.OVERDUE})


OFFER = f"""
{gateway.QUEUE} VALUES ('person', %s, %s, 'sms', 'standby', %s::jsonb, %s, %s, %s, 'waiting', %s)
{gateway.DONT_REPEAT}
"""
VISIT = f"""
{gateway.QUEUE}
SELECT 'person', u.person_id, u.message, 'sms', 'round', u.params::jsonb, u.dose_rank, %s, u.until, 'waiting', %s
FROM {sql.unnest({"person_id": "bigint", "message": "uuid", "params": "text", "dose_rank": "int", "until": "timestamptz"})}
JOIN {people.LIVING_PERSONS} l ON l.id = u.person_id AND l.has_phone
{gateway.DONT_REPEAT}
"""


def offer_queue(person_id: int, offer: UUID, told: Mapping[str, object]) -> None:
    """A message that a dose is kept for somebody on standby: it goes before reminders, and is of no use when the quarter-hour is over."""
    at = datetime.fromisoformat(str(told["starts_at"]))
    params = {**told, "since": clock.civil_day(at).isoformat()}
    until = max(at, clock.now()) + timedelta(minutes=15)
    row = [person_id, offer, json.dumps(params), gateway.ASKED, clock.civil_day(at), until, clock.now()]
    sql.execute(OFFER, row)


def visits_queue(rows: Sequence[tuple[int, UUID, Mapping[str, object], int, datetime]]) -> None:
    """Messages that somebody is visited: person, message, what it tells, dose rank, and until when it is of use."""
    told = [(person, message, json.dumps(params), rank, until) for person, message, params, rank, until in rows]
    sql.execute(VISIT, [clock.today(), clock.now(), *sql.turn(told, 5)])


def gateway_round() -> int:
    """Send codes that were asked for and what waits, then read the receipts; that it was done is on record. How many messages went."""
    entering.entry_codes_queue()
    sent = gateway.send_round(compose, bounds_on(clock.today()))
    gateway.receipts_round()
    platform.round_done(Part.GATEWAY)
    return sent


def bounds_on(day: date) -> dict[str, Bounds]:
    """What each channel may do on a day."""
    return {
        row.channel: Bounds(row.quiet_from, row.quiet_until, row.cost, row.cap)
        for row in selectors.limits_on(day).values()
    }


def compose(channel: str, taken: Sequence[gateway.Taken]) -> Mapping[UUID, Letter | Answer]:
    """Each message with its address and words, or why it is not sent after all. As many statements for one as for all."""
    batch = Batch(channel, taken)
    return {row[2]: batch.letter(row) for row in taken}


class Batch:
    """What earlier rooms say about the persons of a batch, read once."""

    def __init__(self, channel: str, taken: Sequence[gateway.Taken]) -> None:
        now = clock.now()
        self.channel, self.today = channel, clock.civil_day(now)
        ids = {row[1] for row in taken}
        self.wishes: dict[int, dict[str, tuple[bool, str, bytes | None]]] = {}
        for person, on, wanted, language, sealed in sql.fetch(WISHES, [sorted(ids)]):
            self.wishes.setdefault(person, {})[on] = wanted, language, sealed
        self.phones = people.phones(ids) if channel != "email" else {}
        self.seats = {(a.person_id, a.campaign, a.starts_at) for a in booking.appointments(ids) if a.state in SEATED}
        self.seated = {(person, campaign) for person, campaign, at in self.seats if at >= now}
        self.programmes = {c.code: c.programme for c in campaigns.loaded()}
        self.dues = {p: people.due_rows(ids, p, self.today) for p in set(self.programmes.values())}
        places = {int(row[4]["site_id"]) for row in taken if row[4].get("site_id")}
        self.places = {p.place_id: p for p in reference.places(place_ids=places)} if places else {}
        self.words = {(CODE, code): text for kind, code, text in tables.starters() if kind == CODE}
        self.words |= selectors.words_on(self.today)
        self.usual = reference.city().languages
        self.helpline = selectors.helpline(self.today)

    def letter(self, row: gateway.Taken) -> Letter | Answer:
        _, person, message, kind, params, _, _ = row
        if why := self._unwanted(person, kind, params):
            return Answer(State.DROPPED, why)
        to, language = self._address(person), self._language(person, kind, str(params.get("language", "")))
        if not to or language is None:
            return Answer(State.DROPPED, "MESSAGE_NO_TEMPLATE" if to else "MESSAGE_NO_ADDRESS")
        name = tables.cadence()[kind].name
        subject = name.zh if language == "zh" else name.en
        fields = self._of_code(message) if kind == CODE else self._fields(params, language)
        return Letter(message, to, self.words[kind, language].format(**fields), language, subject)

    def _unwanted(self, person: int, kind: str, params: Mapping[str, object]) -> str:
        """Opted out since, seat changed since, or no longer due. A code was asked for a moment ago."""
        if kind == CODE:
            return ""
        said = self.wishes.get(person, {})
        if any(not said[on][0] for on in ("all", self.channel) if on in said):
            return "MESSAGE_NOT_WANTED"
        campaign = str(params["campaign"])
        if kind in ("eve", "today", STANDBY, ROUND):
            at = datetime.fromisoformat(str(params["starts_at"]))
            return "" if (person, campaign, at) in self.seats else "MESSAGE_SEAT_CHANGED"
        due = self.dues.get(self.programmes.get(campaign, ""), {}).get(person)
        open_still = due is not None and due.status in OPEN and due.dose_rank == params["dose_rank"]
        return "" if open_still and (person, campaign) not in self.seated else "MESSAGE_NOT_DUE"

    def _address(self, person: int) -> str:
        if self.channel != "email":
            return self.phones.get(person, "")
        sealed = self.wishes.get(person, {}).get("email", (False, "", None))[2]
        return secrets.decrypt(sealed) if sealed else ""

    def _language(self, person: int, kind: str, asked_in: str) -> str | None:
        """The one that the person asked in or chose, else the city's first that has words for this, else English."""
        said = self.wishes.get(person, {})
        chosen = [said[on][1] for on in (self.channel, "all") if on in said and said[on][1]]
        return next((code for code in (asked_in, *chosen, *self.usual, "en") if (kind, code) in self.words), None)

    def _of_code(self, ticket: UUID) -> dict[str, str]:
        """Made from the key in this moment; a voice reads digit after digit."""
        way = next(way for way in people.entry_ways().values() if way.channel == self.channel)
        code = people.entry_code(ticket, way.way)
        said = ", ".join(code) if self.channel == "voice" else code
        return {"code": said, "minutes": str(int(way.holds.total_seconds()) // 60), "helpline": self.helpline}

    def _fields(self, params: Mapping[str, object], language: str) -> dict[str, str]:
        locale = {"zh": "zh_Hans"}.get(language, language)
        day, place = date.fromisoformat(str(params["since"])), self.places.get(int(str(params.get("site_id") or 0)))
        at = (
            datetime.fromisoformat(str(params["starts_at"])).astimezone(clock.zone())
            if params.get("starts_at")
            else None
        )
        site = (place.name_zh if language == "zh" else place.name_en or place.name_zh) if place else ""
        return {
            "day": _day(at.date() if at else day, locale),
            "time": _time(at.time(), locale) if at else "",
            "site": site,
            "dose": str(params["dose_rank"]),
            "helpline": self.helpline,
        }


@lru_cache(maxsize=1024)
def _day(day: date, locale: str) -> str:
    """A day of a letter; thousands of letters tell the same few."""
    return str(format_date(day, "long", locale=locale))


@lru_cache(maxsize=1024)
def _time(at: time, locale: str) -> str:
    return str(format_time(at, "HH:mm", locale=locale))
