"""Influenza runs from September beside COVID-19 boosters, in one small city: shared people, sites and staff; all else apart."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from pathlib import Path

import pytest
from django.test import Client

from seawall.booking import services as booking
from seawall.campaigns import selectors as campaigns
from seawall.campaigns.services import campaign_load
from seawall.clinic import selectors as clinic
from seawall.command import gather, lists, shipping
from seawall.command import selectors as command_selectors
from seawall.command import services as command
from seawall.command.services import tonight
from seawall.interfaces.guard import POST
from seawall.interfaces.paper import written
from seawall.people import selectors as people
from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.reference.selectors import leaf_units, leaves, units
from seawall.reference.services import city_load
from seawall.reports import selectors as reports
from seawall.sites import services as sites
from seawall.staff import services as staff
from seawall.supply import selectors as supply
from seawall.terms.actor import Actor, Reach
from seawall.terms.acts import Outcome
from seawall.terms.bookings import AppointmentMove
from seawall.terms.staff import CredentialGrant
from seawall.terms.stock import ShipmentSend
from seawall.terms.visits import AppointmentBook, AppointmentChange, SessionPlan
from tests.clinic.conftest import TABLES
from tests.clinic.world import World, done
from tests.engines.planning.folders import write_folder

from .pages import Visitor

DAY = date(2021, 9, 20)
NOON = datetime(2021, 9, 20, 4, 0, tzinfo=UTC)
BOOSTERS, INFLUENZA = "boosters-2021", "influenza-2021"
COVID, FLU = "covid19-cn", "influenza-cn"
PRODUCTS = (
    "product,zh,en,doses,min_days_2,min_days_3,latest_days_2,latest_days_3,wastage\n"
    "BIBP,新冠灭活,COVID-19 inactivated,3,21,180,56,,0\n"
)
PHASES = "phase,zh,en,groups,dose_ranks,from,to,denominator\nMASS,全民,Mass,ALL,1;2;3,{opens},2021-12-31,eligible\n"
GROUPS = "group,rank,zh,en,sectors,org_kinds,age_min,age_max,opens,share_of_population,uptake\n"
HEAD = "unit,kind,sites,stations,rate_per_hour,hours_workday,hours_weekend,hours_holiday\n"


def folder(root: Path, code: str, programme: str, opens: date, groups: str, products: str, product: str) -> Path:
    """A campaign of one unit, until the end of the year."""
    unit = next(u for u in units(DAY) if u.unit_id == leaf_units(DAY)[leaves(DAY)[0].area_id])
    made = write_folder(
        root / code,
        deadline="2021-12-31",
        units=f"unit,zh,en,population\n{unit.code},{unit.name_zh},{unit.name_en},1000\n",
        groups=GROUPS + groups,
        population="unit,group,eligible\n",
        targets="target,group,measure,share,by,denominator,weight\nT,ALL,started,1,2021-12-31,eligible,1\n",
        policies=f"policy,kind,value,from,to,later_within_days,state\nP,dose_priority,first_dose_first,{opens},2021-12-31,5,applied\n",
        products=products,
        supply=f"date,product,lot,doses,doses_per_pack,expires,confirmed\n{opens},{product},S1,400,1,2022-09-01,yes\n",
        capacity=f"{HEAD}{unit.code},fixed,1,1,10,10,10,10\n",
        phases=PHASES.format(opens=opens),
    )
    head = made / "campaign.toml"
    text = head.read_text(encoding="utf-8").replace('"small"', f'"{code}"').replace('"Small"', f'"Campaign {code}"')
    text = text.replace("covid19-cn", programme).replace("2021-05-01", opens.isoformat())
    head.write_text(text, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    root, september = tmp_path_factory.mktemp("campaigns"), date(2021, 9, 1)
    with django_db_blocker.unblock():
        city_load("chongqing")
        covid = f"ELDERLY,1,老人,Elderly,,,60,,{date(2021, 8, 27)},0,1\nADULTS,2,成人,Adults,,,18,59,2021-08-27,0,1\n"
        flu = f"EVERYBODY,1,所有人,Everybody,,,3,,{september},0,1\n"
        campaign_load(folder(root, BOOSTERS, COVID, date(2021, 8, 27), covid, PRODUCTS, "BIBP"))
        iiv = PRODUCTS.splitlines()[0] + "\nIIV4,四价流感,Influenza quadrivalent,1,,,,,0\n"
        campaign_load(folder(root, INFLUENZA, FLU, september, flu, iiv, "IIV4"))
    yield
    with django_db_blocker.unblock():
        sql.execute(f"TRUNCATE {', '.join(name for (name,) in sql.fetch(TABLES))} CASCADE")


@pytest.fixture
def autumn(hall: World) -> World:
    """20 September: the hall gives COVID-19 vaccine, the other site influenza vaccine, as their weeks were planned."""
    hall.now = NOON
    clock.set_to(NOON)
    for site in (hall.site, hall.other):
        hall.open_day(site, DAY)
    return hall


Enter = Callable[..., Visitor]


@pytest.fixture
def enter(autumn: World, sign_in: Enter) -> Enter:
    """Whoever is certified here is so for both programmes."""

    def entered(role: str, *scopes: tuple[str, object], certified: bool = False) -> Visitor:
        autumn.serial += 1  # each time an account of its own
        visitor = sign_in(role, *scopes, certified=certified)
        if certified:
            grant = CredentialGrant(
                **autumn.base(), post_id=visitor.client.session[POST], kind="VACCINATION_TRAINING", programme=FLU,
                valid_from=date(2021, 1, 1), valid_to=date(2022, 12, 31),
            )  # fmt: skip
            done(staff.credentials_grant(autumn.actor, [grant]))
        return visitor

    return entered


def planned(autumn: World, enter: Enter) -> None:
    """The manager says on the page of the week which vaccine each site gives that day."""
    for site, product in ((autumn.site, "BIBP"), (autumn.other, "IIV4")):
        manager = enter("SITE_MANAGER", ("site", site)).go(f"/console/site/{site}/week?from={DAY}")
        manager.sees("Influenza, inactivated, quadrivalent").send(
            "monday", products=[product], **{f"plan_{DAY}": "1", f"stations_{DAY}": "4", f"opens_{DAY}": "08:00"},
            **{f"closes_{DAY}": "18:00", f"seats_{DAY}": "10"},
        )  # fmt: skip
    assert sql.fetch("SELECT products FROM sites_session WHERE day = %s ORDER BY site_id", [DAY]) == [
        (["BIBP"],),
        (["IIV4"],),
    ]


def groups_of(autumn: World, enter: Enter, elder: int) -> None:
    """Each campaign groups people by its own rules; doing so in one says nothing to the other."""
    office = enter("COMMAND_OFFICE", ("area", "500000"))
    office.go(f"/c/{BOOSTERS}/console/campaign").sees("Campaign boosters-2021").send("/campaign/groups").sees(
        "in a group again"
    )
    assert campaigns.group_of([elder], BOOSTERS) == {elder: "ELDERLY"} and not campaigns.group_of([elder], INFLUENZA)
    office.go(f"/c/{INFLUENZA}/console/campaign").send("/campaign/groups").sees("in a group again")
    assert campaigns.group_of([elder], INFLUENZA) == {elder: "EVERYBODY"}
    assert campaigns.group_of([elder], BOOSTERS) == {elder: "ELDERLY"}
    assert [row.code for row in campaigns.groups(INFLUENZA)] == ["EVERYBODY"]
    assert (
        [row.code for row in campaigns.targets(INFLUENZA)] == [row.code for row in campaigns.targets(BOOSTERS)] == ["T"]
    )


def citizen(person: int) -> Visitor:
    visitor, session = Visitor(), Client().session
    session["citizen"] = person
    session.save()
    visitor.client.cookies["sessionid"] = session.session_key
    return visitor


def booked(autumn: World, person: int, campaign: str, site: int) -> Visitor:
    """From the record, which offers every campaign that the person may come to, to a seat."""
    visitor = citizen(person).go("/record")
    when = f"/c/{campaign}/book/when"
    assert f'href="{when}"' in visitor.sent
    visitor.go(f"{when}?site={site}&day={DAY}").send("starts_at", starts_at=autumn.now.isoformat()).send("act")
    return visitor


def vaccinated(autumn: World, enter: Enter, person: int, site: int, code: str) -> None:
    """Door, screening and injection: each station takes the programme from the booking, whatever the address says."""
    number = sql.fetch("SELECT 1 FROM booking_appointment WHERE person_id = %s AND state = 'booked'", [person])
    assert number == [(1,)]
    desk = enter("REGISTRAR", ("site", site)).go(f"/console/site/{site}/arrival?list=1")
    appointment = sql.fetch("SELECT act FROM booking_appointment WHERE person_id = %s AND state = 'booked'", [person])[
        0
    ][0]
    desk.go(f"/console/site/{site}/arrival?booked={appointment}").send("appointment")
    visit = next(v for v in clinic.visits(site, DAY) if v.person_id == person)
    doctor = enter("SCREENER", ("site", site), certified=True)
    doctor.go(f"/console/site/{site}/screening?visit={visit.visit}")
    asked = {name: "no" for name in doctor.form("celsius").values if name.startswith("q_")}
    doctor.send("celsius", celsius="36.6", outcome="recommended", agreed=["1"], signer="self", **asked)
    nurse = enter("VACCINATOR", ("site", site), certified=True)
    nurse.go(f"/console/site/{site}/injection?visit={visit.visit}&code={code}")
    nurse.send("arm", check=[row.code for row in clinic.checks()])


def test_two_campaigns_share_a_city_and_keep_apart(autumn: World, enter: Enter, tmp_path: Path):
    elder, younger = autumn.person(date(1955, 5, 1)), autumn.person(date(1990, 5, 1))
    for day in (date(2021, 2, 1), date(2021, 3, 1)):
        autumn.history(elder, day)
    planned(autumn, enter)
    groups_of(autumn, enter, elder)
    booster, *_ = autumn.packs(3)
    flu, *_ = autumn.packs(3, product="IIV4", site=autumn.other)
    other_vaccine(autumn, younger)
    booked(autumn, elder, BOOSTERS, autumn.site)
    too_near(autumn, elder)
    booked(autumn, younger, INFLUENZA, autumn.other)
    vaccinated(autumn, enter, elder, autumn.site, booster)
    vaccinated(autumn, enter, younger, autumn.other, flu)
    spaced(autumn, elder, younger)
    shown_together(enter, autumn, elder)
    evenings(autumn, elder)
    switched(enter)
    printed(tmp_path)


def test_a_dose_stands_in_the_plan_of_one_campaign(autumn: World, enter: Enter, tmp_path: Path):
    """Two campaigns of one vaccine: whoever planned first holds what its next quotas give; the other plans with the rest."""
    elders = [*autumn.persons(2, date(1955, 5, 1)), *autumn.persons(2, date(1945, 5, 1))]
    for elder in elders:
        for day in (date(2021, 2, 1), date(2021, 3, 1)):
            autumn.history(elder, day)
    autumn.packs(30)
    village, wasted = "village-2021", 0.1
    ages = "".join(f"G{n},{n},组,Group,,,{low},{high},2021-08-27,0,1\n" for n, low, high in ((1, 70, ""), (2, 60, 69)))
    products = PRODUCTS.replace(",,0\n", f",,{wasted}\n")
    campaign_load(folder(tmp_path, village, COVID, date(2021, 8, 27), ages, products, "BIBP"))
    office = enter("COMMAND_OFFICE", ("area", "500000"))
    for code in (village, BOOSTERS):
        office.go(f"/c/{code}/console/campaign").send("/campaign/groups")
    clock.set_to(campaigns.campaign(village).cut_off_at(DAY))
    assert doses_for(village) == doses_for(BOOSTERS) == 30
    command.evening_run(autumn.actor, village, DAY)
    planned = campaigns.quotas_after(village, DAY)["doses"]
    assert planned.len() > 1 and planned.sum() >= len(elders)
    assert doses_for(BOOSTERS) == 30 - ceil(
        planned.sum() * (1 + wasted)
    )  # wastage of all together, and not of each line
    assert doses_for(village) == 30
    assert doses_for(INFLUENZA) == 0
    command.evening_run(autumn.actor, BOOSTERS, DAY)
    asked = {code: lacks(autumn, code, 0) for code in (BOOSTERS, village)}
    assert min(asked.values()) > 0
    for there in (1, min(asked.values()), sum(asked.values()) - 1, sum(asked.values())):
        lacking = sum(max(0, lacks(autumn, code, there)) for code in asked)
        assert lacking == sum(asked.values()) - there, f"of {there} doses at the site none serves both"


def lacks(autumn: World, code: str, there: int) -> int:
    """Doses that the unit's site lacks tonight for a campaign, with so many lying there."""
    ((unit, _),) = campaigns.quotas_after(code, DAY).select("unit", "product").unique().iter_rows()
    night = tonight.Night(campaigns.campaign(code), DAY, reference.levels(DAY), {unit: 1}, {}, [])
    below = shipping.Below({unit: {autumn.site: 1}}, {(autumn.site, "BIBP"): there})
    return tonight._needs(night, below)[unit, "BIBP"]


