"""`seawall key`: a new data key beside the old, everything sealed anew with it, and a pair of keys for backups."""

import secrets as dice
from pathlib import Path
from typing import Annotated

import typer
from pyrage import x25519

from seawall.terms.acts import Refused

from . import database
from .saying import Language, or_refusal

app = typer.Typer(no_args_is_help=True, help="Keys of the data and of backups.")
Speak = Annotated[Language, typer.Option("--language", help="language of sentences")]


@app.command()
def add(language: Speak = Language.EN) -> None:
    """Put a new data key beside those there: once every process is started again it seals, and the earlier ones still open."""
    database.to_write(language)
    typer.echo(or_refusal(_added, language))


def _added() -> str:
    from django.conf import settings

    from seawall.platform import keyring, secrets

    if settings.DATA_KEY:
        raise Refused("KEYS_FROM_ENVIRONMENT", line=f"{secrets.in_force() + 1}:{dice.token_hex(32)}")
    return f"{keyring.add(secrets.key_file())} -> {secrets.key_file()}"


@app.command()
def rotate(language: Speak = Language.EN) -> None:
    """Seal anew, in batches while people work, what an earlier key sealed; run again, it goes on. Exit code 3: some is left."""
    database.to_write(language)
    from seawall.platform import rotation

    total = 0
    for count in rotation.rotate():
        total += count
        typer.echo(f"\r{total:,}", nl=False, err=True)
    typer.echo(f"\r{total:,} sealed anew")
    raise typer.Exit(3 if rotation.waits() else 0)


@app.command()
def pair(
    file: Annotated[Path, typer.Argument(help="file for the secret key; keep it away from this machine")],
    language: Speak = Language.EN,
) -> None:
    """Make a pair of keys for backups: the secret one in a file, the recipient (age1...) printed."""
    typer.echo(or_refusal(lambda: _paired(file), language))


def _paired(file: Path) -> str:
    from seawall.platform import keyring

    if file.exists():
        raise Refused("FILE_THERE", file=str(file))
    made = x25519.Identity.generate()
    keyring.put(file, f"{made}\n")
    return str(made.to_public())
