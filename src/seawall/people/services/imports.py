"""Files of persons and doses: staged and judged row by row, shown, then committed through the same verbs as everything else."""

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import transaction

from seawall.platform import access, clock, secrets, sql
from seawall.platform.files import books
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Item, Outcome, Params, Refusal, Refused
from seawall.terms.codes import Owner
from seawall.terms.rosters import FileContent, ImportCommit, ImportStage

from ..models import Import, ImportRow
from ..selectors.imports import import_known, import_page
from ..selectors.rosters import organisation
from ..staging import heads
from ..staging.checks import check_roster
from ..staging.columns import titles
from ..staging.histories import check_doses
from ..staging.rules import Problem, Row, read_rows
from . import surroundings
from .committing import CHUNK, Staged, commit_doses, commit_roster, leave

ROSTER, DOSES = "roster", "doses"
WRITES_DOSES = ("dose_enter", "dose_record")  # an organisation keeps its roster, never a history
ROW_BY_ROW = "people judges the organisation, then every row by its person"
NAMES = UUID("5d9f2c1e-6a1b-4f0e-9a57-0f6f6d1b7c11")


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it is stored: its name, its digest, and its rows as judged."""

    name: str
    digest: str
    programme: str
    rows: Sequence[Row]
    notes: Sequence[Refusal]


@verb(Owner.ORGANISATION, zh="暂存文件", en="Stage files", judged_by_room=ROW_BY_ROW)
def import_stage(w: Work, items: list[ImportStage]) -> Answers:
    """Read files and judge every row; nothing is registered yet.

    Every time anew, by what is registered, the day, the reach and the rules of now; rows of the same file that are done
    stay done. Where nothing has changed, the answer is the import that is there.
    """
    answers: dict[UUID, Refusal | Params] = {}
    for item in items:
        try:
            answers[item.act] = _store(w, item, _read(w.actor, item))
        except Refused as error:
            answers[item.act] = error.refusal
    return answers


def _read(actor: Actor, item: ImportStage) -> _File:
    """The rows of a file, each judged."""
    if item.kind == DOSES and not any(access.may(actor, grant) for grant in WRITES_DOSES):
        raise Refused(access.NOT_PERMITTED, grant=WRITES_DOSES[0])
    organisation_id = item.organisation_id
    leaf_id = organisation(actor, organisation_id).leaf_id if organisation_id is not None else None
    name = PurePath(item.filename).name[:200]
    if item.kind not in (ROSTER, DOSES):
        raise Refused("FILE_KIND", file=name)
    if item.kind == DOSES and not item.programme:
        raise Refused("PROGRAMME_NOT_NAMED", file=name)
    content = item.content.bytes()
    if content is None:
        raise Refused("FILE_KIND", file=name)
    table = heads.table(item.kind, books.read(name, content, chinese=reference.city().chinese), name)
    rows = read_rows(item.kind, table)
    if item.kind == ROSTER:
        check_roster(rows, surroundings.of_roster(actor, rows, organisation_id, leaf_id))
    else:
        check_doses(rows, surroundings.of_history(actor, rows, item.programme))
    digest = hashlib.blake2b(content, digest_size=32).hexdigest()
    return _File(name, digest, item.programme if item.kind == DOSES else "", rows, table.notes)


def file_stage(
    actor: Actor,
    kind: str,
    filename: str,
    content: bytes,
    *,
    organisation_id: int | None = None,
    programme: str = "",
    act: UUID | None = None,
) -> int:
    """One file of a page or command; the number of its import."""
    item = ImportStage(
        act=act or uuid4(), occurred_at=clock.now(), dated_here=True, kind=kind, filename=filename,
        content=FileContent.of(content), organisation_id=organisation_id, programme=programme,
    )  # fmt: skip
    return int(str(_answer(import_stage.one(actor, item))["import_id"]))


def _answer(outcome: Outcome) -> Params:
    if outcome.refusal:
        raise Refused(outcome.refusal.code, **outcome.refusal.params)
    return outcome.answer


SAME_FILE = """i.digest = %(digest)s AND i.kind = %(kind)s AND i.programme = %(programme)s
AND i.organisation_id IS NOT DISTINCT FROM %(organisation_id)s"""
DONE = f"""
SELECT r.number, r.person_id FROM people_import i JOIN people_importrow r ON r.import_id = i.id
WHERE r.state = 'done' AND {SAME_FILE}
"""
EARLIER = f"""
SELECT i.id FROM people_import i WHERE i.post_id = %(post_id)s AND i.state <> 'replaced' AND {SAME_FILE}
ORDER BY i.id DESC LIMIT 1
"""
REPLACE = f"UPDATE people_import i SET state = 'replaced' WHERE i.state = 'staged' AND i.post_id = %(post_id)s AND {SAME_FILE}"
LOCK = "SELECT pg_advisory_xact_lock(hashtext('people.import'), hashtext(encode(%(digest)s, 'hex')))"
TAKE_DONE = f"""
UPDATE people_importrow t SET state = 'done', person_id = d.person_id FROM ({DONE}) d
WHERE t.import_id = %(import_id)s AND t.number = d.number AND t.state IN ('taken', 'corrected')
"""


@dataclass(frozen=True, slots=True)
class _Line:
    """A row as it is stored; one that the same file has done before stays done."""

    number: int
    state: str
    person_id: int | None
    problems: list[dict[str, object]]
    sealed: bytes


def _store(w: Work, item: ImportStage, file: _File) -> Params:
    """Keep a file's rows as judged, sealed, until somebody commits them."""
    same: dict[str, Any] = {
        "kind": item.kind, "filename": file.name, "digest": bytes.fromhex(file.digest), "programme": file.programme,
        "organisation_id": item.organisation_id, "post_id": w.actor.post_id,
    }  # fmt: skip
    sql.fetch(LOCK, same)
    done = dict(sql.fetch(DONE, same))
    lines = [_line(r, done) for r in file.rows]
    said = {"refused": sum(line.state == "refused" for line in lines), "rows": len(lines)}
    earlier = sql.fetch(EARLIER, same)
    if earlier and _judged(earlier[0][0]) == [(x.number, x.state, x.problems) for x in lines]:
        return {"import_id": earlier[0][0], **said}
    sql.execute(REPLACE, same)
    head = {name: same[name] for name in ("kind", "filename", "digest", "organisation_id", "programme", "post_id")}
    head |= {"account_id": w.actor.account_id, "rows": len(lines), "notes": [asdict(n) for n in file.notes]}
    head |= {"staged_at": w.recorded_at, "state": "staged"}
    ((import_id,),) = sql.insert(Import, tuple(head), [tuple(head.values())], returning=("id",))
    sql.insert(
        ImportRow,
        ("import_id", "number", "state", "act", "sealed", "problems", "person_id"),
        [(import_id, x.number, x.state, _act(import_id, x.number), x.sealed, x.problems, x.person_id) for x in lines],
    )
    return {"import_id": import_id, **said}


