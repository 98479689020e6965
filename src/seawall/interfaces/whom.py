"""Whom a field may name, and what hangs on them: persons, households, files of rosters, posts, accounts, credentials, tokens."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from seawall.people import selectors as people
from seawall.platform import access, clock
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.terms import figures
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused

from . import words
from .option import MOST, Option, pairs, spoken, uuid_of
from .reading import GREATEST


def _person(row: Any) -> Option:
    note = " ".join(filter(None, (words.day(row.birth), row.document)))
    return Option(str(row.person_id), figures.masked_name(row.name), note)


def persons(actor: Actor, text: str) -> Iterable[Option]:
    return (_person(row) for row in people.search(actor, text, "act"))


def person_named(actor: Actor, text: str) -> Option | None:
    """By the number of the record; document numbers are longer, and searched."""
    if (number := _number(text)) is None:
        return None
    found = people.persons(actor, [number], "act")
    return _person(found[number]) if found else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and int(text) <= GREATEST else None


def guardians(actor: Actor, text: str) -> Iterable[Option]:
    """Persons in reach; a desk that receives people also finds whoever says name and birth date there."""
    found = people.search(actor, text, "act")
    if not found and access.may(actor, "visit_arrive"):
        found = people.introduced(actor, text, "act")
    return map(_person, found)


def _household(row: Any) -> Option:
    area = next((a for a in reference.leaves(clock.today()) if a.area_id == row.leaf_id), None)
    street = words.pick({"zh": area.name_zh, "en": area.name_en}) if area else ""
    return Option(str(row.household_id), row.address or str(row.household_id), f"{street} {row.household_id}".strip())


def households(actor: Actor, text: str) -> Iterable[Option]:
    return map(_household, people.households(actor, text, MOST))


def household_named(actor: Actor, text: str) -> Option | None:
    row = people.household(actor, number) if (number := _number(text)) is not None else None
    return _household(row) if row else None


def imports(actor: Actor, _text: str) -> Iterable[Option]:
    for row in people.imports_in_reach(actor):
        day = words.day(row.staged_at)
        keys = f"{row.import_id} {''.join(f'{row.filename}{day}'.lower().split())}"
        yield Option(str(row.import_id), row.filename, f"{day} · {row.import_id}", keys)


def organisations(actor: Actor, _text: str) -> Iterable[Option]:
    for row in people.organisations(actor, limit=5000):
        name = words.either(row.name_zh, row.name_en or row.name_zh)
        keys = f"{row.organisation_id} {row.uscc.lower()} {spoken(row.name_zh, row.name_en)}"
        yield Option(str(row.organisation_id), name, f"{row.organisation_id} {row.uscc}".strip(), keys)


def _post(row: Any) -> Option:
    name = f"{row.person} · {words.pick(row.name)}"
    return Option(str(row.post_id), name, str(row.post_id), f"{row.post_id} {spoken(row.person, words.pick(row.name))}")


def posts(actor: Actor, _text: str) -> Iterable[Option]:
    """Posts of the sites in reach; all of them for who reaches everything."""
    rows = staff.posts()
    seen = rows if actor.reach.everywhere else [r for r in rows if r.site_id in actor.reach.sites]
    own = [r for r in rows if r.post_id == actor.post_id and r not in seen]
    return map(_post, [*own, *seen])


def post_named(_actor: Actor, text: str) -> Option | None:
    row = staff.post(number) if (number := _number(text)) is not None else None
    return _post(row) if row else None


def roles(_actor: Actor, _text: str) -> Iterable[Option]:
    """Those that a post may be given in."""
    return pairs({code: row for code, row in staff.roles(clock.today()).items() if row.used})


def _account(row: Any) -> Option:
    keys = f"{row.username.lower()} {spoken(row.name, '')}"
    return Option(str(row.account_id), row.name, f"{row.username} · {row.account_id}", keys)


def accounts(actor: Actor, text: str) -> Iterable[Option]:
    """By number, user name or name, for posts that see the staff."""
    if not access.may(actor, "see:staff"):
        return []
    found = {row.account_id: row for row in staff.accounts_page(actor, text).rows}
    if (number := _number(text)) is not None:
        with suppress(Refused):
            found[number] = staff.account_page(actor, number).account
    return map(_account, found.values())


def credentials(actor: Actor, text: str) -> Iterable[Option]:
    """Held certificates by kind and holder, for posts that see the staff."""
    rows = staff.credentials_held(actor, text, uuid_of(text)) if access.may(actor, "see:staff") else []
    for row in rows:
        name = f"{words.pick(row.kind.name)} · {row.person}"
        yield Option(str(row.credential), name, f"{words.day(row.valid_to)} · {row.post_id}")


def credential_named(actor: Actor, text: str) -> Option | None:
    return next(iter(credentials(actor, text)), None) if uuid_of(text) else None


def tokens(actor: Actor, text: str) -> Iterable[Option]:
    """Tokens by their name and the holder of their post, for posts that see the staff."""
    rows = staff.tokens_held(actor, text, uuid_of(text)) if access.may(actor, "see:staff") else []
    for row in rows:
        yield Option(str(row.token), f"{row.name} · {row.person}", f"{words.day(row.valid_to)} · {row.post_id}")


def token_named(actor: Actor, text: str) -> Option | None:
    return next(iter(tokens(actor, text)), None) if uuid_of(text) else None
