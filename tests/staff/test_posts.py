"""A post, not an account, decides what somebody may do and see, on the day."""

from datetime import date, timedelta

import pytest
from django.contrib.auth import authenticate
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seawall.platform import access, clock
from seawall.platform.models import Act
from seawall.reference import selectors as reference
from seawall.reference.services import PlaceNew, city_load, places_register
from seawall.staff import selectors
from seawall.staff.roles import shipped_roles
from seawall.staff.rows import Owner, credential_kinds
from seawall.staff.services import accounts_create, credentials_grant, demo_posts, posts_assign, unit_posts
from seawall.terms.acts import Refused
from seawall.terms.codes import PlaceKind
from seawall.terms.names import Name
from seawall.terms.staff import AccountCreate, CredentialGrant, PostAssign, Scope, Secret

pytestmark = pytest.mark.django_db

DAY = date(2021, 4, 10)


@pytest.fixture
def held(noon):
    """The business clock stands at noon of 10 April 2021."""
    city_load("chongqing")
    clock.set_to(noon)
    return noon


def assigned(anyone, held, act, role, *scopes, **more):
    item = PostAssign(
        act=act(role, *map(repr, scopes), *more.items()),
        occurred_at=held,
        role=role,
        person="某人",
        scopes=scopes,
        **({"valid_from": DAY} | more),
    )
    (outcome,) = posts_assign(anyone, [item])
    assert outcome.done, outcome
    return outcome.answer["post_id"]


def site_in(leaf):
    return places_register(
        [PlaceNew(kind=PlaceKind.SITE, code=f"T{leaf}", name_zh="点", name_en="Site", leaf_id=leaf)]
    )[0]


def test_a_district_officer_reaches_the_leaves_and_sites_of_the_unit(anyone, held, act):
    units = {u.code: u for u in reference.units(DAY)}
    inside, outside = min(units["500103"].leaves), min(units["500104"].leaves)
    here, there = site_in(inside), site_in(outside)
    post = assigned(anyone, held, act, "DISTRICT_OFFICER", Scope(kind="unit", ref="500103"))
    actor = selectors.actor_for(post, "en", "service")
    assert access.sees_leaf(actor, inside) and not access.sees_leaf(actor, outside)
    assert access.sees_site(actor, here) and not access.sees_site(actor, there)
    assert (actor.language, actor.purpose, actor.role) == ("en", "service", "DISTRICT_OFFICER")
    access.require(actor, "site_open")
    with pytest.raises(Refused):
        access.require(actor, "dose_give")


def test_wansheng_is_not_seen_from_the_rest_of_qijiang_but_from_the_whole_district(anyone, held, act):
    units = {u.code: u for u in reference.units(DAY)}
    rest = selectors.actor_for(assigned(anyone, held, act, "DISTRICT_OFFICER", Scope(kind="unit", ref="500110")), "en")
    whole = selectors.actor_for(assigned(anyone, held, act, "DISTRICT_OFFICER", Scope(kind="area", ref="500110")), "en")
    assert rest.reach.leaves == units["500110"].leaves
    assert whole.reach.leaves == units["500110"].leaves | units["500110W"].leaves


def test_a_city_post_reaches_everything(anyone, held, act):
    post = assigned(anyone, held, act, "LEADING_GROUP_HEAD", Scope(kind="area", ref="500000"))
    actor = selectors.actor_for(post, "zh-hans", "")
    assert actor.reach.everywhere
    assert actor.purpose == "command"
    assert "see:person" not in actor.grants


def test_a_post_ends_and_a_scope_ends(anyone, held, act):
    leaf_post = assigned(anyone, held, act, "STREET_OFFICER", Scope(kind="area", ref="500103"), valid_to=DAY)
    ended = Scope(kind="sector", ref="EDUCATION", valid_to=DAY - timedelta(days=1), valid_from=date(2021, 1, 1))
    sector_post = assigned(anyone, held, act, "SECTOR_OFFICER", ended, Scope(kind="sector", ref="HEALTH"))
    assert selectors.actor_for(sector_post, "en").reach.sectors == {"HEALTH"}
    assert selectors.actor_for(leaf_post, "en").reach.leaves
    clock.set_to(held + timedelta(days=1))
    assert selectors.actor_for(leaf_post, "en") is None


def test_a_scope_may_be_for_one_purpose_only(anyone, held, act):
    post = assigned(anyone, held, act, "AEFI_OFFICER", Scope(kind="area", ref="500103", purpose="safety"))
    assert selectors.actor_for(post, "en", "safety").reach.leaves
    assert not selectors.actor_for(post, "en", "service").reach.leaves


def test_posts_are_found_by_role_site_and_unit(anyone, held, act):
    site = assigned(anyone, held, act, "SITE_MANAGER", Scope(kind="site", ref="77"), phone="023-0000 0000")
    assigned(anyone, held, act, "SITE_MANAGER", Scope(kind="site", ref="78"))
    unit = assigned(anyone, held, act, "FIRST_RESPONSIBLE", Scope(kind="unit", ref="500101"))
    assert [p.post_id for p in selectors.posts(role="SITE_MANAGER", site_id=77)] == [site]
    (row,) = selectors.posts(unit="500101")
    assert (row.post_id, row.unit_code, row.site_id) == (unit, "500101", None)
    assert selectors.post(site).owner == Owner("某人", Name("接种点日常管理专人", "Site day manager"), "023-0000 0000")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"role": "KING"}, "POST_ROLE_UNKNOWN"),
        ({"scopes": ()}, "SCOPE_MISSING"),
        ({"scopes": (Scope(kind="planet", ref="1"),)}, "SCOPE_KIND_UNKNOWN"),
        ({"valid_to": date(2021, 4, 9)}, "POST_DATES_WRONG"),
    ],
)
def test_a_wrong_post_refuses_only_itself(anyone, held, act, change, code):
    sound = {"role": "SCREENER", "person": "甲", "scopes": (Scope(kind="site", ref="1"),), "valid_from": DAY}
    items = [
        PostAssign(act=act(1), occurred_at=held, **(sound | change)),
        PostAssign(act=act(2), occurred_at=held, **sound),
    ]
    wrong, right = posts_assign(anyone, items)
    assert wrong.refusal.code == code
    assert right.done


