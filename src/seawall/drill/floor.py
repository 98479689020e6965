"""The day of all sites at once, in blocks: the door, the inquiry, consent, the dose, the half hour, leaving."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

import polars as pl

from seawall.booking import services as booking
from seawall.clinic import selectors as clinic_selectors
from seawall.clinic import services as clinic
from seawall.clinic.selectors import ConsentVersion, GivenRow
from seawall.engines.rehearsal.allotment import Pack, Vials
from seawall.engines.rehearsal.behaviour import Fate, attendance, inquiry, leaving
from seawall.platform import services as platform
from seawall.reference import selectors as reference
from seawall.supply import selectors as supply
from seawall.supply import services as supply_services
from seawall.terms.acts import Outcome
from seawall.terms.codes import ScreeningOutcome
from seawall.terms.stock import VialOpen
from seawall.terms.visits import AppointmentChange, Arrival, ConsentRecord, DoseGive, ObservationEnd, ScreeningRecord

from . import planted
from .acts import Acts, after, holding
from .crew import Crew
from .world import World

DILUENT = "SYN-D"  # lot of the diluent that comes with vials of several doses
STALE = "SVACEXP01"  # a lot that runs out at one site, which nobody takes up before
OPEN_MINUTES = 28.0  # a little under the strictest limit of an opened pack
RECHECK = 3  # days until somebody with a fever may try again


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose of the day as the floor saw it."""

    person: int
    site: int
    visit: UUID
    at: datetime
    lot: str
    product: str
    code: str = ""
    emptied: bool = False  # its pack held this one dose


@dataclass
class Floor:
    """What one day's floor needs and gathers."""

    world: World
    crew: Crew
    day: date
    quota: dict[tuple[str, str], int]  # unit, product -> first doses meant for the day
    already: dict[UUID, GivenRow]  # visits that have their dose: the day was lived in part before
    given: list[Dose] = field(default_factory=list)
    turned: list[int] = field(default_factory=list)  # unsuitable, or said no: nobody asks them again
    back: list[int] = field(default_factory=list)  # to be asked again
    waiting: list[ObservationEnd] = field(default_factory=list)
    refused: list[tuple[Dose, Outcome]] = field(default_factory=list)

    @property
    def acts(self) -> Acts:
        return Acts(self.world.seed, self.day)

    def product_of(self, lot: str) -> str:
        """Product of a lot of the campaign's table, or of the stale lot."""
        rows = self.world.scenario.supply.filter(pl.col("lot") == lot)["product"]
        return str(rows[0]) if len(rows) else self.world.stale[0]


def expected(world: World, booked: pl.DataFrame, day: date) -> pl.DataFrame:
    """Everybody booked, with traits and what each will do: came, late or no_show; `at` is when they stand at the door."""
    people = world.city.persons.select("person", "unit", "punctuality", "allergic", "pregnant")
    rows = booked.join(people, on="person", how="left", maintain_order="left")
    fate = Fate(world.seed, day.toordinal(), 2)
    rows = attendance(rows, world.behaviour, fate)
    rows = rows.with_columns(at=pl.col("starts_at") + pl.duration(minutes="shift")).drop("shift")
    return inquiry(rows, world.behaviour, fate)


Before = Callable[[list[tuple[DoseGive, int]]], None]


def play_block(floor: Floor, people: pl.DataFrame, opens: datetime, closes: datetime, before_doses: Before) -> None:
    """One block of the day: everybody whose turn at the door falls in [opens, closes). `before_doses` hears of the doses
    about to be given, each with its rank."""
    here = people.filter((pl.col("at") >= opens) & (pl.col("at") < closes) & (pl.col("outcome") != "no_show"))
    platform.clock_set(after(closes, 20))
    here = _arrive(floor, _with_pack(floor, here.sort("at", "person")))
    here = _consent(floor, _screen(floor, here))
    _inject(floor, here, before_doses)
    _leave(floor, after(closes, 20))


