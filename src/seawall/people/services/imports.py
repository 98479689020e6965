"""Files of persons and doses: staged and judged row by row, shown, then committed through the same verbs as everything else."""

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import PurePath
from uuid import UUID, uuid4, uuid5

from django.db import transaction

from seawall.platform import access, clock, secrets, sql
from seawall.platform.verbs import Work, run_verb
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Item, Outcome, Params, Refusal, Refused

from ..identity import Checked, check
from ..judging import products
from ..models import Import, ImportRow
from ..selectors.imports import import_known, import_page
from ..selectors.rosters import organisation
from ..staging import files
from ..staging.checks import Holder, Surroundings, check_doses, check_roster
from ..staging.rules import Problem, Row, read_rows
from .committing import CHUNK, Staged, commit_doses, commit_roster

ROSTER, DOSES = "roster", "doses"
WRITES_DOSES = ("dose_enter", "dose_record")  # an organisation keeps its roster, never a history
NAMES = UUID("5d9f2c1e-6a1b-4f0e-9a57-0f6f6d1b7c11")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stage(Item):
    kind: str
    filename: str
    digest: str
    organisation_id: int | None
    programme: str


def import_stage(
    actor: Actor,
    kind: str,
    filename: str,
    content: bytes,
    *,
    organisation_id: int | None = None,
    programme: str = "covid19-cn",
) -> int:
    """Read a file and judge every row; nothing is registered yet. The same file again is the same import."""
    access.require(actor, "import_stage")
    if kind == DOSES and not any(access.may(actor, grant) for grant in WRITES_DOSES):
        raise Refused(access.NOT_PERMITTED, grant=WRITES_DOSES[0])
    leaf_id = organisation(actor, organisation_id).leaf_id if organisation_id is not None else None
    name = PurePath(filename).name[:200]
    if kind not in (ROSTER, DOSES):
        raise Refused("FILE_KIND", file=name)
    digest = hashlib.blake2b(content, digest_size=32).digest()
    if known := _staged_before(kind, digest, organisation_id):
        return known
    rows = read_rows(kind, files.read(name, content), name)
    _check(kind, rows, leaf_id, programme)
    item = _Stage(
        act=uuid4(),
        occurred_at=clock.now(),
        kind=kind,
        filename=name,
        digest=digest.hex(),
        organisation_id=organisation_id,
        programme=programme,
    )
    (outcome,) = run_verb(
        actor,
        "import_stage",
        [item],
        owner="organisation",
        owner_id=lambda i: i.organisation_id or 0,
        work=lambda w, fresh: {i.act: _store(w, i, rows) for i in fresh},
    )
    return int(str(outcome.answer["import_id"]))


def _staged_before(kind: str, digest: bytes, organisation_id: int | None) -> int | None:
    rows = sql.fetch(
        "SELECT id FROM people_import WHERE digest = %s AND kind = %s AND organisation_id IS NOT DISTINCT FROM %s "
        "ORDER BY id LIMIT 1",
        [digest, kind, organisation_id],
    )
    return rows[0][0] if rows else None


def _check(kind: str, rows: Sequence[Row], leaf_id: int | None, programme: str) -> None:
    on = clock.today()
    if kind == ROSTER:
        check_roster(rows, Surroundings(on, _areas(on), leaf_id))
    else:
        check_doses(rows, Surroundings(on, programme=programme, products=products(programme), holders=_holders(rows)))


def _areas(on: date) -> dict[str, int]:
    """Streets by code, and by district and street as people write them; a street's name alone where it is the only one."""
    every = {a.area_id: a for a in reference.areas(on)}
    found: dict[str, int] = {}
    names: dict[str, list[int]] = {}
    for a in every.values():
        if a.level != "street":
            continue
        found[a.code] = a.area_id
        names.setdefault(a.name_zh, []).append(a.area_id)
        if a.parent_id in every:
            found[every[a.parent_id].name_zh + a.name_zh] = a.area_id
    return found | {name: ids[0] for name, ids in names.items() if len(ids) == 1}