def test_credentials_count_by_day_programme_and_kind(anyone, held, act):
    nurse = assigned(anyone, held, act, "VACCINATOR", Scope(kind="site", ref="1"))
    rescuer = assigned(anyone, held, act, "EMERGENCY_CLINICIAN", Scope(kind="site", ref="1"))

    def credential(name, post, **more):
        shared = {"valid_from": date(2021, 1, 15), "valid_to": date(2021, 12, 31)}
        return CredentialGrant(act=act(name), occurred_at=held, post_id=post, **(shared | more))

    outcomes = credentials_grant(
        anyone,
        [
            credential("a", nurse, kind="VACCINATOR", programme="covid19-cn"),
            credential("b", rescuer, kind="EMERGENCY"),
            credential("c", 999_999, kind="VACCINATOR"),
            credential("d", nurse, kind="FLYING"),
            credential("e", nurse, kind="VACCINATOR", valid_to=date(2020, 1, 1)),
            credential("f", nurse, kind="VACCINATOR", programme="Covid"),
        ],
    )
    assert [o.refusal.code if o.refusal else "" for o in outcomes] == [
        "",
        "",
        "POST_UNKNOWN",
        "CREDENTIAL_KIND_UNKNOWN",
        "CREDENTIAL_DATES_WRONG",
        "PROGRAMME_UNKNOWN",
    ]
    both = [nurse, rescuer]
    assert selectors.certified(both, DAY, "covid19-cn") == {nurse}
    assert selectors.certified(both, DAY, "influenza") == frozenset()
    assert selectors.certified(both, date(2022, 1, 1), "covid19-cn") == frozenset()
    assert selectors.certified(both, DAY, "covid19-cn", "EMERGENCY") == {rescuer}
    assert selectors.certified_until(both, "covid19-cn") == {nurse: date(2021, 12, 31)}


def test_a_password_is_hashed_and_kept_nowhere(anyone, held, act):
    item = AccountCreate(act=act(1), occurred_at=held, username="li", name="李", password=Secret("long and dry"))
    (first,) = accounts_create(anyone, [item])
    twin = AccountCreate(act=act(2), occurred_at=held, username="li", name="李", password=Secret("another long one"))
    (second,) = accounts_create(anyone, [twin])
    assert first.done
    assert second.refusal.code == "USERNAME_TAKEN"
    account = authenticate(username="li", password="long and dry")
    assert account.pk == first.answer["account_id"]
    assert "long and dry" not in account.password
    assert "long and dry" not in repr(item)
    assert Act.objects.get(act=act(1)).answer == {"account_id": account.pk}


def test_statements_do_not_grow_with_the_batch(anyone, held, act):
    counts = []
    reference.city()  # is read once
    for size in (2, 40):
        posts = [
            PostAssign(
                act=act(size, n),
                occurred_at=held,
                role="SCREENER",
                person="甲",
                valid_from=DAY,
                scopes=(Scope(kind="site", ref=str(n)),),
            )
            for n in range(size)
        ]
        with CaptureQueriesContext(connection) as queries:
            ids = [o.answer["post_id"] for o in posts_assign(anyone, posts)]
            credentials_grant(
                anyone,
                [
                    CredentialGrant(
                        act=act(size, "c", p),
                        occurred_at=held,
                        post_id=p,
                        kind="SCREENER",
                        valid_from=DAY,
                        valid_to=DAY,
                    )
                    for p in ids
                ],
            )
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_demonstration_offers_one_post_of_each_kind_and_can_be_asked_again(anyone, held):
    def make():
        return demo_posts(anyone, at=held, city="500000", unit="500103", site_id=5, organisation_id=9)

    made = make()
    assert make() == made
    listed = {row["role"]: row for row in selectors.demo_posts()}
    assert (
        set(listed)
        == set(made)
        == {
            "director",
            "district_officer",
            "site_manager",
            "nurse",
            "aefi_officer",
            "employer",
            "inspector",
            "supply_officer",
        }
    )
    assert listed["director"]["place"] == Name("重庆市", "Chongqing")
    assert listed["district_officer"]["place"] == Name("渝中区", "Yuzhong District")
    account = selectors.post(made["nurse"]).account_id
    assert selectors.posts_of(account)[0]["post_id"] == selectors.post_of_account(account).post_id == made["nurse"]


def test_every_unit_has_a_first_responsible_person(anyone, held):
    people = {u.code: (f"责{n}", "023-0000 0000") for n, u in enumerate(reference.units(DAY))}
    made = unit_posts(anyone, at=held, people=people)
    assert unit_posts(anyone, at=held, people=people) == made
    assert {p.unit_code: p.person for p in selectors.posts(role="FIRST_RESPONSIBLE")} == {
        code: name for code, (name, _) in people.items()
    }


def test_roles_speak_both_languages_and_every_kind_of_credential_is_listed():
    for role in shipped_roles().values():
        assert role.zh and role.en and not role.zh.isascii()
        assert role.grants
    assert not credential_kinds()["EMERGENCY"].vaccinates
