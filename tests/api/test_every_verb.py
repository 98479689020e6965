"""Every verb is done, or refused in words, through both its doors: the machine's and the plain form; none fails, none is unreachable."""

import json

import pytest
from django.contrib.auth import get_user_model

from seawall.interfaces.guard import POST
from seawall.people import services as people
from seawall.platform.verbs import all_verbs
from seawall.reference import selectors as reference
from seawall.reference.reasons import registry
from seawall.staff import services as staff
from seawall.staff.roles import shipped_roles
from seawall.terms.rosters import HouseholdRegister, OrganisationRegister
from seawall.terms.staff import AccountCreate, PostAssign, Scope, Secret
from tests.clinic.world import DAY, World, done
from tests.walks.pages import Visitor

from .examples import Ids, example

pytestmark = pytest.mark.django_db
VERBS = [verb for verb in all_verbs().values() if not verb.inside]
DONE = """
accounts_create alert_raise facility_register place_register reference_refresh appointments_miss cold_record condition_record
contact_assign credentials_grant day_close device_calibrate device_change device_register device_retire door_set
dose_record groups_assign household_join household_register invitations_send logger_stage lot_receive membership_record
organisation_register password_set person_merge person_unmerge persons_register policy_propose post_end posts_assign
readiness_record readings_take residence_record session_plan site_close site_open site_propose stock_count token_issue
unit_day_close waiting_join waiting_leave
homebound_note homebound_end
reminders_comb contact_record message_choice_record template_propose message_limit_set notice_propose question_ask
"""
"""Verbs whose example stands on nothing but the hall: done, not refused."""


def made(outcomes):
    """The one number that an act answers with."""
    return next(int(str(value)) for value in done(outcomes)[0].answer.values())


def account(hall: World, name: str) -> int:
    create = AccountCreate(**hall.base(), username=name, name=name, password=Secret("a long walk through the house"))
    return made(staff.accounts_create(hall.actor, [create]))


@pytest.fixture
def ids(hall: World) -> Ids:
    base = {**hall.base(), "leaf_id": hall.leaf}
    school = OrganisationRegister(**base, name_zh="学校", kind="SCHOOL", sector="EDUCATION")
    home = HouseholdRegister(**{**base, **hall.base()}, address="1")
    hall.device()
    unit = next(u for u in reference.units(DAY) if hall.leaf in u.leaves)
    return Ids(
        person=hall.person(), other=hall.person(), site=hall.site, place=hall.site, leaf=hall.leaf, unit=unit.unit_id,
        post=hall.posts["vaccinator"], organisation=made(people.organisation_register(hall.actor, [school])),
        household=made(people.household_register(hall.actor, [home])), more={"account_id": account(hall, "somebody")},
    )  # fmt: skip


class Posts:
    """A post of each role asked for, over the whole city, with a session of the console."""

    def __init__(self, hall: World) -> None:
        self.hall, self.made = hall, dict[str, int]()
        self.account = account(hall, "all")

    def of(self, role: str) -> int:
        if role not in self.made:
            scopes = (Scope(kind="area", ref="500000"), Scope(kind="site", ref=str(self.hall.site)))
            assign = PostAssign(
                **self.hall.base(), role=role, person=role, account_id=self.account, valid_from=DAY.replace(month=1),
                scopes=scopes,
            )  # fmt: skip
            self.made[role] = made(staff.posts_assign(self.hall.actor, [assign]))
        return self.made[role]


@pytest.fixture
def posts(hall: World) -> Posts:
    return Posts(hall)


def holder(verb):
    return next(code for code, role in shipped_roles().items() if role.grants & set(verb.grants))


def signed_in(posts: Posts) -> Visitor:
    visitor = Visitor()
    visitor.client.force_login(get_user_model().objects.get(pk=posts.account))
    return visitor


def takes(visitor: Visitor, post: int) -> None:
    session = visitor.client.session
    session[POST] = post
    session.save()


def filled(item):
    """An item as the texts of a form."""
    texts = {}
    for name, value in item.items():
        if name == "act":
            continue
        if isinstance(value, list) and value and isinstance(value[0], dict):
            texts |= {f"{name}.{n}.{k}": str(v) for n, row in enumerate(value) for k, v in row.items()}
        elif isinstance(value, bool):
            texts[name] = "true" if value else "false"
        elif isinstance(value, dict):
            texts[name] = ""
        else:
            texts[name] = [str(v) for v in value] if isinstance(value, list) else str(value)
    return texts


def test_every_verb_answers_at_the_machines_door(ids, posts):
    visitor, answers = signed_in(posts), {}
    visitor.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    for number, verb in enumerate(VERBS):
        takes(visitor, posts.of(holder(verb)))
        item = example(verb, ids, f"6f0c1a5e-0000-4000-8000-{number:012}")
        body = json.dumps({"items": [item]})
        sent = visitor.client.post(f"/api/v1/acts/{verb.name}", body, content_type="application/json")
        assert sent.status_code == 200, (verb.name, item, sent.content.decode())
        (outcome,) = sent.json()["outcomes"]
        answers[verb.name] = "" if outcome["done"] else outcome["refusal"]["code"]
        assert outcome["done"] or outcome["refusal"]["code"] in registry(), verb.name
    refused = {name: answers[name] for name in DONE.split() if answers[name]}
    assert not refused


def test_every_verb_has_a_form_and_those_of_the_hall_read_their_example(ids, posts):
    visitor = signed_in(posts)
    for verb in VERBS:
        takes(visitor, posts.of(holder(verb)))
        visitor.go(f"/console/act/{verb.name}")
        if verb.name not in DONE.split():
            continue
        form = next(f for f in visitor.forms() if f.action == visitor.path)
        sent = {name: value for name, value in (form.values | filled(example(verb, ids))).items() if value is not None}
        response = visitor.client.post(form.action, sent, HTTP_ACCEPT_LANGUAGE="en")
        told = response.status_code == 422 and 'class="late"' in response.content.decode()
        assert response.status_code == 200 or told, verb.name
