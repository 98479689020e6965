"""Codes typed by hand: a second person compares them with the pack."""

from uuid import UUID

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.staff import selectors as staff
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner
from seawall.terms.stock import CodeType

from .. import codes, scanning
from ..models import TypedCode


@verb(Owner.PLACE, zh="手工录码", en="Type codes by hand")
def code_type(w: Work, items: list[CodeType]) -> Answers:
    """Enter codes that no scanner reads; the holder of another post at the place has compared each with the pack."""
    seen = scanning.scan({i.code for i in items})
    posts = staff.posts_by_id({i.confirmed_by for i in items}, clock.civil_day(w.recorded_at))
    holders = staff.accounts(posts)
    day = clock.civil_day(w.recorded_at)
    reach = {post_id: staff.reach_of(row, day) for post_id, row in posts.items()}
    answers: dict[UUID, Refusal | Params] = {}
    good = []
    for item in items:
        packs = seen.packs(item.code)
        post, holder = posts.get(item.confirmed_by), holders.get(item.confirmed_by)
        if item.code in seen.unknown:
            answers[item.act] = seen.unknown[item.code]
        elif post is None or holder is None:
            answers[item.act] = Refusal("CONFIRMER_UNKNOWN", {"post": item.confirmed_by})
        elif holder == w.actor.account_id:
            answers[item.act] = Refusal("SAME_HANDS", {"code": item.code})
        elif not (reach[item.confirmed_by].everywhere or item.place_id in reach[item.confirmed_by].sites):
            answers[item.act] = Refusal("CONFIRMER_ELSEWHERE", {"post": item.confirmed_by})
        else:
            good.append(
                (
                    item.place_id,
                    item.act,
                    codes.key(item.code),
                    clock.civil_day(item.occurred_at),
                    w.actor.account_id,
                    item.confirmed_by,
                )
            )
            answers[item.act] = {
                "code": item.code,
                "lot": packs[0].lot,
                "product": packs[0].product,
                "packs": len(packs),
            }
    sql.insert(TypedCode, ("place_id", "act", "code", "day", "account_id", "confirmed_by"), good)
    return answers
