"""Who may sign a step at a site: on duty there, certified, and for the injection not whoever screened the person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from seawall.staff import selectors as staff
from seawall.staff.selectors import PostRow
from seawall.terms.actor import Actor
from seawall.terms.acts import Refusal

SCREENING, INJECTION = "screening_record", "dose_give"


@dataclass(frozen=True, slots=True)
class Signers:
    """The posts that may sign, the likeliest first; `barred` says why the post that asks is not among them."""

    posts: Sequence[PostRow]
    barred: Refusal | None


def screeners(actor: Actor, site_id: int, programme: str, on: date) -> Signers:
    """Whoever injects here comes last: with a screener of the day signing, the nurse stays free for the dose."""
    rows = _certified(site_id, programme, on, SCREENING)
    return Signers(sorted(rows, key=lambda r: (_may(r, INJECTION, on), r.post_id != actor.post_id, r.post_id)), None)


def vaccinators(actor: Actor, site_id: int, programme: str, on: date, screener: int | None) -> Signers:
    """Without the person who screened, in whatever post; the post that asks comes first."""
    rows = _certified(site_id, programme, on, INJECTION)
    accounts = staff.accounts([actor.post_id, *([screener] if screener else []), *(row.post_id for row in rows)])

    def screened(post: int) -> bool:
        return screener is not None and (
            post == screener or (post in accounts and accounts[post] == accounts.get(screener))
        )

    free = [row for row in rows if not screened(row.post_id)]
    barred = Refusal("FOUR_EYES", {"post": screener}) if screened(actor.post_id) else None
    order = sorted(free, key=lambda r: (r.post_id != actor.post_id, _may(r, SCREENING, on), r.post_id))
    return Signers(order, barred)


def _may(row: PostRow, verb: str, on: date) -> bool:
    return verb in staff.roles(on)[row.role].grants


def _certified(site_id: int, programme: str, on: date, verb: str) -> list[PostRow]:
    rows = [row for row in staff.posts(site_id=site_id, on=on) if _may(row, verb, on)]
    certified = staff.certified([row.post_id for row in rows], on, programme)
    return [row for row in rows if row.post_id in certified]
