"""Who may be one person, and what becomes of it: candidates, merge (an alias, nothing rewritten) and un-merge."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference.selectors import OWN_DOCUMENT
from seawall.terms.acts import Refusal
from seawall.terms.codes import Owner
from seawall.terms.rosters import CandidateDecide, PersonMerge, PersonUnmerge

from .. import events
from ..models import Merge
from ..reach import LIVES_HERE, visible
from . import due

# Same birth date and same sound of the name, unless both hold a number of the usual kind: those are two people for certain.
# OFFSET 0 keeps the look-up by `person_birth_sound` for each newcomer: joined freely, a batch reads and hashes the whole table.
FIND = f"""
INSERT INTO people_matchcandidate (person_id, other_id, reason, state, found_at)
SELECT GREATEST(n.id, o.id), LEAST(n.id, o.id), 'SAME_SOUND_AND_BIRTH', 'open', %s
FROM people_person n CROSS JOIN LATERAL (
  SELECT o.id, o.sex FROM people_person o WHERE o.birth = n.birth AND o.id <> n.id AND o.merged_into IS NULL
  AND split_part(o.name_key, ' ', 1) = split_part(n.name_key, ' ', 1) OFFSET 0) o
WHERE n.id = ANY(%s) AND (o.id < n.id OR o.id <> ALL(%s)) AND (n.sex = o.sex OR 0 IN (n.sex, o.sex)) AND NOT (
  EXISTS (SELECT 1 FROM people_document d WHERE d.person_id = n.id AND d.kind = {OWN_DOCUMENT})
  AND EXISTS (SELECT 1 FROM people_document d WHERE d.person_id = o.id AND d.kind = {OWN_DOCUMENT}))
ON CONFLICT DO NOTHING RETURNING person_id, other_id
"""
STATES = """
SELECT p.id, p.merged_into FROM people_person p WHERE p.id = ANY(%s) ORDER BY p.id FOR UPDATE
"""
# The root of every alias below the persons named, walking the merges in force.
REROOT = """
WITH RECURSIVE up AS (
  SELECT p.id AS alias, p.id AS at FROM people_person p WHERE p.id = ANY(%(ids)s) OR p.merged_into = ANY(%(ids)s)
  UNION ALL
  SELECT up.alias, m.into_id FROM up JOIN people_merge m ON m.person_id = up.at AND m.undone_by IS NULL
), root AS (
  SELECT alias, at FROM up WHERE NOT EXISTS (
    SELECT 1 FROM people_merge m WHERE m.person_id = up.at AND m.undone_by IS NULL)
)
UPDATE people_person p SET merged_into = NULLIF(root.at, p.id) FROM root WHERE p.id = root.alias
  AND p.merged_into IS DISTINCT FROM NULLIF(root.at, p.id)
