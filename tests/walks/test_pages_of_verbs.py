"""Every act of booking and of outreach has a page that its role can reach: pressed there, over HTTP, it is on the journal.

The table says for each verb whose page it is; what a role does not see on a page is pressed by nobody.
"""

from collections.abc import Mapping

import pytest

from seawall.platform import sql
from seawall.platform.verbs import Verb, all_verbs
from seawall.staff.roles import shipped_roles
from tests.clinic.world import World

from .pressing import Enter, Press, answered
from .test_pressed_twice import PRESSES

pytestmark = pytest.mark.django_db
PAGES: Mapping[str, tuple[str, str]] = {
    "appointment_book": ("others_book", "STREET_OFFICER"),
    "appointment_cancel": ("others_cancel", "STREET_OFFICER"),
    "appointment_confirm": ("others_confirm", "STREET_OFFICER"),
    "appointment_move": ("others_move", "STREET_OFFICER"),
    "appointments_miss": ("missed", "SITE_MANAGER"),
    "batch_arrange": ("batch_arrange", "ROSTER_LIAISON"),
    "batch_return": ("batch_return", "ROSTER_LIAISON"),
    "batch_seat": ("batch_seat", "ROSTER_LIAISON"),
    "capacity_follow": ("follow", "SITE_MANAGER"),
    "contact_record": ("contact", "STREET_OFFICER"),
    "homebound_end": ("others_homebound_no_more", "STREET_OFFICER"),
    "homebound_note": ("others_homebound", "STREET_OFFICER"),
    "invitations_send": ("others_invite", "STREET_OFFICER"),
    "line_pace": ("line_pace", "COMMAND_OFFICE"),
    "message_choice_record": ("message_choice", "STREET_OFFICER"),
    "message_limit_set": ("message_limit", "COMMAND_OFFICE"),
    "message_settle": ("settle", "COMMAND_OFFICE"),
    "notice_approve": ("notice_approve", "COMMAND_OFFICE"),
    "notice_propose": ("notice", "EDITOR"),
    "notice_withdraw": ("notice_withdraw", "COMMAND_OFFICE"),
    "question_answer": ("answer", "EDITOR"),
    "question_ask": ("question", "EDITOR"),
    "release_announce": ("release_announce", "COMMAND_OFFICE"),
    "reminders_comb": ("comb", "COMMAND_OFFICE"),
    "round_accept": ("round_accept", "DISTRICT_OFFICER"),
    "round_propose": ("round_propose", "DISTRICT_OFFICER"),
    "short_withdraw": ("lot_bookings", "CDC_DIRECTOR"),
    "standby_call": ("standby_call", "SITE_MANAGER"),
    "standby_join": ("others_stand_by", "STREET_OFFICER"),
    "standby_leave": ("others_stand_by_no_more", "STREET_OFFICER"),
    "stop_next": ("stop_next", "STATION_NURSE"),
    "stop_settle": ("stop_settle", "STATION_NURSE"),
    "template_approve": ("words_agreed", "COMMAND_OFFICE"),
    "template_propose": ("words", "EDITOR"),
    "waiting_join": ("others_wait", "STREET_OFFICER"),
    "waiting_leave": ("others_wait_no_more", "STREET_OFFICER"),
}
OF_THE_PUBLIC: Mapping[str, str] = {
    "appointment_book": "hold",
    "appointment_confirm": "confirm",
    "appointment_move": "move",
    "appointment_cancel": "cancel",
    "question_ask": "public_question",
    "standby_join": "standby_join",
    "standby_leave": "standby_leave",
}
OF_STAFF = {name: press for (path, name), press in PRESSES.items() if path.startswith("console/")}
OF_PORTAL = {name: press for (path, name), press in PRESSES.items() if not path.startswith("console/")}


def doored(*rooms: str) -> "dict[str, Verb]":
    return {v.name: v for v in all_verbs().values() if v.body.__module__.split(".")[1] in rooms and not v.inside}


def test_the_table_names_every_verb_of_both_rooms():
    assert sorted(PAGES) == sorted(doored("booking", "outreach"))


@pytest.mark.parametrize("verb", PAGES)
def test_a_verb_is_pressed_on_the_page_of_its_role(hall: World, sign_in: Enter, verb: str):
    name, role = PAGES[verb]
    entered: list[str] = []

    def enter(who: str, *scopes: tuple[str, object], **more: bool):
        entered.append(who)
        return sign_in(who, *scopes, **more)

    press = OF_STAFF[name](hall, enter)
    assert entered[-1] == role and shipped_roles()[role].grants & set(doored("booking", "outreach")[verb].grants)
    assert recorded(verb, press)


@pytest.mark.parametrize("verb", OF_THE_PUBLIC)
def test_what_the_public_does_for_itself_has_its_page(hall: World, sign_in: Enter, verb: str):
    assert recorded(verb, OF_PORTAL[OF_THE_PUBLIC[verb]](hall, sign_in))


def recorded(verb: str, press: Press) -> bool:
    """Whether the press left an act of the verb that was done."""
    query = "SELECT count(*) FROM platform_act WHERE verb = %s AND refusal = ''"
    (before,) = sql.fetch(query, [verb])
    answered(press)
    return sql.fetch(query, [verb]) > [before]
