"""Acts on one person's record: registered by hand, corrected, documents, home, rosters, findings. Each page asks before it writes."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from seawall.interfaces import reading
from seawall.interfaces.console import controls
from seawall.interfaces.console.asking import Asked, ask
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import flash, show
from seawall.interfaces.items import Field, item_fields
from seawall.people import boards, services
from seawall.platform import access
from seawall.terms.acts import Outcome, Refused
from seawall.terms.codes import Precision, Sex
from seawall.terms.people import PersonRegister

Act = Callable[[ActorRequest, int], Asked]
NO_ACT: Mapping[str, Act] = {}
PRECISIONS, SEXES = tuple(Precision), (Sex.MALE, Sex.FEMALE, Sex.UNKNOWN)


def page(request: ActorRequest, template: str, board: Any, asked: Asked | None = None, **more: Any) -> HttpResponse:
    """A page of forms; after a refusal the form that was sent keeps what was typed and says why."""
    context = {
        "board": board, "kept": request.POST if asked else {}, "stopped": asked.refusal if asked else None,
        "form": asked.form if asked else "", "sexes": SEXES, "precisions": PRECISIONS, "section": "people",
    }  # fmt: skip
    return show(request, template, context | more)


def rights(request: ActorRequest, *grants: str) -> dict[str, bool]:
    """Which of these the post may do: a page shows no form for the others."""
    return {grant: access.may(request.actor, grant) for grant in grants}


@door("persons_register")
def register(request: ActorRequest) -> HttpResponse:
    """Whoever looks like the newcomer is shown before anything is written; "another person" registers all the same."""
    asked: Asked | None = None
    alike: tuple[boards.AlikeRow, ...] = ()
    if request.method == "POST":
        alike = _alike(request) if "another" not in request.POST else ()
        if not alike:
            asked = _register(request)
            if asked.refusal is None:
                return _registered(request, asked.outcome)
    kept = {"kept": request.POST, "form": "register"} if request.method == "POST" else {}
    (guardian,) = controls.controls([_guardian()], request.actor, request.POST or None, {})
    board = boards.registering(request.actor)
    return page(request, "console/register.html", board, asked, alike=alike, guardian=guardian, **kept)


def _guardian() -> Field:
    return next(f for f in item_fields(PersonRegister) if f.name == "guardian_id")


def _register(request: ActorRequest) -> Asked:
    """The guardian is named as in a plain form: whoever the text finds, or the one chosen of several."""
    named = controls.read([_guardian()], request.actor, request.POST)
    if named.wrong:
        return Asked("register", Outcome(reading.act(request.POST.get("act", "")), named.wrong[0][1]))
    guardian = named.row.get("guardian_id")
    return ask(request, services.persons_register, documents=_documents(request.POST), guardian_id=guardian)


def _documents(data: Mapping[str, str]) -> tuple[dict[str, str], ...]:
    number = data.get("number", "").strip()
    return ({"kind": data.get("kind", ""), "number": number, "country": data.get("country", "")},) if number else ()


def _alike(request: ActorRequest) -> tuple[boards.AlikeRow, ...]:
    """Nobody, where name or birth cannot be read: the verb's own refusal says so."""
    data = request.POST
    birth = reading.day_or_none(data.get("birth", ""))
    name = data.get("name", "").strip()
    if not birth or not name:
        return ()
    return boards.alike(request.actor, name, birth, data.get("phone", "").strip(), reading.act(data.get("act", "")))


def _registered(request: ActorRequest, outcome: Outcome) -> HttpResponse:
    """To the new person's page, if the post reaches where they live; of a site, to its arrival, where they stand now."""
    person_id, alike = int(str(outcome.answer["person_id"])), outcome.answer.get("candidates")
    if alike:
        flash(request, "done", "PERSON_REGISTERED_ALIKE", count=int(str(alike)))
    else:
        flash(request, "done", "PERSON_REGISTERED")
    reach = request.actor.reach
    if reach.everywhere or reach.leaves:
        return redirect("person", person_id=person_id)
    if len(reach.sites) != 1 or not access.may(request.actor, "see:arrival"):
        return redirect("people")
    said = " ".join(request.POST.get(name, "").strip() for name in ("name", "birth"))
    return redirect(f"{reverse('station', args=[*reach.sites, 'arrival'])}?{urlencode({'q': said})}")


def acted(request: ActorRequest, person_id: int, acts: Mapping[str, Act], done: Mapping[str, str]) -> Asked:
    """Does the act whose form was sent, and says on the next page that it was done."""
    form = request.POST.get("do", "")
    if form not in acts:
        raise Refused(reading.UNREADABLE)
    asked = acts[form](request, person_id)
    if asked.refusal is None:
        flash(request, "done", done[form])
    return asked


STANDS = ("name", "sex", "birth", "birth_precision")


