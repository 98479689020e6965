"""Staged files: in numbers, and with every problem of every row."""

import json
from dataclasses import replace

from seawall.platform import sql
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.rosters import ImportProblem, ImportRow

from .rosters import organisation

HEAD = """
SELECT i.id, i.kind, i.filename, i.state, i.staged_at,
  count(*) FILTER (WHERE r.state IN ('taken', 'done')), count(*) FILTER (WHERE r.state = 'corrected'),
  count(*) FILTER (WHERE r.state IN ('refused', 'failed'))
FROM people_import i LEFT JOIN people_importrow r ON r.import_id = i.id
"""


def import_known(actor: Actor, import_id: int) -> None:
    """Refuses whoever may not see the import's organisation, nor staged it."""
    owner = sql.fetch("SELECT organisation_id, post_id FROM people_import WHERE id = %s", [import_id])
    if not owner:
        raise Refused("IMPORT_UNKNOWN", import_id=import_id)
    organisation_id, post_id = owner[0]
    if organisation_id is not None:
        organisation(actor, organisation_id)
    elif not actor.reach.everywhere and post_id != actor.post_id:
        raise Refused("IMPORT_UNKNOWN", import_id=import_id)


def import_page(actor: Actor, import_id: int) -> ImportRow:
    """One import with its problems by row; only for whoever may see its organisation, or staged it."""
    import_known(actor, import_id)
    head = sql.fetch(f"{HEAD} WHERE i.id = %s GROUP BY i.id", [import_id])[0]
    rows = sql.fetch(
        "SELECT number, problems FROM people_importrow WHERE import_id = %s AND problems <> '[]' ORDER BY number",
        [import_id],
    )
    problems = [
        ImportProblem(number, p["column"], p["value"], p["code"], p["params"], p["stop"])
        for number, text in rows
        for p in (json.loads(text) if isinstance(text, str) else text)
    ]
    return replace(ImportRow(*head), problems=tuple(problems))


def imports(actor: Actor, organisation_id: int | None = None) -> list[ImportRow]:
    """Imports of an organisation, or those that this post staged; newest first."""
    if organisation_id is not None:
        organisation(actor, organisation_id)
        return _listed("i.organisation_id = %s", organisation_id)
    return _listed("i.post_id = %s", actor.post_id)


def _listed(where: str, value: int) -> list[ImportRow]:
    return [
        ImportRow(*row) for row in sql.fetch(f"{HEAD} WHERE {where} GROUP BY i.id ORDER BY i.id DESC LIMIT 50", [value])
    ]