def _line(row: Row, done: dict[int, int]) -> _Line:
    if row.number in done:
        return _Line(row.number, "done", done[row.number], [], _sealed(row))
    return _Line(row.number, row.state, None, _problems(row.problems), _sealed(row))


def _judged(import_id: int) -> list[tuple[int, str, list[dict[str, object]]]]:
    rows = sql.fetch(
        "SELECT number, state, problems FROM people_importrow WHERE import_id = %s ORDER BY number", [import_id]
    )
    return [(n, state, [] if state == "done" else _loaded(problems)) for n, state, problems in rows]


def _loaded(problems: Any) -> list[dict[str, object]]:
    return list(json.loads(problems) if isinstance(problems, str) else problems)


def _act(import_id: int, number: int) -> UUID:
    return uuid5(NAMES, f"{import_id}/{number}")


def _sealed(row: Row) -> bytes:
    return secrets.encrypt(json.dumps({"raw": row.raw, "clean": row.clean}, ensure_ascii=False))


def _problems(problems: Sequence[Problem]) -> list[dict[str, object]]:
    return [{**asdict(p), "params": dict(p.params)} for p in problems]


def _organisations(items: Sequence[ImportCommit]) -> list[int]:
    """The organisation of each import; none for what is nobody's but its post's."""
    known = dict(
        sql.fetch("SELECT id, organisation_id FROM people_import WHERE id = ANY(%s)", [[i.import_id for i in items]])
    )
    return [known.get(i.import_id) or 0 for i in items]


@verb(Owner.ORGANISATION, zh="提交文件", en="Commit staged files", key=_organisations, judged_by_room=ROW_BY_ROW)
def import_commit(w: Work, items: list[ImportCommit]) -> Answers:
    """Register what was taken of files, each whole: the answer counts the rows done and refused."""
    answers: dict[UUID, Refusal | Params] = {}
    for item in items:
        try:
            _committable(w.actor, item.import_id)
            while _commit_some(w.actor, item.import_id):
                pass
            left = _leave(w.actor, item.import_id) if item.whole else 0
        except Refused as error:
            answers[item.act] = error.refusal
            continue
        answers[item.act] = {"import_id": item.import_id, **_counted(item.import_id), "left": left}
    return answers