def _correct(request: ActorRequest, person_id: int) -> Asked:
    """Fields left as the form showed them are not given, so that nothing but the mistake changes."""
    data = request.POST
    given: dict[str, Any] = {k: None for k in STANDS if data.get(k, "").strip() in {"", data.get(f"was_{k}", "")}}
    phone = data.get("phone", "").strip()
    given["phone"] = "" if "no_phone" in data else phone or None
    return ask(request, services.person_correct, person_id=person_id, **given)


IDENTITY: Mapping[str, Act] = {
    "correct": _correct,
    "link": lambda request, person: ask(request, services.document_link, person_id=person),
    "end": lambda request, person: ask(request, services.document_end, person_id=person),
}
IDENTITY_DONE = {"correct": "PERSON_CORRECTED", "link": "DOCUMENT_LINKED", "end": "DOCUMENT_ENDED"}


@door("see:person")
def identity(request: ActorRequest, person_id: int) -> HttpResponse:
    may = rights(request, "person_correct", "document_link", "document_end")
    asked = acted(request, person_id, IDENTITY, IDENTITY_DONE) if request.method == "POST" else None
    if asked and asked.refusal is None:
        return redirect("person_identity", person_id=person_id)
    return page(request, "console/identity.html", boards.identity(request.actor, person_id), asked, may=may)


def _household(request: ActorRequest, person_id: int) -> Asked:
    """A new household in the person's own street, with this person and perhaps a second one."""
    board = boards.home(request.actor, person_id)
    other = reading.number_or_none(request.POST.get("other", ""))
    members = (board.person.person_id, *([other] if other else []))
    return ask(request, services.household_register, leaf_id=board.person.leaf_id, members=members)


def _contact(request: ActorRequest, person_id: int) -> Asked:
    board = boards.home(request.actor, person_id)
    return ask(request, services.contact_assign, leaf_id=board.person.leaf_id, household_id=board.household_id)


HOME: Mapping[str, Act] = {
    "move": lambda request, person: ask(request, services.residence_record, person_id=person),
    "household": _household,
    "join": lambda request, person: ask(request, services.household_join, person_id=person),
    "leave": lambda request, person: ask(request, services.household_join, person_id=person, household_id=None),
    "contact": _contact,
}
HOME_DONE = {
    "move": "RESIDENCE_RECORDED", "household": "HOUSEHOLD_RECORDED", "join": "HOUSEHOLD_RECORDED",
    "leave": "HOUSEHOLD_RECORDED", "contact": "CONTACT_ASSIGNED",
}  # fmt: skip


@door("see:person")
def home(request: ActorRequest, person_id: int) -> HttpResponse:
    may = rights(request, "residence_record", "household_register", "household_join", "contact_assign")
    asked = acted(request, person_id, HOME, HOME_DONE) if request.method == "POST" else None
    if asked and asked.refusal is None:
        return _after_move(request, person_id)
    board = boards.home(request.actor, person_id, request.GET.get("with", "").strip())
    return page(request, "console/home.html", board, asked, may=may, wanted=request.GET.get("with", ""))


def _after_move(request: ActorRequest, person_id: int) -> HttpResponse:
    """Who has moved out of the post's area is no longer shown to it."""
    try:
        boards.home(request.actor, person_id)
    except Refused:
        return redirect("people")
    return redirect("person_home", person_id=person_id)


ROSTERS: Mapping[str, Act] = {
    "join": lambda request, person: ask(request, services.membership_record, person_id=person),
    "leave": lambda request, person: ask(request, services.membership_record, person_id=person),
}
ROSTERS_DONE = {"join": "MEMBERSHIP_RECORDED", "leave": "MEMBERSHIP_ENDED"}


@door("see:person")
def rosters(request: ActorRequest, person_id: int) -> HttpResponse:
    may = rights(request, "membership_record")
    asked = acted(request, person_id, ROSTERS, ROSTERS_DONE) if request.method == "POST" else None
    if asked and asked.refusal is None:
        return redirect("person_rosters", person_id=person_id)
    return page(request, "console/memberships.html", boards.memberships(request.actor, person_id), asked, may=may)


CONDITIONS: Mapping[str, Act] = {
    "add": lambda request, person: ask(request, services.condition_record, person_id=person),
    "end": lambda request, person: ask(request, services.condition_record, person_id=person),
}
CONDITIONS_DONE = {"add": "FINDING_RECORDED", "end": "FINDING_ENDED"}


@door("condition_record")
def conditions(request: ActorRequest, person_id: int) -> HttpResponse:
    asked = acted(request, person_id, CONDITIONS, CONDITIONS_DONE) if request.method == "POST" else None
    if asked and asked.refusal is None:
        return redirect("person_conditions", person_id=person_id)
    return page(request, "console/conditions.html", boards.conditions(request.actor, person_id), asked)