def _with_pack(floor: Floor, here: pl.DataFrame) -> pl.DataFrame:
    """Find a pack for each before letting them in; who finds none of their product is sent home to be asked again."""
    stock = vials(sorted(floor.crew.units))
    kept: dict[tuple[int, str], int] = Counter(
        here.filter(pl.col("dose_rank") > 1).select("site", "product").iter_rows()
    )
    kept |= {(r.place_id, r.product): max(r.doses, kept.get((r.place_id, r.product), 0))
             for r in supply.reserves(floor.day, sorted(floor.crew.units))}  # fmt: skip
    packs: list[Pack | None] = []
    for row in here.iter_rows(named=True):
        minute = row["at"].timestamp() / 60
        if floor.acts("visit", row["person"]) in floor.already:
            packs.append(Pack(row["site"], "", "", "", 0))
        elif row["dose_rank"] > 1:
            packs.append(stock.draw(row["site"], row["product"], minute))
            kept[row["site"], row["product"]] = max(0, kept.get((row["site"], row["product"]), 0) - 1)
        else:
            packs.append(_first_pack(floor, stock, kept, row["unit"], row["site"], minute))
    found = here.with_columns(
        code=pl.Series([p.code if p else None for p in packs], dtype=pl.String),
        lot=pl.Series([p.lot if p else None for p in packs], dtype=pl.String),
        vaccine=pl.Series([p.product if p else None for p in packs], dtype=pl.String),
        emptied=pl.Series([p is not None and p.single for p in packs], dtype=pl.Boolean),
    )
    _send_home(floor, found.filter(pl.col("code").is_null()))
    return found.filter(pl.col("code").is_not_null())


def _first_pack(
    floor: Floor, stock: Vials, kept: dict[tuple[int, str], int], unit: str, site: int, minute: float
) -> Pack | None:
    """The product with most of its quota left, else any, of which more is here than later doses need."""
    meant = sorted(((n, p) for (u, p), n in floor.quota.items() if u == unit and n > 0), reverse=True)
    spare = {p for p in floor.world.scenario.products["product"] if stock.stock(site, p) > kept.get((site, p), 0)}
    for product in [p for _, p in meant if p in spare] + [
        p for p in floor.world.scenario.products["product"] if p in spare
    ]:
        pack = stock.draw(site, product, minute)
        if pack is not None:
            floor.quota[unit, product] = floor.quota.get((unit, product), 0) - 1
            return pack
    return None


def _send_home(floor: Floor, people: pl.DataFrame) -> None:
    items = [
        AppointmentChange(
            act=floor.acts("no vaccine", person), occurred_at=at, person_id=person, appointment=UUID(appointment)
        )
        for person, at, appointment in people.select("person", "at", "appointment").iter_rows()
        if appointment
    ]
    booking.appointment_cancel(holding("SITE_MANAGER"), items)
    floor.back += people["person"].to_list()


def _kept(rows: pl.DataFrame, outcomes: list[Outcome]) -> pl.DataFrame:
    """The rows whose act was done, now or before a kill."""
    done = [o.done or (o.refusal is not None and o.refusal.code == "ACT_CONTENT_DIFFERS") for o in outcomes]
    return rows.filter(pl.Series(done, dtype=pl.Boolean))


def _arrive(floor: Floor, here: pl.DataFrame) -> pl.DataFrame:
    items = [
        Arrival(
            act=floor.acts("visit", person),
            occurred_at=at,
            site_id=site,
            person_id=person,
            campaign=floor.world.code,
            appointment=UUID(appointment) if appointment else None,
        )
        for person, at, site, appointment in here.select("person", "at", "site", "appointment").iter_rows()
    ]
    outcomes = clinic.visit_arrive(holding("REGISTRAR"), items)
    planted.answered([o for o in outcomes if o.refusal])
    return _kept(here, outcomes)


def _screen(floor: Floor, here: pl.DataFrame) -> pl.DataFrame:
    items = []
    for n, (person, at, site, celsius, screening, pregnant) in enumerate(
        here.select("person", "at", "site", "celsius", "screening", "pregnant").iter_rows()
    ):
        finding = {"recommended": (), "deferred": ("FEVER",)}.get(
            screening, ("PREGNANT" if pregnant else "ALLERGY_SEVERE",)
        )
        items.append(
            ScreeningRecord(
                act=floor.acts("screening", person),
                occurred_at=after(at, 5),
                site_id=site,
                visit=floor.acts("visit", person),
                clinician_post_id=floor.crew.post(site, "SCREENER", n),
                outcome=ScreeningOutcome(screening),
                celsius=celsius,
                findings=finding,
                recheck_on=floor.day + timedelta(days=RECHECK) if screening == "deferred" else None,
            )
        )
    kept = _kept(here, clinic.screening_record(holding("SCREENER"), items))
    floor.back += kept.filter(pl.col("screening") == "deferred")["person"].to_list()
    floor.turned += kept.filter(pl.col("screening") == "unsuitable")["person"].to_list()
    return kept.filter(pl.col("screening") == "recommended")


