"""Commands of whoever looks after an installation: backup, verify, restore, upgrade, doctor."""

from pathlib import Path
from typing import Annotated

import typer

from . import database
from .saying import Language, or_refusal

Speak = Annotated[Language, typer.Option("--language", help="language of sentences")]
File = Annotated[Path, typer.Argument(help="file of a backup")]
Identity = Annotated[
    Path | None,
    typer.Option("--key", help="file of the secret key whose recipient it was made for", exists=True, dir_okay=False),
]


def backup(
    file: Annotated[Path, typer.Argument(help="file to write; none is overwritten")],
    to: Annotated[
        list[str] | None, typer.Option("--to", help="recipient (age1...), may be repeated; a passphrase when none")
    ] = None,
    language: Speak = Language.EN,
) -> None:
    """Write database and keys into one sealed file, as of one moment, while people work; sealed with a passphrase or for a key."""
    database.to_read(language)
    from .backup import backup as write

    or_refusal(lambda: write(file, to or []), language)


def verify(file: File, key: Identity = None, language: Speak = Language.EN) -> None:
    """Read a backup from end to end as a restore would, and write nothing."""
    database.settings_read()
    from .backup import verify as read

    or_refusal(lambda: read(file, key), language)


def restore(file: File, key: Identity = None, language: Speak = Language.EN) -> None:
    """Bring a backup back into an empty database, made when missing, and an empty folder of keys. Exit code 1: a proof does not hold."""
    database.to_fill(language)
    from .backup import restore as bring_back

    well = or_refusal(lambda: bring_back(file, key, language), language)
    raise typer.Exit(0 if well else 1)


def upgrade(
    copy: Annotated[Path | None, typer.Option(help="file for a backup taken before anything is changed")] = None,
    no_copy: Annotated[bool, typer.Option("--no-copy", help="there is a copy of another kind")] = False,
    check: Annotated[bool, typer.Option("--check", help="only look whether it can be done")] = False,
    language: Speak = Language.EN,
) -> None:
    """Bring the database up to this version: looked at beforehand, copied, migrated, proven. Exit code 1 when a proof does not hold."""
    if not (check or no_copy or copy):
        raise typer.BadParameter("name a file for the copy, or say --no-copy", param_hint="--copy")
    database.to_reach(language)
    from . import checking, doctor
    from .backup import backup as write

    or_refusal(doctor.may_upgrade, language)
    waiting = database.behind()
    typer.echo(f"{database.where()['database']}: {waiting} migrations wait")
    if check:
        return
    if copy:
        or_refusal(lambda: write(copy, []), language)
    database.to_make(language)
    database.engines_compiled()
    well = checking.proven(language)
    doctor.show(list(doctor.cities()), language)
    raise typer.Exit(0 if well else 1)


def doctor(
    site: Annotated[
        str, typer.Option(help="address at which browsers reach this server; TLS and proxy are tried")
    ] = "",
    language: Speak = Language.EN,
) -> None:
    """Look whether all that work needs is there: database, keys, parts, clocks, TLS, stores, consents, coordinates. Exit code 1: no."""
    database.to_read(language)
    from .doctor import findings, show

    raise typer.Exit(0 if show(list(findings(site)), language) else 1)