def _holders(rows: Sequence[Row]) -> dict[tuple[str, str, str], Holder]:
    """Who is registered under the numbers of a file, by kind, country and number."""
    checked = [
        check(r.clean.get("document_kind", "RESIDENT_ID"), r.clean["document_number"], r.clean.get("country", "CN"))
        for r in rows
        if r.clean.get("document_number")
    ]
    lookups = {secrets.keyed_index(c.lookup): c.lookup for c in checked if isinstance(c, Checked)}
    found = sql.fetch(
        "SELECT d.kind, d.country, d.number_index, p.id, p.name, p.birth FROM people_document d "
        "JOIN people_person i ON i.id = d.person_id JOIN people_person p ON p.id = COALESCE(i.merged_into, i.id) "
        "WHERE d.number_index = ANY(%s)",
        [list(lookups)],
    )
    return {(kind, country, lookups[bytes(index)]): Holder(*holder) for kind, country, index, *holder in found}


def _store(w: Work, item: _Stage, rows: Sequence[Row]) -> Params:
    columns = (
        "kind",
        "filename",
        "digest",
        "organisation_id",
        "programme",
        "account_id",
        "post_id",
        "rows",
        "staged_at",
    )
    made = (item.kind, item.filename, bytes.fromhex(item.digest), item.organisation_id, item.programme)
    head = (*made, w.actor.account_id, w.actor.post_id, len(rows), w.recorded_at)
    ((import_id,),) = sql.insert(Import, (*columns, "state"), [(*head, "staged")], returning=("id",))
    sql.insert(
        ImportRow,
        ("import_id", "number", "state", "act", "sealed", "problems"),
        [(import_id, r.number, r.state, _act(import_id, r.number), _sealed(r), _problems(r.problems)) for r in rows],
    )
    return {"import_id": import_id, "refused": sum(r.state == "refused" for r in rows), "rows": len(rows)}


def _act(import_id: int, number: int) -> UUID:
    return uuid5(NAMES, f"{import_id}/{number}")


def _sealed(row: Row) -> bytes:
    return secrets.encrypt(json.dumps({"raw": row.raw, "clean": row.clean}, ensure_ascii=False))


def _problems(problems: Sequence[Problem]) -> list[dict[str, object]]:
    return [{**asdict(p), "params": dict(p.params)} for p in problems]


def import_commit(actor: Actor, import_id: int) -> dict[str, int]:
    """Register what was taken, chunk by chunk; each chunk is whole or not there, and a second call goes on where one stopped."""
    access.require(actor, "import_commit")
    import_known(actor, import_id)
    while _commit_some(actor, import_id):
        pass
    return dict(
        sql.fetch("SELECT state, count(*) FROM people_importrow WHERE import_id = %s GROUP BY state", [import_id])
    )


@transaction.atomic
def _commit_some(actor: Actor, import_id: int) -> int:
    """One chunk; how many rows it held."""
    head = sql.fetch(
        "SELECT kind, organisation_id, programme, staged_at, state FROM people_import WHERE id = %s FOR UPDATE",
        [import_id],
    )
    kind, organisation_id, programme, staged_at, state = head[0]
    if state == "committed":
        return 0
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
    """The import is done; who did it is on record."""

    def work(w: Work, fresh: list[_Finish]) -> dict[UUID, Refusal | Params]:
        sql.execute(
            "UPDATE people_import SET state = 'committed', committed_at = %s WHERE id = %s", [w.recorded_at, import_id]
        )
        return {i.act: {"import_id": import_id} for i in fresh}

    act = uuid5(NAMES, f"commit/{import_id}")
    item = _Finish(act=act, occurred_at=staged_at, import_id=import_id, organisation_id=organisation_id)
    return run_verb(
        actor, "import_commit", [item], owner="organisation", owner_id=lambda i: i.organisation_id or 0, work=work
    )


HEADER = ("行号 row", "列 column", "值 value", "代码 code", "规则 rule", "怎么办 what to do")


def import_rejects(actor: Actor, import_id: int) -> bytes:
    """Every rejected row as a CSV that spreadsheets open: row, column, value, rule, what to do."""
    page = import_page(actor, import_id)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for p in page.problems:
        sentence = reference.say(p.code, p.params, actor.language)
        writer.writerow(_plain(c) for c in (p.row, p.column, p.value, p.code, reference.reason(p.code).rule, sentence))
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
