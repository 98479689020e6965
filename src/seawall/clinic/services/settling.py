"""Acts that a tablet brought and that could not be taken: somebody says what became of them."""

from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from seawall.clinic import tables
from seawall.platform import secrets, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.staff import selectors as staff
from seawall.terms.acts import Refusal
from seawall.terms.codes import Owner
from seawall.terms.visits import ConflictSettle

from ..steps import child
from .conflicts import TabletAct
from .syncing import STEPS, again

KEYS = {"site_id": "bigint", "act": "uuid", "verb": "text"}
OPEN = f"""
SELECT c.site_id, c.act, c.verb, c.tablet, c.post_id, c.sealed FROM clinic_syncconflict c
JOIN {sql.unnest(KEYS)} ON c.site_id = u.site_id AND c.act = u.act AND c.verb = u.verb
WHERE c.settled = '' ORDER BY 1, 2, 3 FOR UPDATE OF c
"""
SETTLE = f"""
UPDATE clinic_syncconflict c SET settled = u.way, note = u.note, settled_by = u.post, settled_at = u.at
FROM {sql.unnest(KEYS | {"way": "text", "note": "text", "post": "bigint", "at": "timestamptz"})}
WHERE c.site_id = u.site_id AND c.act = u.act AND c.verb = u.verb
"""
Key = tuple[int, UUID, str]


@verb(Owner.SITE, zh="处理同步冲突", en="Settle acts of tablets")
def conflict_settle(w: Work, items: list[ConflictSettle]) -> Answers:
    """Do acts of a tablet again, as they stand, or note what was done instead."""
    keys = sorted({(i.site_id, i.conflict, i.verb) for i in items})
    kept = {(site, act, name): rest for site, act, name, *rest in sql.fetch(OPEN, sql.turn(keys, 3))}
    answers: Answers = {}
    settled: dict[Key, ConflictSettle] = {}
    for item in items:
        key = item.site_id, item.conflict, item.verb
        refusal = _refusal(item, None if key in settled else kept.get(key)) or _again(item, kept[key])
        answers[item.act] = refusal or {"act": str(item.conflict), "way": item.way}
        if refusal is None:
            settled[key] = item
    rows = [(*key, i.way, i.note.strip(), w.actor.post_id, w.recorded_at) for key, i in settled.items()]
    if rows:
        sql.execute(SETTLE, sql.turn(rows, 7))
    return answers


def _refusal(item: ConflictSettle, kept: list[Any] | None) -> Refusal | None:
    if item.way not in tables.ways() or item.way == "covered":
        return Refusal("SETTLING_UNKNOWN", {"way": item.way})
    if kept is None:
        return Refusal("CONFLICT_NOT_OPEN", {"act": str(item.conflict)})
    if tables.ways()[item.way].asks_note and not item.note.strip():
        return Refusal("SETTLING_NEEDS_NOTE")
    return None


def _again(item: ConflictSettle, kept: list[Any]) -> Refusal | None:
    """What the act itself answers now, where it is to be done again."""
    if item.way != "again":
        return None
    tablet, post, sealed = kept
    told = TypeAdapter(STEPS[item.verb][0].item).validate_json(secrets.decrypt(sealed))
    act = TabletAct(0, item.verb, told, post, staff.accounts([post]).get(post, 0))
    return again(item.site_id, tablet, act, child(item.conflict, str(item.act))).refusal
