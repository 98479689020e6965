"""`seawall import`: stage a file, show what would be taken and what not, commit, and give every refused row back with its reason."""

from getpass import getuser
from pathlib import Path

import typer

from seawall.interfaces.campaign import campaign_named
from seawall.people import selectors as people
from seawall.people import services
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.terms.actor import ZH, Actor, Reach
from seawall.terms.rosters import ImportRow

GRANTS = frozenset(
    {"import_stage", "import_commit", "persons_register", "dose_record", "membership_record", "see:roster"}
)
FEW = 10


def actor(post_id: int | None, language: str, grants: frozenset[str] = GRANTS) -> Actor:
    """Whoever holds the post, or the operator of this machine, who is on record by the name of the machine's account."""
    if post_id is None:
        device = f"cli {getuser()}"[:40]
        return Actor(0, 0, "OPERATOR", grants, Reach(everywhere=True), "service", language, device)
    found = staff.actor_for(post_id, language)
    if found is None:
        raise typer.BadParameter(f"nobody holds post {post_id} today", param_hint="--post")
    return found


def take_in(
    who: Actor, file: Path, kind: str, organisation: int | None, programme: str, rejects: Path, *, commit: bool
) -> int:
    """How many rows were refused; what was taken is registered when `commit`."""
    content = file.read_bytes()
    if kind == "doses" and not programme:
        programme = campaign_named("").programme
    import_id = services.file_stage(who, kind, file.name, content, organisation_id=organisation, programme=programme)
    _show(people.import_page(who, import_id), who.language)
    if commit:
        services.file_commit(who, import_id)
    page = people.import_page(who, import_id)
    rejects.write_bytes(services.import_rejects(who, import_id))
    told = f"{page.taken:,} taken, {page.corrected:,} corrected, {page.refused:,} refused"
    typer.echo(f"import {import_id} {page.state}: {told} -> {rejects}")
    return page.refused


def _show(page: ImportRow, language: str) -> None:
    """What is about to happen: what is said of the file, then the first few problems."""
    done = f", {page.done:,} done before" if page.done else ""
    rows = f"{page.taken - page.done:,} rows to take, {page.corrected:,} put right, {page.refused:,} refused{done}"
    typer.echo(f"{page.filename}: {rows}")
    for note in page.notes:
        typer.echo(f"  {reference.say(note.code, note.params, language)}")
    columns = people.import_columns(page.kind)
    for problem in sorted(page.problems, key=lambda p: not p.stop)[:FEW]:  # refused first
        column = columns[problem.column]["zh" if language == ZH else "en"]
        typer.echo(
            f"  row {problem.row}, {column} = {problem.value!r}: {reference.say(problem.code, problem.params, language)}"
        )
    if len(page.problems) > FEW:
        typer.echo(f"  and {len(page.problems) - FEW:,} more")
