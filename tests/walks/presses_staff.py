"""Presses of those who keep stock, staff and rosters."""

from collections.abc import Callable
from datetime import date

from seawall.people import services as people
from seawall.platform import sql
from seawall.terms.rosters import OrganisationRegister
from tests.clinic.world import World, done, resident_id

from .authenticator import set_up
from .pages import Visitor
from .presses_site import manager
from .pressing import CITY, Enter, Press, answered, fresh, from_page

LOT = {
    "product": "BIBP", "lot": "N1", "expires": "2022-03-01", "packs": "20", "doses_per_pack": "1",
    "first_code": "8999999" + "0" * 13, "release_certificate": "R-1", "temperature_record": "T-9", "handed_by": "A", "taken_by": "B",
    "min_celsius": "2.5", "max_celsius": "7.5",
}  # fmt: skip


def receive(hall: World, enter: Enter) -> Press:
    keeper, page = enter("CDC_COLD_CHAIN", CITY), f"/console/supply/place/{hall.store}/receive"
    return from_page(keeper, page, "release_certificate", **LOT)


def count(hall: World, enter: Enter) -> Press:
    hall.packs(3)
    page = f"/console/supply/place/{hall.site}/sheet"
    return from_page(manager(hall, enter), page, "count_L0001", count_L0001="2")


def lot_stop(hall: World, enter: Enter) -> Press:
    hall.packs(3)
    told = {"state": "quarantined", "authority": "Order 7", "place": ""}
    return from_page(enter("CDC_COLD_CHAIN", CITY), "/console/supply/lot/L0001", "/hold", **told)


def administrator(enter: Enter) -> Visitor:
    """Signed in with a second factor, as the role asks."""
    visitor = enter("ADMINISTRATOR", CITY)
    set_up(visitor)
    post = visitor.go("/console/start").form("post").buttons[0][1]
    return visitor.send("post", post=post)


def account_new(hall: World, enter: Enter) -> Press:
    return from_page(administrator(enter), "/console/staff/accounts", "username", username="li.mei", name="李梅")


def account_step(*steps: str) -> Callable[[World, Enter], Press]:
    """The last of these steps of an account that the others were done to."""

    def press(hall: World, enter: Enter) -> Press:
        made = account_new(hall, enter)
        answered(made)
        ((account,),) = sql.fetch("SELECT id FROM staff_account WHERE username = 'li.mei'")
        for step in steps:
            visitor = Visitor()
            visitor.client = made.client
            made = from_page(visitor, f"/console/staff/accounts/{account}", f"/{step}")
            if step != steps[-1]:
                answered(made)
        return made

    return press


def assign(hall: World, enter: Enter) -> Press:
    told = {"role": "SCREENER", "person": "李梅", "kind0": "site", "ref0": "HALL-1", "valid_from": "2021-01-01"}
    return from_page(administrator(enter), "/console/staff/assign", "role", where={"kind0": "area"}, **told)


def post_page(having: str, **filled: str) -> Callable[[World, Enter], Press]:
    def press(hall: World, enter: Enter) -> Press:
        return from_page(administrator(enter), f"/console/staff/posts/{hall.posts['screener']}", having, **filled)

    return press


def factor(hall: World, enter: Enter) -> Press:
    """Somebody lost the telephone with the codes."""
    nurse = enter("STATION_NURSE", ("site", hall.site))
    set_up(nurse.go("/console/account/second-factor/totp/activate/"))
    account = nurse.client.session["_auth_user_id"]
    return from_page(administrator(enter), f"/console/staff/accounts/{account}", "/factor")


TRAINED = {"kind": "VACCINATION_TRAINING", "valid_from": "2021-02-01", "valid_to": "2021-12-31"}


def organisation(hall: World) -> int:
    item = OrganisationRegister(**hall.base(), name_zh="某医院", kind="HOSPITAL", sector="HEALTH", leaf_id=hall.leaf)
    return int(str(done(people.organisation_register(hall.actor, [item]))[0].answer["organisation_id"]))


def stage(hall: World, enter: Enter) -> Press:
    mine = organisation(hall)
    visitor = enter("ROSTER_LIAISON", ("organisation", mine))
    rows = f"姓名,证件号码\n李小雨,{resident_id(date(1985, 3, 2), 11)}\n王大年,123\n".encode()
    return Press(
        visitor.client,
        "/console/imports/stage",
        fresh(kind="roster", organisation=mine),
        {"file": {"roster.csv": rows}},
    )


def commit(hall: World, enter: Enter) -> Press:
    press = stage(hall, enter)
    staged = answered(press)[1]
    return Press(press.client, f"{staged}/commit", {})