def test_the_night_of_one_campaign_does_not_stand_for_that_of_another(autumn: World, monkeypatch: pytest.MonkeyPatch):
    """Both give the same vaccine: what the stores were asked for one is no answer to what the other asks."""
    autumn.packs(3)
    (lot,) = {row.lot for row in supply.stock([autumn.site]) if row.product == "BIBP"}
    planned: list[str] = []
    monkeypatch.setattr(tonight, "_legs", lambda campaign, day, levels, order: planned.append(order) or [leg(order)])

    def leg(order: str) -> ShipmentSend:
        return ShipmentSend(
            **autumn.base(), from_place_id=autumn.site, to_place_id=autumn.other, lot=lot, packs=1, order=order,
            expected_on=DAY + timedelta(days=1),
        )  # fmt: skip

    for code in (BOOSTERS, INFLUENZA, BOOSTERS):
        tonight.shipments_of_the_night(autumn.actor, campaigns.campaign(code), DAY)
    assert len(planned) == len(set(planned)) == 2, "each once"


def doses_for(code: str) -> int:
    """Doses that a campaign may plan with on the eve of the next day."""
    return int(gather.stock(campaigns.campaign(code), DAY)["doses"].sum())


def other_vaccine(autumn: World, person: int) -> None:
    """A booking takes no seat of a day that gives another campaign's vaccine, and the page offers none."""
    item = AppointmentBook(
        **autumn.base(), person_id=person, campaign=INFLUENZA, site_id=autumn.site, starts_at=autumn.now
    )
    outcome: Outcome = booking.appointment_book(autumn.actor, [item])[0]
    assert outcome.refusal and outcome.refusal.code == "SESSION_OTHER_VACCINE"
    page = citizen(person).go(f"/c/{INFLUENZA}/book/when?site={autumn.site}&day={DAY}")
    page.sees("No time is left on this day")


