"""The city of this database, read once: each request asks again whether another process has loaded it anew."""

import json
from functools import lru_cache

from django.db import connection

from seawall.platform import snapshot, sql

from .city import City, DocumentKind, documents, parse

IN_FORCE = "SELECT hash FROM reference_cityrelease ORDER BY number DESC LIMIT 1"
OWN_DOCUMENT = (
    "(SELECT document FROM reference_cityrelease ORDER BY number DESC LIMIT 1)"  # the usual kind, inside a statement
)
FILES = "SELECT files FROM reference_cityrelease WHERE hash = %s ORDER BY number DESC LIMIT 1"

snapshot.register("city", IN_FORCE)

_hashes: dict[str, str] = {}  # of the city in force, by database


def city() -> City:
    """The loaded city; one without a code where none is."""
    database = str(connection.settings_dict["NAME"])
    if database not in _hashes:
        found = snapshot.value("city")
        if found is None:
            return City()
        _hashes[database] = found
    return _parsed(_hashes[database])


def read() -> None:
    """Know the city from now on."""
    city()


def forget(**_: object) -> None:
    """What was read of which database."""
    _hashes.clear()
    snapshot.forget()


@lru_cache(maxsize=8)
def _parsed(key: str) -> City:
    """By the hash of the content, which never changes."""
    ((files,),) = sql.fetch(FILES, [key])
    return parse(json.loads(files))


def document_kinds() -> dict[str, DocumentKind]:
    """Kinds of documents by code, the city's own after those that every city knows."""
    return documents(city())


def usual_document() -> str:
    """The kind of a number that nobody named."""
    return city().document or "OTHER"
