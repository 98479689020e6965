"""Rows about how a site comes into service, what it needs to open, who stands there, and the state of its door."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from .acts import Item, Params
from .codes import DoorState, ProposalState, SiteKind, SiteState
from .visits import SiteOpen


@dataclass(frozen=True, slots=True)
class TeamPost:
    """One post at one station for one day; `role` as in the team table of `sites`."""

    post_id: int
    role: str
    station: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamSet(Item):
    """The whole team of a site for a day; it replaces the one before."""

    site_id: int
    day: date
    programme: str
    members: tuple[TeamPost, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessRecord(Item):
    """What was found in place, or missing, at a site on a day; codes of sites/tables/readiness.csv."""

    site_id: int
    day: date
    ready: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionMark(Item):
    """Close the session of a site on a day."""

    site_id: int
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOpen(SessionMark):
    """Open the session of a site on a day, with what was found in place or missing there; what is not named stays as recorded."""

    ready: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorSet(Item):
    """The door lets people in as planned, slowly, or not at all for now."""

    site_id: int
    state: DoorState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DoorReason:
    """A reason of the table for setting the door to one of `states`."""

    code: str
    states: frozenset[str]
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteClose(Item):
    """A site leaves service from a day on."""

    site_id: int
    day: date
    reason: str


@dataclass(frozen=True, slots=True)
class Described:
    """What is said of a site, in service or only proposed; longitude and latitude in degrees."""

    code: str
    kind: SiteKind
    name_zh: str
    name_en: str
    leaf_id: int
    address_zh: str
    address_en: str
    phone: str
    stations: int
    seats: int
    parent_facility_id: int | None
    longitude: float
    latitude: float
    synthetic: bool

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh-hans" else self.name_en


@dataclass(frozen=True, slots=True)
class SiteRow(Described):
    """A site as others see it; its id is its place id."""

    site_id: int
    state: SiteState
    opened_on: date
    closed_on: date | None
    door: DoorState
    door_reason: str
    door_post_id: int | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One day of one site: planned, open or closed; `products` are given that day, any where none is named."""

    site_id: int
    day: date
    opens_at: datetime
    closes_at: datetime
    stations: int
    state: str
    capacity: int
    taken: int
    products: tuple[str, ...] = ()
    most_waiting: int | None = None

    def gives(self, products: Collection[str]) -> bool:
        """Whether any of these vaccines is given."""
        return not self.products or not set(self.products).isdisjoint(products)


@dataclass(frozen=True, slots=True)
class ReadyRow:
    """One thing that a site needs on a day, and whether it was found."""

    code: str
    stops: bool
    zh: str
    en: str
    ready: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePropose(SiteOpen):
    """A site that might be opened; `gains` says what it would buy, as the siting run that found it measured."""

    gains: Params = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalCheck(Item):
    """What an inspector found in place, or missing, where a site is proposed; codes of sites/tables/checks.csv."""

    proposal: UUID
    found: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalMark(Item):
    """A proposal is approved, published or turned down (then with the reason)."""

    proposal: UUID
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ProposalRow(Described):
    """A proposed site, how far it has come, and who took each step."""

    proposal: UUID
    state: ProposalState
    gains: Params
    found: frozenset[str]
    missing: frozenset[str]
    reason: str
    site_id: int | None
    proposed_by: int
    checked_by: int | None
    approved_by: int | None
    settled_by: int | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One thing an inspector looks for where a site is proposed."""

    code: str
    stops: bool
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class DoorAdvice:
    """What the flow of the next hour says of the door: open, slow or pause, and how many a quarter-hour may come in.

    wait: minutes that 95% stay below; need: chairs wanted at most in the next half hour; both sentences say why.
    """

    level: str
    admit: int
    coming: int
    wait: float
    need: int
    chairs: int
    zh: str
    en: str