def _consent(floor: Floor, here: pl.DataFrame) -> pl.DataFrame:
    text = _text(floor)
    minors = set(here["person"].to_list()) & floor.world.minors(text.guardian_below, floor.day)
    items = [
        ConsentRecord(
            act=floor.acts("consent", person),
            occurred_at=after(at, 8),
            site_id=site,
            visit=floor.acts("visit", person),
            version=text.version,
            language=text.language,
            signer="guardian" if person in minors else "self",
            agreed=agreed,
        )
        for person, at, site, agreed in here.select("person", "at", "site", "agreed").iter_rows()
    ]
    kept = _kept(here, clinic.consent_record(holding("REGISTRAR"), items))
    floor.turned += kept.filter(~pl.col("agreed"))["person"].to_list()
    return kept.filter("agreed")


def _text(floor: Floor) -> ConsentVersion:
    """The text of the day in the city's own language."""
    own = reference.city().languages[0]
    texts = clinic_selectors.consents(floor.world.programme, floor.day)
    return min(texts, key=lambda text: text.language.partition("-")[0] != own)


def vials(site_ids: list[int]) -> Vials:
    """Unopened packs on hand at the sites, first expired first."""
    packs = [p for p in supply.packs(site_ids, None) if not p.opened and p.lot != STALE]
    return Vials(
        (Pack(p.place_id, p.product, p.code, p.lot, p.doses_left, single=p.doses_left == 1) for p in packs),
        OPEN_MINUTES,
    )


def _inject(floor: Floor, here: pl.DataFrame, before_doses: Before) -> None:
    """Give everybody the dose found for them; the seats fill."""
    now: list[Dose] = []
    items: list[DoseGive] = []
    ranks: list[int] = []
    doses: list[Dose] = []
    for n, row in enumerate(here.iter_rows(named=True)):
        visit, at = floor.acts("visit", row["person"]), after(row["at"], 12)
        if (seen := floor.already.get(visit)) is not None:
            now.append(Dose(row["person"], row["site"], visit, seen.occurred_at, seen.lot, seen.product))
            continue
        ranks.append(row["dose_rank"])
        doses.append(
            Dose(row["person"], row["site"], visit, at, row["lot"], row["vaccine"], row["code"], row["emptied"])
        )
        items.append(
            DoseGive(
                act=floor.acts("dose", row["person"]),
                occurred_at=at,
                site_id=row["site"],
                visit=visit,
                code=row["code"],
                product=row["vaccine"],
                vaccinator_post_id=floor.crew.post(row["site"], "VACCINATOR", n),
            )
        )
    _open_vials(floor, items)
    before_doses(list(zip(items, ranks, strict=True)))
    for dose, outcome in zip(doses, clinic.dose_give(holding("VACCINATOR"), items), strict=True):
        if outcome.done:
            now.append(dose)
        else:
            floor.refused.append((dose, outcome))
    floor.given += now
    _seat(floor, now)


def _open_vials(floor: Floor, doses: list[DoseGive]) -> None:
    """Vials of several doses are opened, and reconstituted, just before their first dose."""
    first: dict[str, DoseGive] = {}
    for dose in sorted(doses, key=lambda dose: dose.occurred_at):
        first.setdefault(dose.code, dose)
    closed = {pack.code for pack in supply.packs(sorted(floor.crew.units)) if pack.doses_left > 1 and not pack.opened}
    items = [
        VialOpen(
            act=floor.acts("open", code), occurred_at=after(dose.occurred_at, -1), place_id=dose.site_id, code=code,
            vvm_stage=1, diluent=DILUENT,
        )
        for code, dose in first.items()
        if code in closed
    ]  # fmt: skip
    supply_services.vial_open(holding("VACCINATOR"), items)


def _seat(floor: Floor, given: list[Dose]) -> None:
    """Everybody given a dose now sits; when each leaves is settled, and done in a later block."""
    frame = pl.DataFrame({"person": [g.person for g in given]}, schema={"person": pl.Int64})
    seen = leaving(frame, floor.world.behaviour, Fate(floor.world.seed, floor.day.toordinal(), 6))
    for dose, early, minutes in zip(given, seen["early"], seen["minutes"], strict=True):
        floor.waiting.append(
            ObservationEnd(
                act=floor.acts("leave", dose.person),
                occurred_at=after(dose.at, minutes),
                site_id=dose.site,
                visit=dose.visit,
                doctor_post_id=floor.crew.post(dose.site, "OBSERVER"),
                early_reason="SIGNED" if early else "",
            )
        )


def _leave(floor: Floor, until: datetime) -> None:
    """Those whose time is over go."""
    ready = [i for i in floor.waiting if i.occurred_at <= until]
    if ready:
        clinic.observation_end(holding("OBSERVER"), ready)
        floor.waiting = [i for i in floor.waiting if i.occurred_at > until]


def empty_seats(floor: Floor, until: datetime) -> None:
    """The end of the day: the last ones leave."""
    platform.clock_set(until)
    _leave(floor, until)
