"""`seawall init`: on an empty database, a city and the first account, with a link that works once."""

from uuid import NAMESPACE_URL, uuid5

from django.urls import reverse

from seawall.command.services import city_load
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.staff import services
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Refused
from seawall.terms.staff import AccountChange, AccountCreate, PostAssign, Scope

GRANTS = frozenset({"accounts_create", "account_invite", "posts_assign", "reference_refresh"})
ROLE = "ADMINISTRATOR"


def first_account(who: Actor, username: str, name: str, site: str, city: str = "") -> str:
    """The address with which the first administrator chooses a password. Refused once somebody can administer."""
    if staff.administered(ROLE):
        raise Refused("INIT_DONE")
    if city:
        city_load(who, city)
    whole = reference.whole(clock.today())
    if whole is None:
        raise Refused("NO_CITY")
    name = name or _called(reference.city().languages)
    now = clock.now()
    acts = {step: uuid5(NAMESPACE_URL, f"seawall/init/{username}/{step}") for step in ("account", "post", "invite")}
    create = AccountCreate(act=acts["account"], occurred_at=now, dated_here=True, username=username, name=name)
    account = int(str(_made(services.accounts_create.one(who, create)).answer["account_id"]))
    assign = PostAssign(
        act=acts["post"], occurred_at=now, dated_here=True, role=ROLE, person=name, account_id=account, valid_from=clock.today(),
        scopes=(Scope(kind="area", ref=whole.code),),
    )  # fmt: skip
    _made(services.posts_assign.one(who, assign))
    _made(
        services.account_invite.one(
            who, AccountChange(act=acts["invite"], occurred_at=now, dated_here=True, account_id=account)
        )
    )
    return site.rstrip("/") + reverse("welcome", kwargs=staff.welcome(account))


def _called(languages: tuple[str, ...]) -> str:
    role = staff.role_names()[ROLE]
    return role.zh if "zh" in languages else role.en


def _made(outcome: Outcome) -> Outcome:
    if outcome.refusal:
        raise Refused(outcome.refusal.code, **outcome.refusal.params)
    return outcome
