"""Closed lists of words that several rooms store. Open lists (products, groups, reasons) are tables."""

from enum import IntEnum, StrEnum


class Owner(StrEnum):
    """Whose an act is; `platform.access` holds one rule of reach for each."""

    PERSON = "person"
    HOUSEHOLD = "household"
    ORGANISATION = "organisation"
    LEAF = "leaf"  # a street or community
    SITE = "site"
    PLACE = "place"  # any holder of stock
    LOT = "lot"
    UNIT = "unit"  # a reporting unit
    CITY = "city"  # the whole; its id is 0
    CAMPAIGN = "campaign"
    POST = "post"
    ORDER = "order"
    ALERT = "alert"
    PROPOSAL = "proposal"


class Sex(IntEnum):
    """GB/T 2261.1."""

    UNKNOWN = 0
    MALE = 1
    FEMALE = 2
    UNSTATED = 9


class Precision(StrEnum):
    """How much of a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class DoseSource(StrEnum):
    """Where a line of the one dose history came from."""

    CLINIC = "clinic"  # given here, through the clinic
    HISTORY = "history"  # imported from an earlier system of this city
    ELSEWHERE = "elsewhere"  # another province
    ABROAD = "abroad"


class DueStatus(StrEnum):
    """Medical answer of engines.schedule for one person and programme; booking adds the campaign's policy."""

    DUE = "due"
    NOT_YET = "not_yet"
    OVERDUE = "overdue"
    COMPLETE = "complete"
    DEFERRED = "deferred"
    CONTRAINDICATED = "contraindicated"
    INELIGIBLE = "ineligible"
    REVIEW = "review"


class Verdict(StrEnum):
    """Judgement of one dose."""

    VALID = "valid"
    GRACE = "valid_by_grace"
    NOT_VALID = "not_valid"
    EXTRA = "extra"
    REVIEW = "review"


class PlaceKind(StrEnum):
    """Who can hold stock. The last four are virtual: the far end of a movement."""

    STORE = "store"
    SITE = "site"
    VEHICLE = "vehicle"
    HOSPITAL = "hospital"
    MAKER = "maker"
    GIVEN = "given"
    WASTED = "wasted"
    DESTROYED = "destroyed"


VIRTUAL = frozenset({PlaceKind.MAKER, PlaceKind.GIVEN, PlaceKind.WASTED, PlaceKind.DESTROYED})


class StockState(StrEnum):
    ON_HAND = "on_hand"
    IN_TRANSIT = "in_transit"
    QUARANTINED = "quarantined"


class MovementKind(StrEnum):
    """Why doses moved; between real places every kind is a pair of ledger lines that sums to zero."""

    RECEIVE = "receive"
    SEND = "send"
    ACCEPT = "accept"
    USE = "use"
    WASTE = "waste"
    RETURN = "return"
    HOLD = "hold"
    DIFFERENCE = "difference"  # a counted difference, once its cause is signed by two
    CONSUME = "consume"  # ancillary goods used up with the doses of a site's day


class ProductKind(StrEnum):
    """What a product is. Vaccines alone are planned, booked, given and counted as doses; the others are ancillary goods."""

    VACCINE = "vaccine"
    SYRINGE = "syringe"
    SAFETY_BOX = "safety_box"
    FORM = "form"
    DRUG = "drug"
    OTHER = "other"


class NeedPer(StrEnum):
    """What ancillary goods are needed for: so many doses given, a site's day, or a site, which keeps them at all times."""

    DOSE = "dose"
    DAY = "day"
    SITE = "site"


class CodeKind(StrEnum):
    """What a pack bears to be known by; only a trace code of 20 characters and a GS1 serial name one pack."""

    NONE = "none"
    CHINA_20 = "china-20"
    GS1_SERIAL = "gs1-serial"
    GS1_LOT = "gs1-lot"


class LotState(StrEnum):
    RELEASED = "released"
    QUARANTINED = "quarantined"
    RECALLED = "recalled"


class SiteKind(StrEnum):
    FIXED = "fixed"
    TEMPORARY = "temporary"
    MOBILE = "mobile"


class ProposalState(StrEnum):
    """How far a proposed site has come; a published one is a site."""

    PROPOSED = "proposed"
    CHECKED = "checked"
    APPROVED = "approved"
    PUBLISHED = "published"
    REFUSED = "refused"


class SiteState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class DoorState(StrEnum):
    NORMAL = "normal"
    SLOWED = "slowed"
    HELD = "held"


class CapacityLimit(StrEnum):
    """What a quarter-hour is bounded by; of equals the first is named."""

    PLANNED = "planned"
    DOSES = "doses"
    COLD_CHAIN = "cold_chain"
    STAFF = "staff"
    STATIONS = "stations"
    CHAIRS = "chairs"
    WAITING = "waiting"


class AppointmentState(StrEnum):
    HELD = "held"
    BOOKED = "booked"
    ARRIVED = "arrived"
    FULFILLED = "fulfilled"
    MISSED = "missed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class VisitState(StrEnum):
    """The flow strip of a site: 到场 登记 预检 接种 留观 离开."""

    ARRIVED = "arrived"
    SCREENED = "screened"
    CONSENTED = "consented"
    OBSERVING = "observing"
    LEFT = "left"
    DEFERRED = "deferred"
    TURNED_AWAY = "turned_away"
    GONE = "gone"


class ScreeningOutcome(StrEnum):
    """建议接种, 推迟接种, 不宜接种."""

    RECOMMENDED = "recommended"
    DEFERRED = "deferred"
    UNSUITABLE = "unsuitable"


class DayKind(StrEnum):
    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP_WORKDAY = "makeup_workday"


class DosePriority(StrEnum):
    """Dated dose-priority policy of a campaign (rules 1.3, 41)."""

    FIRST_DOSE_FIRST = "first_dose_first"
    SECOND_DOSE_RESERVE = "second_dose_reserve"
    LATER_DOSES_ONLY = "later_doses_only"


class EveningState(StrEnum):
    """How far a run of the evening is."""

    WAITING = "waiting"
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


class OrderState(StrEnum):
    ISSUED = "issued"
    ACKNOWLEDGED = "acknowledged"
    EXECUTED = "executed"
    VERIFIED = "verified"
    LAPSED = "lapsed"  # its day is over and nobody did it, or looked


class KeyState(StrEnum):
    """A key signs, then only stands on the lists, then is taken off them."""

    SIGNS = "signs"
    LISTED = "listed"
    RETIRED = "retired"


class CertificateState(StrEnum):
    """Superseded is still true, of fewer doses; revoked is not."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


class RevocationReason(StrEnum):
    """Why a certificate is taken back."""

    CORRECTED = "corrected"
    MERGED = "merged"
    MISTAKEN = "mistaken"
    FRAUD = "fraud"
    ASKED = "asked"
    KEY = "key"


class BatchState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