def file_commit(actor: Actor, import_id: int, *, whole: bool = False) -> dict[str, int]:
    """A file of any length, chunk by chunk: each chunk is whole or not there, and a second call goes on where one stopped."""
    access.require(actor, "import_commit")
    _committable(actor, import_id)
    while _commit_some(actor, import_id):
        pass
    left = {"left": _leave(actor, import_id)} if whole else {}
    return _counted(import_id) | left


@transaction.atomic
def _leave(actor: Actor, import_id: int) -> int:
    """A row that was not taken may be somebody's who stays: nobody leaves then."""
    query = "SELECT organisation_id, staged_at FROM people_import WHERE id = %s AND kind = %s FOR UPDATE"
    found = sql.fetch(query, [import_id, ROSTER])
    missed = sum(_counted(import_id).get(state, 0) for state in ("refused", "failed"))
    if not found or found[0][0] is None or missed:
        raise Refused("IMPORT_NOT_WHOLE", count=missed)
    organisation_id, at = found[0]
    return leave(actor, organisation_id, import_id, at)


def _committable(actor: Actor, import_id: int) -> None:
    import_known(actor, import_id)
    if sql.fetch("SELECT 1 FROM people_import WHERE id = %s AND state = 'replaced'", [import_id]):
        raise Refused("IMPORT_REPLACED", import_id=import_id)


def _counted(import_id: int) -> dict[str, int]:
    """How many rows are in each state."""
    return dict(
        sql.fetch("SELECT state, count(*) FROM people_importrow WHERE import_id = %s GROUP BY state", [import_id])
    )


@transaction.atomic
def _commit_some(actor: Actor, import_id: int) -> int:
    """One chunk; how many rows it held."""
    head = sql.fetch(
        "SELECT kind, organisation_id, programme, digest, staged_at, state FROM people_import WHERE id = %s FOR UPDATE",
        [import_id],
    )
    kind, organisation_id, programme, digest, staged_at, state = head[0]
    if state != "staged":
        return 0
    same = {"kind": kind, "organisation_id": organisation_id, "programme": programme, "digest": bytes(digest)}
    sql.fetch(LOCK, same)
    sql.execute(TAKE_DONE, {**same, "import_id": import_id})
    rows = sql.fetch(
        "SELECT number, act, sealed FROM people_importrow WHERE import_id = %s AND state IN ('taken', 'corrected') "
        "ORDER BY number LIMIT %s",
        [import_id, CHUNK],
    )
    staged = [Staged(n, act, json.loads(secrets.decrypt(sealed))["clean"]) for n, act, sealed in rows]
    if not staged:
        _finish(actor, import_id, organisation_id, staged_at)
        return 0
    if kind == ROSTER:
        results = commit_roster(actor, staged, staged_at, organisation_id)
    else:
        results = commit_doses(actor, staged, staged_at, programme)
    sql.execute(
        "UPDATE people_importrow r SET state = u.state, person_id = u.person_id, problems = r.problems || u.problems::jsonb "
        f"FROM {sql.unnest({'number': 'int', 'state': 'text', 'person_id': 'bigint', 'problems': 'text'})} "
        f"WHERE r.import_id = {int(import_id)} AND r.number = u.number",
        sql.turn([(r.number, r.state, r.person_id, json.dumps(_problems(r.problems))) for r in results], 4),
    )
    return len(staged)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finish(Item):
    import_id: int
    organisation_id: int | None


def _finish(actor: Actor, import_id: int, organisation_id: int | None, staged_at: datetime) -> list[Outcome]:
    act = uuid5(NAMES, f"commit/{import_id}")
    item = _Finish(act=act, occurred_at=staged_at, import_id=import_id, organisation_id=organisation_id)
    return import_finish(actor, [item])


@verb(
    Owner.ORGANISATION,
    zh="提交文件",
    en="Finish staged files",
    judged_by_room=ROW_BY_ROW,
    grants=("import_commit",),
    inside=True,
)
def import_finish(w: Work, items: list[_Finish]) -> Answers:
    """The imports are done; who did them is on record."""
    sql.execute(
        "UPDATE people_import SET state = 'committed', committed_at = %s WHERE id = ANY(%s)",
        [w.recorded_at, [i.import_id for i in items]],
    )
    return {i.act: {"import_id": i.import_id} for i in items}


HEADER = ("行号 row", "列 column", "值 value", "代码 code", "规则 rule", "怎么办 what to do")


def import_rejects(actor: Actor, import_id: int) -> bytes:
    """Every rejected row as a CSV that spreadsheets open: row, column, value, rule, what to do."""
    page = import_page(actor, import_id)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for p in page.problems:
        sentence = reference.say(p.code, p.params, actor.language)
        column = "{zh} {en}".format(**titles(page.kind)[p.column])
        writer.writerow(
            _plain(c) for c in (p.row, column, p.value, p.code, reference.rule(p.code, actor.language), sentence)
        )
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
