"""A post of a hall with somebody who can sign in to it."""

from datetime import date

from seawall.staff import services as staff
from seawall.terms.staff import AccountCreate, CredentialGrant, PostAssign, Scope, Secret
from tests.clinic.world import PROGRAMME, World, done

from .authenticator import PASSWORD


def holder(hall: World, role: str, *scopes: tuple[str, object], certified: bool = False) -> tuple[str, int]:
    """The name of the account, and the post; with `certified` for the programme of the hall."""
    name = f"{role.lower()}-{len(scopes)}-{hall.serial}"
    create = AccountCreate(**hall.base(), username=name, name=name, password=Secret(PASSWORD))
    account = done(staff.accounts_create(hall.actor, [create]))[0].answer["account_id"]
    assign = PostAssign(
        **hall.base(), role=role, person=name, account_id=account, valid_from=date(2021, 1, 1), synthetic=True,
        scopes=tuple(Scope(kind=kind, ref=str(ref)) for kind, ref in scopes),
    )  # fmt: skip
    post = done(staff.posts_assign(hall.actor, [assign]))[0].answer["post_id"]
    if certified:
        grant = CredentialGrant(
            **hall.base(), post_id=post, kind="VACCINATION_TRAINING", programme=PROGRAMME,
            valid_from=date(2021, 1, 1), valid_to=date(2022, 12, 31),
        )  # fmt: skip
        done(staff.credentials_grant(hall.actor, [grant]))
    return name, post
