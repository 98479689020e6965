"""What may be read: one table of resources, each with its permission, its rows and what may be asked for."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from seawall.booking import selectors as booking
from seawall.campaigns import selectors as campaigns
from seawall.clinic import selectors as clinic
from seawall.clinic.selectors import ClosingRow, VisitRow
from seawall.command import selectors as command
from seawall.interfaces.campaign import campaign_named
from seawall.people import selectors as people
from seawall.platform import access, announced, clock
from seawall.platform.announced import ToldFact
from seawall.reference import selectors as reference
from seawall.reference.selectors import AreaRow, PlaceRow, UnitRow
from seawall.reports import selectors as reports
from seawall.safety import selectors as safety
from seawall.safety.selectors import EventRow
from seawall.sites import selectors as sites
from seawall.supply import selectors as supply
from seawall.supply.selectors import ReceivedRow
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.codes import PlaceKind
from seawall.terms.command import AlertRow, OrderRow
from seawall.terms.people import DoseRow, DueRow, PersonRow
from seawall.terms.sites import SessionRow, SiteRow
from seawall.terms.stock import LotRow, ShipmentRow, StockRow
from seawall.terms.visits import AppointmentRow, SeatRow

Asked = Mapping[str, Any]
DAYS = 31  # that one question may span
DAY, DAYS_ON, SITE, PERSONS, PROGRAMME, CAMPAIGN = "day", "until", "site", "person", "programme", "campaign"
PLACE = "place"
KINDS = {
    DAY: "date", DAYS_ON: "date", SITE: "number", PLACE: "number", PERSONS: "numbers", PROGRAMME: "text", "q": "text", CAMPAIGN: "text",
}  # fmt: skip
"""How each parameter is read."""


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """Doses that a unit is asked to give to a group on a day."""

    unit_id: int
    unit_code: str
    group: str
    product: str
    dose_rank: int
    doses: int


@dataclass(frozen=True, slots=True)
class DispatchRow:
    """A unit in the dispatch of a closed day, as it was kept: quota and doses of the day, shares, days of cover, later doses."""

    unit_id: int
    code: str
    name_zh: str
    name_en: str
    quota_today: int
    done_today: int
    gap_doses: int | None
    coverage: float | None
    complete_share: float | None
    cover_days: float | None
    second_due: int
    second_overdue: int
    reported: bool


@dataclass(frozen=True, slots=True)
class Resource:
    """A list that may be read. `key` orders its rows; `looks`: the selector itself records who was looked at.

    `follows`: a day of the city is too long to be read whole, so the database pages: the selector is told after which key
    and how many. `endless`: so it is told where there is no end, and every answer says where to go on. Every other list is
    as short as what it is of: persons asked for by id, divisions, sites, lots, units of a day.
    """

    name: str
    grant: str
    row: Any
    key: tuple[str, ...]
    rows: Callable[[Actor, Asked], Iterable[Any]]
    asks: tuple[str, ...] = field(default=())
    needs: tuple[str, ...] = field(default=())
    looks: bool = False
    follows: bool = False
    endless: bool = False


def _day(asked: Asked) -> date:
    return asked.get(DAY) or clock.today()


def _span(asked: Asked) -> tuple[date, date]:
    first = _day(asked)
    last = asked.get(DAYS_ON) or first
    if not first <= last <= first + timedelta(days=DAYS):
        raise Refused("SPAN_TOO_LONG", days=DAYS)
    return first, last


def _sites(actor: Actor, asked: Asked) -> list[int]:
    """The site asked for, or all that the post sees."""
    if SITE in asked:
        if not access.sees_site(actor, asked[SITE]):
            raise Refused(access.OUT_OF_AREA)
        return [asked[SITE]]
    return [row.site_id for row in sites.sites(_day(asked)) if access.sees_site(actor, row.site_id)]


def _places(actor: Actor) -> list[int]:
    rows: list[PlaceRow] = reference.places([PlaceKind.STORE, PlaceKind.SITE])
    return [row.place_id for row in rows if access.sees_site(actor, row.place_id)]


def _areas(actor: Actor, asked: Asked) -> list[AreaRow]:
    """Divisions of the day, whoever asks: their names and codes are public."""
    wanted = asked.get("q", "").lower()
    rows = reference.areas(_day(asked))
    return [row for row in rows if wanted in f"{row.code} {row.name_zh} {row.name_en}".lower()]


def _units_seen(actor: Actor, asked: Asked) -> list[UnitRow]:
    mine = _units(actor, _day(asked))
    return [row for row in reference.units(_day(asked)) if row.unit_id in mine]


def _units(actor: Actor, day: date) -> set[int]:
    reach = actor.reach
    return {u.unit_id for u in reference.units(day) if reach.everywhere or u.leaves & reach.leaves}


def _persons(actor: Actor, asked: Asked) -> list[PersonRow]:
    if PERSONS in asked:
        return list({row.person_id: row for row in people.persons(actor, asked[PERSONS], "api").values()}.values())
    return people.search(actor, asked.get("q", ""), "api")


def _seen(actor: Actor, asked: Asked) -> list[int]:
    """Those of the persons asked for that the post may see; each look is on record."""
    return list(people.persons(actor, asked[PERSONS], "api"))


def _dues(actor: Actor, asked: Asked) -> list[DueRow]:
    return list(people.due_rows(_seen(actor, asked), asked[PROGRAMME], asked.get(DAY)).values())


def _histories(actor: Actor, asked: Asked) -> list[DoseRow]:
    found = people.dose_rows(_seen(actor, asked), asked[PROGRAMME], corrected=True)
    return [row for rows in found.values() for row in rows]


def _lots(actor: Actor, asked: Asked) -> list[LotRow]:
    return supply.lots(
        None if actor.reach.everywhere else {row.lot for row in supply.stock(_places(actor), ancillary=True)}
    )


def _shipments(actor: Actor, asked: Asked) -> list[ShipmentRow]:
    return supply.shipments(_places(actor), _day(asked), clock.today())


def _received(actor: Actor, asked: Asked) -> list[ReceivedRow]:
    mine = [place for place in _places(actor) if asked.get(PLACE) in (None, place)]
    if PLACE in asked and not mine:
        raise Refused(access.OUT_OF_AREA)
    return supply.received(mine, *_span(asked), asked["limit"], asked["after"] or None)


def _events(actor: Actor, asked: Asked) -> list[EventRow]:
    rows = safety.found(*_span(asked))
    leaves = people.leaves(row.person_id for row in rows)
    return [
        row
        for row in rows
        if access.sees_leaf(actor, leaves.get(row.person_id, 0)) or access.sees_site(actor, row.site_id or 0)
    ]


def _orders(actor: Actor, asked: Asked) -> list[OrderRow]:
    units = _units(actor, _day(asked))
    return [
        row
        for row in command.orders(for_day=_day(asked), campaign=asked.get(CAMPAIGN))
        if row.unit_id in units or row.post_id == actor.post_id or access.sees_site(actor, row.site_id or 0)
    ]


def _alerts(actor: Actor, asked: Asked) -> list[AlertRow]:
    units = _units(actor, _day(asked))
    return [
        row
        for row in command.alerts(asked.get(DAY), campaign=asked.get(CAMPAIGN))
        if row.unit_id in units or access.sees_site(actor, row.site_id or 0)
    ]


def _quotas(actor: Actor, asked: Asked) -> list[QuotaRow]:
    units = _units(actor, _day(asked))
    rows = campaigns.quotas(asked[CAMPAIGN], _day(asked)).iter_rows()
    return [QuotaRow(*row) for row in rows if row[0] in units]


def _closings(actor: Actor, asked: Asked) -> list[ClosingRow]:
    mine = set(_sites(actor, asked))
    return [row for site, row in clinic.closings(_day(asked)).items() if site in mine]


def _dispatch(actor: Actor, asked: Asked) -> list[DispatchRow]:
    campaign = campaign_named(asked.get(CAMPAIGN, ""))
    day = asked.get(DAY) or reports.last_closing(campaign.code)
    units = _units(actor, day) if day else set()
    kept = reports.dispatch_content(campaign.code, day).get("units", []) if day else []
    return [_unit_of_dispatch(row) for row in kept if row["unit_id"] in units]


def _unit_of_dispatch(row: Mapping[str, Any]) -> DispatchRow:
    names = {"name_zh": row["name"]["zh"], "name_en": row["name"]["en"]}
    return DispatchRow(**names, **{name: value for name, value in row.items() if name != "name"})


def _facts(actor: Actor, asked: Asked) -> list[ToldFact]:
    return announced.facts(actor, asked["after"] or announced.BEFORE_ALL, asked["limit"])


def _page(actor: Actor, asked: Asked) -> tuple[list[int], date, tuple[Any, ...], int]:
    """Of which sites and day, after which key, how many."""
    return _sites(actor, asked), _day(asked), asked["after"], asked["limit"]


RESOURCES = (
    Resource("persons", "see:person", PersonRow, ("person_id",), _persons, ("q", PERSONS), looks=True),
    Resource("dues", "see:person", DueRow, ("person_id",), _dues, (DAY,), (PERSONS, PROGRAMME), looks=True),
    Resource(
        "histories", "see:person", DoseRow, ("person_id", "given_on", "act"), _histories, (), (PERSONS, PROGRAMME), looks=True
    ),
    Resource(
        "appointments", "see:arrival", AppointmentRow, ("site_id", "starts_at", "person_id", "appointment"),
        lambda actor, asked: booking.appointments_after(*_page(actor, asked)), (DAY, SITE), follows=True,
    ),
    Resource(
        "slots", "see:site_board", SeatRow, ("site_id", "starts_at"),
        lambda actor, asked: sites.seats_after(*_page(actor, asked)), (DAY, SITE), follows=True,
    ),
    Resource(
        "sites", "see:site", SiteRow, ("site_id",),
        lambda actor, asked: [r for r in sites.sites(_day(asked)) if access.sees_site(actor, r.site_id)], (DAY,),
    ),
    Resource(
        "sessions", "see:site_board", SessionRow, ("site_id", "day"),
        lambda actor, asked: sites.sessions(_day(asked), _sites(actor, asked)), (DAY, SITE),
    ),
    Resource("areas", "see:frame", AreaRow, ("code",), _areas, (DAY, "q")),
    Resource("units", "see:frame", UnitRow, ("unit_id",), _units_seen, (DAY,)),
    Resource(
        "places", "see:supply", PlaceRow, ("place_id",),
        lambda actor, asked: [p for p in reference.places() if access.sees_site(actor, p.place_id)],
    ),
    Resource("lots", "see:supply", LotRow, ("lot",), _lots),
    Resource(
        "stock", "see:supply", StockRow, ("place_id", "lot", "state"),
        lambda actor, asked: supply.stock(_places(actor), ancillary=True),
    ),
    Resource("shipments", "see:supply", ShipmentRow, ("shipment",), _shipments, (DAY,)),
    Resource(
        "receipts", "see:supply", ReceivedRow, ("arrived_at", "receipt"), _received, (DAY, DAYS_ON, PLACE), follows=True
    ),
    Resource(
        "visits", "see:arrival", VisitRow, ("site_id", "visit"),
        lambda actor, asked: clinic.visits_after(*_page(actor, asked)), (DAY, SITE), follows=True,
    ),
    Resource("events", "see:safety", EventRow, ("found_at", "event"), _events, (DAY, DAYS_ON)),
    Resource("orders", "see:orders", OrderRow, ("order",), _orders, (DAY, CAMPAIGN)),
    Resource("alerts", "see:command_board", AlertRow, ("alert",), _alerts, (DAY, CAMPAIGN)),
    Resource("quotas", "see:plan", QuotaRow, ("unit_id", "group", "product", "dose_rank"), _quotas, (DAY,), (CAMPAIGN,)),
    Resource("closings", "see:site_board", ClosingRow, ("site_id",), _closings, (DAY, SITE)),
    Resource("dispatch", "see:evening", DispatchRow, ("unit_id",), _dispatch, (DAY, CAMPAIGN)),
    Resource("facts", "see:journal", ToldFact, ("tx", "turn"), _facts, endless=True),
)  # fmt: skip
