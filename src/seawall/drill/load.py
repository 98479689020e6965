"""The city enters the rooms: hospitals, sites, staff, households, organisations, persons, past doses, the campaign."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

import numpy as np
import polars as pl

from seawall.campaigns import selectors as campaign_selectors
from seawall.campaigns import services as campaigns
from seawall.command import services as command
from seawall.engines.rehearsal import ages_on, history_by_table
from seawall.people import services as people
from seawall.platform import services as platform
from seawall.platform import sql
from seawall.reference import selectors as reference
from seawall.reference import services as reference_services
from seawall.reference.services.places import FacilityNew, PlaceNew
from seawall.sites import selectors as site_selectors
from seawall.sites import services as sites
from seawall.staff import services as staff
from seawall.terms.acts import Outcome
from seawall.terms.campaigns import GroupsAssign
from seawall.terms.codes import DoseSource, PlaceKind, Sex, SiteKind
from seawall.terms.people import DocumentGiven, DoseRecord, PersonRegister
from seawall.terms.rosters import HouseholdRegister, OrganisationRegister
from seawall.terms.staff import CredentialGrant, PostAssign, Scope
from seawall.terms.visits import SiteOpen

from . import cold, duties, goods, morning, opening
from .acts import Acts, at, holding
from .crew import crew_of
from .models import Citizen
from .world import STORE, UNIT_STORE, World

Progress = Callable[[str, int, int], None]
T = TypeVar("T")
BATCH = 4000


class Refusals(Exception):
    """The rehearsed city itself was refused: a mistake of ours, not of the city."""


def batches(rows: Sequence[T], size: int = BATCH) -> Iterator[tuple[int, Sequence[T]]]:
    for start in range(0, len(rows), size):
        yield start, rows[start : start + size]


def sound(outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
    """None may be refused here."""
    bad = [o.refusal for o in outcomes if o.refusal is not None]
    if bad:
        raise Refusals(f"{len(bad)} of {len(outcomes)} refused, first {bad[0]}")
    return outcomes


def facilities(world: World) -> dict[int, int]:
    """Where the streets lie, and the hospitals; their ids by the number the city gave them."""
    reference_services.areas_locate(world.city.leaves.select("leaf", "lon", "lat").rows())
    rows = world.city.facilities
    ids = reference_services.facilities_register(
        [
            FacilityNew(
                code=r["code"],
                name_zh=r["name_zh"],
                name_en=r["name_en"],
                grade=r["grade"],
                leaf_id=r["leaf"],
                green_channel=r["green_channel"],
                synthetic=True,
            )
            for r in rows.iter_rows(named=True)
        ]
    )
    return dict(zip(rows["facility"].to_list(), ids, strict=True))


def stores(world: World) -> None:
    """The city store, and one store for each planning unit, where goods that arrive in the morning leave for sites the same day."""
    units = world.units.select("unit_code", "name_zh", "name_en", "leaves").rows()
    (city_zh, city_en), (unit_zh, unit_en) = world.called("STORE"), world.called("UNIT_STORE")
    leaf = min(reference.units(world.opens)[0].leaves)
    city = PlaceNew(kind=PlaceKind.STORE, code=STORE, name_zh=city_zh, name_en=city_en, leaf_id=leaf, synthetic=True)
    (first,) = reference_services.places_register([city])
    ids = {u.code: u.unit_id for u in reference.units(world.opens)}
    reference_services.places_register(
        [
            PlaceNew(
                kind=PlaceKind.STORE,
                code=f"{UNIT_STORE}{code}",
                name_zh=unit_zh.format(unit=zh),
                name_en=unit_en.format(unit=en),
                leaf_id=min(leaves),
                unit_id=ids[code],
                synthetic=True,
                supplied_by=first,
            )
            for code, zh, en, leaves in units
        ]
    )


def open_sites(world: World, hospitals: dict[int, int]) -> None:
    acts, moment = Acts(world.seed, world.eve()), at(world.eve(), 8)
    items = [
        SiteOpen(
            act=acts("site", r["code"]),
            occurred_at=moment,
            code=r["code"],
            kind=SiteKind(r["kind"]),
            name_zh=r["name_zh"],
            name_en=r["name_en"],
            leaf_id=r["leaf"],
            address_zh=r["address_zh"],
            address_en=r["address_en"],
            phone=r["phone"],
            stations=r["stations"],
            seats=r["seats"],
            parent_facility_id=hospitals.get(r["parent"]) if r.get("parent") else None,
            longitude=r["lon"],
            latitude=r["lat"],
            synthetic=True,
        )
        for r in world.city.sites.iter_rows(named=True)
    ]
    sound(sites.site_open(holding("DISTRICT_OFFICER"), items))


def households(world: World, moment: datetime, progress: Progress) -> None:
    acts, rows = Acts(world.seed, world.eve()), world.city.households.select("household", "leaf").rows()
    people.households_reserve(len(rows))
    for start, part in batches(rows, 20_000):
        progress("population: households", start, len(rows))
        items = [
            HouseholdRegister(act=acts("home", n), occurred_at=moment, leaf_id=leaf, household_id=n) for n, leaf in part
        ]
        sound(people.household_register(holding("STREET_OFFICER"), items))


def organisations(world: World, moment: datetime) -> None:
    acts = Acts(world.seed, world.eve())
    items = [
        OrganisationRegister(
            act=acts("org", r["org"]),
            occurred_at=moment,
            name_zh=r["name_zh"],
            name_en=r["name_en"],
            kind=r["kind"],
            sector=r["sector"],
            leaf_id=r["leaf"],
            uscc=r["uscc"],
            organisation_id=r["org"],
        )
        for r in world.city.organisations.iter_rows(named=True)
    ]
    people.organisations_reserve(len(items))
    for _, part in batches(items):
        sound(people.organisation_register(holding("STREET_OFFICER"), part))


def persons(world: World, moment: datetime, progress: Progress) -> None:
    """Everybody, with documents, household and organisation."""
    acts, table = Acts(world.seed, world.eve()), world.city.persons
    columns = ["person", "name", "sex", "birth", "leaf", "residence", "household", "organisation", "document_kind"]
    columns += ["document_number", "document_country", "phone"]
    people.persons_reserve(table.height)
    witness = world.called("WITNESS")[0]
    for start in range(0, table.height, BATCH):
        progress("population: persons", start, table.height)
        part = [_person(acts, moment, witness, r) for r in table[start : start + BATCH].select(columns).iter_rows()]
        sound(people.persons_register(holding("STREET_OFFICER"), part))


def _person(acts: Acts, moment: datetime, witness: str, row: tuple[Any, ...]) -> PersonRegister:
    person, name, sex, birth, leaf, residence, home, organisation, kind, number, country, phone = row
    return PersonRegister(
        act=acts("person", person),
        occurred_at=moment,
        name=name,
        sex=Sex(sex),
        birth=birth,
        leaf_id=leaf,
        residence=residence,
        household_id=home,
        organisation_id=organisation,
        documents=(DocumentGiven(kind=kind, number=number, country=country),) if number else (),
        phone=phone,
        witness="" if number else witness,
        person_id=person,
    )


def past_doses(world: World, groups: pl.DataFrame, moment: datetime, progress: Progress) -> None:
    """Doses before the opening, as an import from an earlier system."""
    rng = np.random.default_rng([world.seed, 55])
    past = history_by_table(world.city.persons, groups, world.scenario.history, rng)
    rows = past.rows()
    acts = Acts(world.seed, world.eve())
    for start, part in batches(rows):
        progress("population: past doses", start, len(rows))
        items = [
            DoseRecord(
                act=_past(acts, person, rank),
                occurred_at=moment,
                person_id=person,
                programme=world.programme,
                given_on=day,
                product=product,
                source=DoseSource.HISTORY,
                evidence="synthetic",
            )
            for person, day, product, rank in part
        ]
        sound(people.dose_record(holding("CDC_DIRECTOR"), items))


def _past(acts: Acts, person: int, rank: int) -> UUID:
    return acts("past", person, rank)


def staff_posts(world: World, moment: datetime, progress: Progress) -> None:
    """The posts of every site with their certificates, and the posts that a demonstration offers."""
    acts, table = Acts(world.seed, world.eve()), world.city.staff.with_row_index("n")
    ids, rows = site_ids(world), table.rows(named=True)
    made: list[Outcome] = []
    for start, part in batches(rows):
        progress("population: staff", start, len(rows))
        items = [
            PostAssign(
                act=acts("post", r["n"]),
                occurred_at=moment,
                role=r["role"],
                person=r["name"],
                scopes=(Scope(kind="site", ref=str(ids[r["site"]])),),
                valid_from=world.eve(),
                synthetic=True,
            )
            for r in part
        ]
        made += sound(staff.posts_assign(holding("ADMINISTRATOR"), items))
    grants = [
        CredentialGrant(
            act=acts("credential", r["n"]),
            occurred_at=moment,
            post_id=int(str(o.answer["post_id"])),
            kind=r["credential"],
            valid_from=r["credential_from"],
            valid_to=r["credential_to"],
            exam="SYN",
        )
        for r, o in zip(rows, made, strict=True)
        if r["credential"]
    ]
    for _, some in batches(grants):
        sound(staff.credentials_grant(holding("ADMINISTRATOR"), some))
    duties.first_responsible(world, moment)


def site_ids(world: World) -> dict[str, int]:
    return {s.code: s.site_id for s in site_selectors.sites(world.opens)}


def demo(world: World, moment: datetime) -> None:
    """Who one may be on the start page: a post of each kind and some members of the public, all of one district."""
    unit = world.units.filter(pl.col("unit_code") == reference.city().shown)
    unit = unit if unit.height else world.units.head(1)
    code = str(unit["unit_code"][0])
    sites_there = world.city.sites.filter((pl.col("unit") == code) & (pl.col("kind") == "fixed")).sort("code")
    employer = world.city.organisations.filter(pl.col("unit") == code).sort("org")
    adults = world.city.persons.filter(
        (pl.col("unit") == code) & (ages_on(world.city.persons["birth"], world.opens) >= 18)
    )
    names = adults.filter(pl.col("willing"))["name"].to_list()
    posts = staff.demo_posts(
        holding("ADMINISTRATOR"),
        at=moment,
        city=world.scenario.campaign.division,
        unit=code,
        site_id=site_ids(world)[str(sites_there["code"][0])],
        organisation_id=int(employer["org"][0]),
        names=dict(zip(staff.DEMO_ROLES, names, strict=False)),
    )
    duties.nurse_trained(world, moment, posts["nurse"])
    some = pl.concat([adults.filter("willing").head(60), adults.filter(~pl.col("willing")).head(10)])
    sql.insert(
        Citizen,
        ("person_id", "name", "birth", "unit_zh", "unit_en"),
        [(*row, unit["name_zh"][0], unit["name_en"][0]) for row in some.select("person", "name", "birth").iter_rows()],
        on_conflict="DO NOTHING",
    )


def stock(world: World, day: date) -> None:
    """Lots that came before the opening stand in the city store; one site has packs that nobody will take away in time."""
    cold.devices_register(world, crew_of(world, world.opens), day)
    morning.lots_arrive(world, day)
    morning.stale_lot(world, crew_of(world, world.opens), day)
    goods.first_supply(world, crew_of(world, world.opens), day)


def campaign(world: World) -> None:
    """The campaign's folder, and everybody's group in it."""
    campaigns.campaign_load(world.folder, scale=world.city.scale)
    grouping = GroupsAssign(act=uuid4(), occurred_at=at(world.eve(), 12), campaign=world.code, on=world.opens)
    campaigns.groups_assign(holding("COMMAND_OFFICE"), [grouping])


def first_evening(world: World) -> None:
    """The evening before: what is known is closed, the first plan is made, the first vaccine leaves the store.

    Pages stand open by then, as those of any city that is loaded and has no plan yet.
    """
    platform.clock_set(at(world.eve(), world.scenario.campaign.cut_off))
    command.evening_run(holding("COMMAND_OFFICE"), world.code, world.eve())


def steps(world: World, progress: Progress) -> list[tuple[str, Callable[[], None]]]:
    """Everything to load, in order; each is whole or not there."""
    moment = at(world.eve(), 8)

    def places() -> None:
        stores(world)
        open_sites(world, facilities(world))

    def past() -> None:
        past_doses(world, campaign_selectors.group_frame(world.code), moment, progress)

    def sessions() -> None:
        last = world.scenario.campaign.deadline
        opening.sessions_plan(world, crew_of(world, world.opens), world.opens, last)

    return [
        ("places", places),
        ("households", lambda: households(world, moment, progress)),
        ("organisations", lambda: organisations(world, moment)),
        ("persons", lambda: persons(world, moment, progress)),
        ("staff", lambda: staff_posts(world, moment, progress)),
        ("demo", lambda: demo(world, moment)),
        ("campaign", lambda: campaign(world)),
        ("past doses", past),
        ("sessions", sessions),
        ("stock", lambda: stock(world, world.eve())),
    ]