def too_near(autumn: World, person: int) -> None:
    """A seat that was booked holds the other vaccine off as a dose would."""
    item = AppointmentBook(
        **autumn.base(), person_id=person, campaign=INFLUENZA, site_id=autumn.other, starts_at=autumn.now
    )
    refusal = booking.appointment_book(autumn.actor, [item])[0].refusal
    assert refusal and refusal.code == "BOOKED_TOO_NEAR"
    assert refusal.params == {"day": DAY.isoformat(), "earliest": (DAY + timedelta(days=14)).isoformat()}

    later, soon = (DAY + timedelta(days=n) for n in (15, 1))
    for day in (later, soon):
        plan = SessionPlan(**autumn.base(), site_id=autumn.other, day=day, opens=time(8), closes=time(18), stations=1)
        done(sites.session_plan(autumn.actor, [plan]))
    item = AppointmentBook(
        **autumn.base(),
        person_id=person,
        campaign=INFLUENZA,
        site_id=autumn.other,
        starts_at=autumn.now + (later - DAY),
    )
    done(booking.appointment_book(autumn.actor, [item]))
    move = AppointmentMove(
        **autumn.base(),
        person_id=person,
        appointment=item.act,
        site_id=autumn.other,
        starts_at=autumn.now + (soon - DAY),
    )
    refusal = booking.appointment_move(autumn.actor, [move])[0].refusal
    assert refusal and refusal.code == "BOOKED_TOO_NEAR"  # moved is no nearer than booked
    given_back = AppointmentChange(**autumn.base(), person_id=person, appointment=item.act)
    done(booking.appointment_cancel(autumn.actor, [given_back]))


