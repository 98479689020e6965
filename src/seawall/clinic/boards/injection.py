"""The injection station: may this person be given this vial, now, and by whom?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from seawall.booking import selectors as booking
from seawall.people import selectors as people
from seawall.platform import access, clock
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.supply import selectors as supply
from seawall.supply.selectors import ScannedPack
from seawall.terms.actor import Actor
from seawall.terms.acts import Refusal
from seawall.terms.codes import DueStatus
from seawall.terms.names import Name
from seawall.terms.people import DueRow
from seawall.terms.stock import PackRow
from seawall.terms.visits import DoseGive

from .. import hands, selectors, services
from ..hands import Signers
from ..rows import VisitRow
from ..tables import CheckRow, Route, Why, checks, not_given
from .desk import series_of
from .station import Station, station

GIVABLE = {DueStatus.DUE, DueStatus.OVERDUE}
UNOPENED = {"DILUENT_MISSING", "VVM_NOT_READ"}
PACKS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Vial:
    """The pack that was scanned, with the product's name and the doses of its series."""

    pack: ScannedPack
    name: Name
    of: int | None


@dataclass(frozen=True, slots=True)
class PackHere:
    """A pack of this site that may be used for the person."""

    pack: PackRow
    name: Name


@dataclass(frozen=True, slots=True)
class How:
    """How the product is given."""

    volume_ml: float
    route: Route


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether this dose may be given; `whys` forbid it, `switched` asks for a reason to change the product."""

    vial: Vial | None
    scanned: bool
    whys: tuple[Refusal, ...]
    hands: Signers
    switched: bool
    how: How | None
    checks: tuple[CheckRow, ...]
    packs: tuple[PackHere, ...]
    wish: Name | None  # the vaccine that the person chose when booking

    @property
    def ok(self) -> bool:
        return self.scanned and not self.whys

    @property
    def to_open(self) -> bool:
        """Only the opening of the vial is missing: its monitor read, its diluent put in."""
        return self.vial is not None and bool(self.whys) and {why.code for why in self.whys} <= UNOPENED


@dataclass(frozen=True, slots=True)
class JustGiven:
    """A dose recorded so short a time ago that it may be taken back."""

    visit: UUID
    ticket: int
    name: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class InjectionPage:
    """The station, with a decision while somebody stands there."""

    station: Station
    decision: Decision | None
    just_given: tuple[JustGiven, ...]
    not_given: tuple[Why, ...]


def injection(actor: Actor, site_id: int, visit: UUID | None, code: str) -> InjectionPage:
    """With `code` the pack that was scanned."""
    shown = station(actor, site_id, "injection", visit)
    decision = _decision(actor, shown.here, code) if shown.here else None
    return InjectionPage(shown, decision, _just_given(actor, site_id, shown.now), tuple(not_given().values()))


def _just_given(actor: Actor, site_id: int, now: datetime) -> tuple[JustGiven, ...]:
    rows = selectors.just_given(site_id, now) if access.may(actor, "dose_reverse") else []
    ids = [row.person_id for row in rows]
    named = people.persons(people.reaching(actor, ids), ids, "injection") if ids else {}
    return tuple(
        JustGiven(row.visit, row.ticket, named[row.person_id].name, row.injected_at)
        for row in rows
        if row.person_id in named and row.injected_at
    )


def _decision(actor: Actor, here: VisitRow, code: str) -> Decision:
    on = clock.today()
    due = people.due_rows([here.person_id], here.programme, on).get(here.person_id)
    signers = hands.vaccinators(actor, here.site_id, here.programme, on, selectors.screener(here.site_id, here.visit))
    pack, refusal = supply.scanned(here.site_id, code, clock.now()) if code else (None, None)
    how = _how(pack, on)
    whys, switched = _before_the_vial(here, due, signers, on), False
    if code and not whys:
        answer = refusal or (_answer(actor, here, pack, signers, how.route.arms[0]) if pack and how else None)
        switched = answer is not None and answer.code == "PRODUCT_SWITCH_NEEDS_REASON"
        whys = [] if answer is None or switched else [answer]
    names = reference.product_names(on)
    booked = booking.appointment(here.person_id, here.appointment)
    wish = booked.product if booked else ""
    return Decision(
        vial=Vial(pack, names.get(pack.product, Name.code(pack.product)), series_of((pack.product,))) if pack else None,
        scanned=bool(code),
        whys=tuple(whys),
        hands=signers,
        switched=switched,
        how=how,
        checks=checks(),
        packs=tuple(
            PackHere(p, names.get(p.product, Name.code(p.product)))
            for p in _fitting(supply.packs([here.site_id]), due, wish)
        ),
        wish=names.get(wish, Name.code(wish)) if wish else None,
    )


def _how(pack: ScannedPack | None, on: date) -> How | None:
    found = selectors.given_how(pack.product, on) if pack else None
    return How(*found) if found else None


def _fitting(packs: Sequence[PackRow], due: DueRow | None, wish: str) -> Sequence[PackRow]:
    """The first packs of what the person is due, the vaccine chosen before others."""
    fitting = [p for p in packs if not due or p.product in due.products]
    return sorted(fitting, key=lambda p: p.product != wish)[:PACKS_SHOWN]


def _before_the_vial(here: VisitRow, due: DueRow | None, signers: Signers, on: date) -> list[Refusal]:
    """What forbids the dose whatever the vial: said when the person is called, before anything is opened."""
    whys = []
    if due is None:
        whys.append(Refusal("NO_DUE_ANSWER", {"programme": here.programme}))
    elif due.status not in GIVABLE:
        whys.append(people.why_due(due, on))
    if not signers.posts:
        whys.append(signers.barred or Refusal("NOBODY_TO_SIGN"))
    if not any(s.state == "open" for s in sites.sessions(on, [here.site_id])):
        whys.append(Refusal("SESSION_CLOSED_HERE", {"day": on.isoformat()}))
    return whys


def _answer(actor: Actor, here: VisitRow, pack: ScannedPack, signers: Signers, arm: str) -> Refusal | None:
    """What the act itself would answer with every check made; a post that may not inject sees no answer."""
    if not access.may(actor, "dose_give"):
        return None
    item = DoseGive(
        act=uuid4(), occurred_at=clock.now(), site_id=here.site_id, visit=here.visit, code=pack.code,
        product=pack.product, arm=arm, vaccinator_post_id=signers.posts[0].post_id,
    )  # fmt: skip
    return services.dose_ask(actor, [item])[0].refusal
