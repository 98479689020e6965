"""What persons are due: their history judged by the schedule of the day, verdicts and answer stored in the same transaction."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from uuid import UUID

import polars as pl
from django.db import transaction

from seawall.platform import access, clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner
from seawall.terms.people import DueRefresh

from ..frames import append, frame
from ..judging import CONDITIONS, DOSES, PERSONS, Judged, judge, kept, read_as, schedule, turns_on
from ..models import DoseVerdict, Due

CHUNK = 40_000
VERDICT = ("programme", "dose_number", "dose_rank", "verdict", "reason", "rule", "release")
DAYS = ("earliest", "recommended", "overdue_from", "latest")
ANSWER = ("status", "dose_rank", *DAYS, "products", "reason", "rule", "release", "doses_given", "complete_on")
MEMBERS = """
SELECT r.id AS member, r.id AS root FROM unnest(%(ids)s::bigint[]) AS r(id)
UNION ALL SELECT id, merged_into FROM people_person WHERE merged_into = ANY(%(ids)s)
"""
ROOTS = "SELECT id, birth, birth_precision, sex FROM people_person WHERE id = ANY(%(ids)s) ORDER BY id"
IN_FORCE = """NOT d.withdrawn AND NOT EXISTS (
    SELECT 1 FROM people_doseevent c WHERE c.corrects IS NOT NULL AND c.corrects = d.act
    AND c.person_id IN (d.person_id, m.root))"""
LINES = f"""
SELECT m.root, d.given_on, d.product, d.precision, d.source, d.person_id, d.act, d.programme
FROM ({MEMBERS}) m JOIN people_doseevent d ON d.person_id = m.member
WHERE {IN_FORCE} ORDER BY m.root, d.given_on, d.act
"""
FINDINGS = f"""
SELECT root, kind, since, until FROM (
    SELECT DISTINCT ON (m.root, c.kind, c.since) m.root, c.kind, c.since, c.until
    FROM ({MEMBERS}) m JOIN people_condition c ON c.person_id = m.member
    ORDER BY m.root, c.kind, c.since, c.recorded_at DESC, c.act) f ORDER BY root
"""
ALL_ROOTS = "SELECT id FROM people_person WHERE merged_into IS NULL ORDER BY id"
LOCK = "SELECT id FROM people_person WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE"
STAND_FOR = "SELECT DISTINCT COALESCE(merged_into, id) FROM people_person WHERE id = ANY(%s) ORDER BY 1"
ADMITTED = "SELECT person_id FROM people_due WHERE programme = %s AND earliest = %s AND status = 'ineligible' ORDER BY person_id"
FORGET_ALIASES = """
DELETE FROM people_due d USING people_person p WHERE p.id = d.person_id AND p.merged_into IS NOT NULL
AND (p.id = ANY(%(ids)s) OR p.merged_into = ANY(%(ids)s))
"""


NOT_JUDGED = """NOT EXISTS (SELECT 1 FROM people_due d
    WHERE d.person_id = p.id AND split_part(d.programme, '/', 1) = %s AND d.release = %s)"""
BEHIND = f"SELECT EXISTS (SELECT 1 FROM people_person p WHERE p.merged_into IS NULL AND {NOT_JUDGED})"
BEHIND_NEXT = f"""
SELECT p.id FROM people_person p WHERE p.merged_into IS NULL AND {NOT_JUDGED} AND p.id > %s ORDER BY p.id LIMIT %s
"""
STILL = f"SELECT count(*) FILTER (WHERE {NOT_JUDGED}), count(*) FROM people_person p WHERE p.merged_into IS NULL"
Progress = Callable[[str, int, int], None]


def programmes_behind(as_of: date) -> list[str]:
    """Programmes kept here by whose rules of the day somebody is not judged: newly taken in, or released anew."""
    return [name for name in kept() if sql.fetch(BEHIND, [name, schedule(name, as_of).release])[0][0]]


def dues_catch_up(actor: Actor, programme: str, as_of: date, progress: Progress | None = None) -> int:
    """Judge whoever is not judged by the programme's rules of the day, some at a time; broken off, the next call goes on from there."""
    access.require(actor, "due_refresh")
    release, after, done = schedule(programme, as_of).release, 0, 0
    ((total, _everybody),) = sql.fetch(STILL, [programme, release])
    while ids := [row[0] for row in sql.fetch(BEHIND_NEXT, [programme, release, after, CHUNK])]:
        after = ids[-1]
        done += dues_refresh(actor, ids, programme, as_of)
        if progress:
            progress(f"judging by {programme}", min(done, total), total)
    return done