def spaced(autumn: World, elder: int, younger: int) -> None:
    """Fourteen days between COVID-19 and influenza vaccine, whichever comes first; both sides say the day."""
    again = DAY + timedelta(days=14)
    assert people.due_rows([elder], FLU, DAY)[elder].earliest == again
    assert people.due_rows([younger], COVID, DAY)[younger].earliest == again
    for person, campaign, site in ((elder, INFLUENZA, autumn.other), (younger, BOOSTERS, autumn.site)):
        item = AppointmentBook(**autumn.base(), person_id=person, campaign=campaign, site_id=site,
                               starts_at=autumn.now + timedelta(minutes=15))  # fmt: skip
        refusal = booking.appointment_book(autumn.actor, [item])[0].refusal
        assert refusal and (refusal.code, refusal.params["earliest"]) == ("NOT_YET_DUE", again.isoformat())
    citizen(elder).go(f"/c/{INFLUENZA}/book/when?site={autumn.other}&day={DAY}").sees("4 Oct 2021")


def shown_together(enter: Enter, autumn: World, elder: int) -> None:
    """One page of the person, one record, whatever campaign stands in the address."""
    director = enter("CDC_DIRECTOR", ("area", "500000"))
    for address in (f"/console/people/{elder}", f"/c/{BOOSTERS}/console/people/{elder}"):
        page = director.go(address)
        page.sees("COVID-19 vaccination, China", "Influenza vaccination, China", "Inactivated, BIBP")
        page.sees("Elderly · Campaign boosters-2021", "Everybody · Campaign influenza-2021")
    citizen(elder).go("/record").sees("COVID-19 vaccination, China", "Influenza vaccination, China", "20 Sep 2021")