"""


def find_candidates(person_ids: Sequence[int], found_at: datetime) -> dict[int, int]:
    """Note pairs that may be one person; how many for each of the persons asked for."""
    ids, counts = list(person_ids), Counter[int]()
    for pair in sql.fetch(FIND, [found_at, ids, ids]):
        counts.update(pair)
    return {person_id: counts[person_id] for person_id in ids if person_id in counts}


@verb(
    Owner.PERSON,
    zh="合并重复档案",
    en="Merge persons",
    judged_by_room=LIVES_HERE,
    tells=(events.PERSON_MERGED,),
    destroys=True,
)
def person_merge(w: Work, fresh: list[PersonMerge]) -> Answers:
    """Make a person another name of a second one; histories are read as one from now on."""
    named = {i.person_id for i in fresh} | {i.into_id for i in fresh}
    seen = visible(w.actor, named)
    roots = {person: root or person for person, root in sql.fetch(STATES, [sorted(named)]) if person in seen}
    answers: Answers = {}
    done: list[PersonMerge] = []
    touched: set[int] = set()
    for item in fresh:
        refusal = _merge_refusal(item, roots, touched)
        if refusal:
            answers[item.act] = refusal
            continue
        into = roots[item.into_id]
        touched |= {item.person_id, into}
        done.append(item)
        answers[item.act] = {"person_id": item.person_id, "into": into}
        w.announce(events.PERSON_MERGED, "person", item.person_id, item, {"into": into})
    rows = [(i.person_id, i.act, roots[i.into_id], w.recorded_at) for i in done]
    sql.insert(Merge, ("person_id", "act", "into_id", "merged_at"), rows)
    _after(done, sorted(touched))
    return answers


def _merge_refusal(item: PersonMerge, roots: dict[int, int], touched: set[int]) -> Refusal | None:
    for person in (item.person_id, item.into_id):
        if person not in roots:
            return Refusal("PERSON_NOT_IN_REACH", {"person_id": person})
    if roots[item.person_id] != item.person_id:
        return Refusal("PERSON_IS_ALIAS", {"person_id": item.person_id, "into": roots[item.person_id]})
    if roots[item.into_id] == item.person_id:
        return Refusal("MERGE_WITH_ITSELF", {"person_id": item.person_id})
    if touched & {item.person_id, roots[item.into_id]}:
        return Refusal("MERGE_ONE_AT_A_TIME", {"person_id": item.person_id})
    return None


@verb(
    Owner.PERSON,
    zh="撤销合并",
    en="Undo merges",
    judged_by_room=LIVES_HERE,
    tells=(events.PERSON_UNMERGED,),
    destroys=True,
)
def person_unmerge(w: Work, fresh: list[PersonUnmerge]) -> Answers:
    """Undo a merge: the person stands alone again, with everything that was ever recorded under its own id."""
    seen = visible(w.actor, [i.person_id for i in fresh])
    first = {i.person_id: i for i in reversed(fresh) if i.person_id in seen}
    undone = dict(
        sql.fetch(
            f"UPDATE people_merge m SET undone_by = u.act FROM {sql.unnest({'person_id': 'bigint', 'act': 'uuid'})} "
            "WHERE m.person_id = u.person_id AND m.undone_by IS NULL RETURNING m.person_id, m.into_id",
            sql.turn([(i.person_id, i.act) for i in first.values()], 2),
        )
    )
    answers: Answers = {}
    for item in fresh:
        if item.person_id in undone and first[item.person_id] is item:
            into = undone[item.person_id]
            answers[item.act] = {"person_id": item.person_id, "was": into}
            w.announce(events.PERSON_UNMERGED, "person", item.person_id, item, {"into": into})
        else:
            answers[item.act] = Refusal("PERSON_IS_NO_ALIAS", {"person_id": item.person_id})
    _after(list(fresh), sorted({*undone, *undone.values()}))
    return answers


def _after(items: Sequence[PersonMerge | PersonUnmerge], person_ids: list[int]) -> None:
    """Aliases find their new root, and what the persons are due is judged anew over the histories they now have."""
    sql.execute(REROOT, {"ids": person_ids})
    names = due.followed(person_ids)
    due.forget_aliases(person_ids)
    if items:
        roots = due.stand_for(person_ids)
        due.refresh(roots, as_of=clock.civil_day(max(i.occurred_at for i in items)), names=sorted(names))


@verb(Owner.PERSON, zh="裁定疑似重复", en="Decide match candidates", judged_by_room=LIVES_HERE)
def candidate_decide(w: Work, fresh: list[CandidateDecide]) -> Answers:
    """Close pairs that are two different persons."""
    seen = visible(w.actor, [p for i in fresh for p in (i.person_id, i.other_id)])
    reached = [i for i in fresh if {i.person_id, i.other_id} <= seen]
    closed = set(
        sql.fetch(
            "UPDATE people_matchcandidate c SET state = 'different', decided_at = %s, decided_by = %s "
            f"FROM {sql.unnest({'person_id': 'bigint', 'other_id': 'bigint'})} "
            "WHERE c.person_id = u.person_id AND c.other_id = u.other_id RETURNING c.person_id, c.other_id",
            [w.recorded_at, w.actor.post_id, *sql.turn([_pair(i) for i in reached], 2)],
        )
    )
    unknown = "CANDIDATE_UNKNOWN"
    return {i.act: {} if _pair(i) in closed else Refusal(unknown, {"person_id": i.person_id}) for i in fresh}


def _pair(item: CandidateDecide) -> tuple[int, int]:
    """As it is kept: the later record first."""
    return max(item.person_id, item.other_id), min(item.person_id, item.other_id)
