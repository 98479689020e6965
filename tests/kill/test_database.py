"""The database taken away in the middle of a statement: it recovers by itself, and the day is lived to its end once."""

import random
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections

from seawall.drill import services as drill
from seawall.platform import embedded, seal

from .scene import broken_proofs, send, signature

DICE = random.Random(5)
SHARES = [round(DICE.random(), 3) for _ in range(10)]


@pytest.fixture
def cluster(fresh: date, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[date]:
    """The fresh city in a cluster of its own, as durable as a real one."""
    bin_path, dump = embedded.server().bin_path, tmp_path / "city.dump"
    to = connection.get_connection_params()
    _run(bin_path / "pg_dump", "-h", to["host"], "-U", to["user"], "-Fc", "-Z0", "-f", dump, to["dbname"])
    connections.close_all()
    embedded.server.cache_clear()
    shutil.copytree(Path(settings.VAR) / "keys", tmp_path / "keys")  # telephones are read when messages are sent
    monkeypatch.setenv("SEAWALL_VOLATILE", "0")
    monkeypatch.setenv("SEAWALL_VAR", str(tmp_path))
    monkeypatch.setattr(settings, "VAR", tmp_path)
    before, name = dict(connection.settings_dict), "seawall_struck"
    own = embedded.server()
    connection.settings_dict.update(embedded.connection_settings(), NAME=name)
    host = connection.settings_dict["HOST"]
    try:
        _run(bin_path / "createdb", "-h", host, "-U", "postgres", name)
        _run(bin_path / "pg_restore", "-h", host, "-U", "postgres", "-j", "2", "-d", name, dump)
        assert seal.epoch_keep()  # another cluster counts its transactions anew
        yield fresh
    finally:
        connections.close_all()
        connection.settings_dict.update(before)
        embedded.server.cache_clear()
        own.ensure_postgres_running()
        own.stop()
        shutil.rmtree(own.pgdata.parent, ignore_errors=True)


def _run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True)


def struck(whole: dict[str, Any], day: date, share: float) -> None:
    done = send("live", day, max(1, int(share * whole["moments"])), "stop")
    assert done.returncode == 3, f"{done.returncode}: {done.stderr[-2000:]}"
    embedded.server.cache_clear()
    embedded.server()
    assert [p for p in broken_proofs() if not p.startswith("PROOF_CLOSINGS")] == []
    drill.live_until(day)
    assert broken_proofs() == []
    assert signature(day) == whole["left"]


@pytest.mark.parametrize("share", SHARES[:1])
def test_a_day_that_loses_its_database_is_lived_to_its_end_once(
    whole: dict[str, Any], cluster: date, share: float
) -> None:
    struck(whole, cluster, share)


@pytest.mark.long
@pytest.mark.parametrize("share", SHARES[1:])
def test_at_any_moment(whole: dict[str, Any], cluster: date, share: float) -> None:
    struck(whole, cluster, share)