def evenings(autumn: World, elder: int) -> None:
    """Units close once for all; each campaign has its own evening, figures, plan and orders; what is shared stands once."""
    cut_off = campaigns.campaign(BOOSTERS).cut_off_at(DAY)
    clock.set_to(cut_off)
    for code, ranks, product in ((BOOSTERS, {3: 1}, "BIBP"), (INFLUENZA, {1: 1}, "IIV4")):
        command.evening_run(autumn.actor, code, DAY)
        assert reports.doses_by_day(code, DAY)[DAY] == ranks
        assert reports.last_closing(code) == DAY and reports.dispatch_state(code, DAY).ready
        plan = campaigns.plan_of(code, DAY)
        assert plan and plan.campaign == code
        quotas = campaigns.plan_frame(plan.run_id, "quotas")
        assert set(quotas["product"]) == {product}
    frozen = sql.fetch(
        "SELECT campaign, campaign_group, product FROM reports_given WHERE own_day = %s ORDER BY 1", [DAY]
    )
    assert frozen == [(BOOSTERS, "ELDERLY", "BIBP"), (INFLUENZA, "EVERYBODY", "IIV4")]
    every, apart = sql.fetch("SELECT count(*), count(DISTINCT (place_id, lot, state)) FROM reports_stockfact")[0]
    assert every == apart > 0  # frozen by the first
    assert [a.campaign for a in lists.alerts() if a.code == "SITES_NOT_CLOSED"] == [""]


def switched(enter: Enter) -> None:
    """The board of each campaign tells its own doses; the top bar leads from one to the same page of the other."""
    head = enter("LEADING_GROUP_HEAD", ("area", "500000"))
    unnamed = head.go("/console/board").sees("Campaign influenza-2021", "Campaign boosters-2021").sent
    assert f'href="/c/{BOOSTERS}/console/board"' in unnamed and 'href="/console/plan"' in unnamed
    boosters = head.go(f"/c/{BOOSTERS}/console/board").sent
    assert f'href="/c/{BOOSTERS}/console/plan"' in boosters and f'href="/c/{INFLUENZA}/console/board"' in boosters
    assert (figures(BOOSTERS), figures(INFLUENZA)) == ((1, 2), (1, 0))
    assert head.go(f"/c/{INFLUENZA}/console/board").text != boosters
    head.go("/c/nowhere/console/board", 404).sees("There is no campaign “nowhere”")
    answer = head.client.get("/c/nowhere/api/v1/dispatch", HTTP_ACCEPT_LANGUAGE="en")
    assert (answer.status_code, answer.json()["title"]) == (404, "CAMPAIGN_UNKNOWN")
    for code in (BOOSTERS, INFLUENZA):
        rows = head.client.get(f"/c/{code}/api/v1/dispatch").json()["rows"]
        assert sum(row["done_today"] for row in rows) == 1
        assert head.client.get(f"/api/v1/dispatch?campaign={code}").json()["rows"] == rows


def printed(folder: Path) -> None:
    """What `seawall report --campaign` writes is of that campaign; without a name, of the one that runs and opened last."""
    for asked, code in ((BOOSTERS, BOOSTERS), (INFLUENZA, INFLUENZA), ("", INFLUENZA)):
        written(asked, DAY, folder)
        paper = json.loads((folder / f"dispatch-{DAY}.json").read_text(encoding="utf-8"))
        assert (paper["campaign"]["code"], paper["totals"]["done"]) == (code, 1)
        assert {row["product"] for row in paper["stock"]} == {"BIBP" if code == BOOSTERS else "IIV4"}


def figures(code: str) -> tuple[int, int]:
    """Doses of the day, and from before the opening."""
    everybody = Actor(0, 0, "LEADING_GROUP_HEAD", frozenset(), Reach(everywhere=True))
    board = command_selectors.command_board(everybody, campaigns.campaign(code), DAY)
    return board.figures.today, board.sources["before"]
