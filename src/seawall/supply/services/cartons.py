"""Cartons and boxes opened into their parts."""

from uuid import UUID

from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner
from seawall.terms.stock import CartonOpen

from .. import codes, scanning

OPEN = f"""
WITH RECURSIVE around AS (
    SELECT c.code, c.parent, u.at FROM supply_carton c JOIN {sql.unnest({"code": "text", "at": "timestamptz"})} ON c.code = u.code
    UNION ALL SELECT c.code, c.parent, a.at FROM around a JOIN supply_carton c ON c.code = a.parent)
UPDATE supply_carton c SET opened_at = a.at FROM (SELECT code, min(at) AS at FROM around GROUP BY code) a
WHERE c.code = a.code AND c.opened_at IS NULL
"""


@verb(Owner.PLACE, zh="拆箱", en="Open cartons")
def carton_open(w: Work, items: list[CartonOpen]) -> Answers:
    """Open cartons and boxes, and with a box the carton around it: from now on what is in them is scanned by itself.

    A carton of which a pack went elsewhere was opened by somebody: it is opened where the rest of it stands.
    """
    asked = {i.code for i in items}
    seen = scanning.scan(asked)
    opened_now: set[str] = set()
    answers: dict[UUID, Refusal | Params] = {}
    opened = []
    for item in items:
        key = codes.key(item.code)
        found = seen.packs(item.code)
        packs = [pack for pack in found if pack.place_id == item.place_id]
        away = next(iter(found), None) if not packs else None
        if item.code in seen.unknown:
            answers[item.act] = seen.unknown[item.code]
        elif key not in seen.cases:
            answers[item.act] = Refusal("CARTON_UNKNOWN", {"code": key})
        elif away:
            told: Params = {"code": key, "child": away.code, "place_id": away.place_id}
            answers[item.act] = Refusal("CARTON_CHILD_ELSEWHERE", told)
        elif seen.opened(item.code) or key in opened_now:
            answers[item.act] = Refusal("CARTON_OPENED", {"code": key})
        else:
            opened_now.add(key)
            opened.append((key, item.occurred_at))
            answers[item.act] = {"code": key, "packs": len(packs), "doses": sum(pack.doses for pack in packs)}
    sql.execute(OPEN, sql.turn(opened, 2))
    return answers