def people_behind(programme: str, as_of: date) -> tuple[int, int]:
    """How many are not judged by the programme's rules of the day, and of how many."""
    ((behind, everybody_there),) = sql.fetch(STILL, [programme, schedule(programme, as_of).release])
    return behind, everybody_there


def dues_refresh(
    actor: Actor, person_ids: Sequence[int] | None, programme: str, as_of: date, progress: Progress | None = None
) -> int:
    """Judge persons anew, or everybody; the number judged. After a change of rules, or to see a new day's rules."""
    access.require(actor, "due_refresh")
    ids = everybody() if person_ids is None else stand_for(person_ids)
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            chunk = ids[start : start + CHUNK]
            sql.fetch(LOCK, {"ids": chunk})
            refresh(chunk, as_of=as_of, names=[programme])
        if progress:
            progress(f"judging by {programme}", start + len(chunk), len(ids))
    return len(ids)


@verb(Owner.PERSON, zh="重算应种", en="Judge dues anew")
def due_refresh(w: Work, items: list[DueRefresh]) -> Answers:
    """Judge persons anew by the rules of today, each in one programme; an alias is judged as whom it stands for."""
    roots = dict(sql.fetch("SELECT id, COALESCE(merged_into, id) FROM people_person WHERE id = ANY(%s)",
                           [[i.person_id for i in items]]))  # fmt: skip
    answers: dict[UUID, Refusal | Params] = {}
    asked: dict[str, set[int]] = {}
    programmes = kept()
    for i in items:
        if i.person_id not in roots:
            answers[i.act] = Refusal("PERSON_NOT_IN_REACH")
        elif i.programme not in programmes:
            answers[i.act] = Refusal("PROGRAMME_UNKNOWN", {"programme": i.programme})
        else:
            asked.setdefault(i.programme, set()).add(roots[i.person_id])
            answers[i.act] = {"person_id": roots[i.person_id], "programme": i.programme}
    sql.fetch(LOCK, {"ids": sorted(set().union(*asked.values()))})
    for programme, ids in sorted(asked.items()):
        refresh(sorted(ids), as_of=clock.today(), names=[programme])
    return answers


def followed(person_ids: Sequence[int]) -> set[str]:
    """Programmes in which these persons have something due, and those kept for everybody."""
    rows = sql.fetch(
        "SELECT DISTINCT split_part(programme, '/', 1) FROM people_due WHERE person_id = ANY(%s)", [list(person_ids)]
    )
    return {*kept(), *(row[0] for row in rows)}


def dues_turn(actor: Actor, programme: str, day: date) -> int:
    """Judge everybody anew for a day on which rules begin or end, else those whom the day admits; the number judged."""
    if turns_on(programme, day):
        return dues_refresh(actor, None, programme, day)
    admitted = [row[0] for row in sql.fetch(ADMITTED, [programme, day])]
    return dues_refresh(actor, admitted, programme, day) if admitted else 0


def stand_for(person_ids: Sequence[int]) -> list[int]:
    """The persons behind these ids, in order: aliases give way to whom they stand for."""
    return [row[0] for row in sql.fetch(STAND_FOR, [list(person_ids)])]


def refresh(person_ids: Sequence[int], *, as_of: date, names: Sequence[str] | None = None) -> dict[str, Judged]:
    """Judge these persons, with their aliases' histories, in each programme; a fixed number of statements for each.

    No id is an alias, and the caller has locked the persons or has just made them.
    """
    if not person_ids:
        return {}
    persons, conditions = known(person_ids)
    judged = {}
    for programme in kept() if names is None else names:
        judged[programme] = judge(programme, persons, lines(person_ids, programme), conditions, as_of)
        store(judged[programme], as_of)
    return judged


def known(person_ids: Sequence[int]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Birth and sex of these persons, and their conditions."""
    ids = {"ids": list(person_ids)}
    return frame(ROOTS, ids, PERSONS), frame(FINDINGS, ids, CONDITIONS)


def lines(person_ids: Sequence[int], programme: str) -> pl.DataFrame:
    """Their history as one programme reads it, with their aliases' histories: doses of others stand as the vaccines that
    they are to it, so that the spacing between them is judged."""
    return as_read(frame(LINES, {"ids": list(person_ids)}, DOSES), programme)


def as_read(lines: pl.DataFrame, programme: str) -> pl.DataFrame:
    """Lines of all programmes with the product that each is to this one; what it has no word for is left out."""
    own = pl.col("programme") == programme
    if lines.select(own.all()).item():
        return lines
    names = [(p, product or None, code) for (p, product), code in read_as(programme).items()]
    words = pl.DataFrame(names, schema={"programme": pl.String, "product": pl.String, "code": pl.String}, orient="row")
    found = lines.join(words, on=["programme", "product"], how="left", nulls_equal=True, maintain_order="left")
    kept = found.with_columns(product=pl.when(own).then("product").otherwise("code"))
    return kept.filter(own | pl.col("code").is_not_null()).drop("code")


def everybody() -> list[int]:
    """All persons but aliases."""
    return [row[0] for row in sql.fetch(ALL_ROOTS)]


def begin(persons: pl.DataFrame, as_of: date) -> None:
    """What newcomers are due, who have no history yet."""
    for programme in kept():
        judged = judge(programme, persons, pl.DataFrame(schema=DOSES), pl.DataFrame(schema=CONDITIONS), as_of)
        append(Due, ("person_id", *ANSWER, "programme", "as_of"), _due_rows(judged, as_of))


def _due_rows(judged: Judged, as_of: date) -> list[tuple[object, ...]]:
    return [(*row, as_of) for row in judged.due.select("person", *ANSWER, "programme").iter_rows()]


def store(judged: Judged, as_of: date) -> None:
    """Verdicts of the lines in force and one due row for each person: two statements."""
    sql.insert(
        DoseVerdict,
        ("person_id", "act", *VERDICT),
        judged.verdicts.select("person_id", "act", *VERDICT).rows(),
        on_conflict=_update(("person_id", "act"), VERDICT, "people_doseverdict"),
    )
    sql.insert(
        Due,
        ("person_id", *ANSWER, "programme", "as_of"),
        _due_rows(judged, as_of),
        on_conflict=_update(("person_id", "programme"), (*ANSWER, "as_of"), "people_due"),
    )


def _update(key: Iterable[str], columns: Sequence[str], table: str) -> str:
    """Take the new values, and leave a row alone that would not change."""
    sets = ", ".join(f"{c} = excluded.{c}" for c in columns)
    old, new = (", ".join(f"{t}.{c}" for c in columns if c != "as_of") for t in (table, "excluded"))
    return f"({', '.join(key)}) DO UPDATE SET {sets} WHERE ({old}) IS DISTINCT FROM ({new})"


def forget_aliases(person_ids: Sequence[int]) -> None:
    """Nobody is due twice: an alias has no row of its own."""
    sql.execute(FORGET_ALIASES, {"ids": list(person_ids)})


def forget_verdicts(keys: Sequence[tuple[int, object]]) -> None:
    """Lines no longer in force lose their verdicts."""
    sql.execute(
        f"DELETE FROM people_doseverdict v USING {sql.unnest({'person_id': 'bigint', 'act': 'uuid'})} "
        "WHERE v.person_id = u.person_id AND v.act = u.act",
        sql.turn(keys, 2),
    )
