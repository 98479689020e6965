"""A dump restored into a new cluster, whose transactions count from the start again: old seals hold, new acts are sealed."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from time import monotonic
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection, connections

from seawall.platform import embedded, seal, sql
from seawall.staff.services import posts_assign
from seawall.terms.actor import Actor
from seawall.terms.staff import PostAssign, Scope

from .. import databases

SEALED = "SELECT (SELECT sum(acts) FROM platform_seal), (SELECT count(*) FROM platform_act)"
Deed = Callable[..., None]


@pytest.fixture
def deed(anyone: Actor, act: Callable[..., UUID], noon: datetime) -> Deed:
    def do(*names: object) -> None:
        scopes = (Scope(kind="site", ref="1"),)
        for name in names:
            item = PostAssign(
                act=act(name), occurred_at=noon, role="OBSERVER", person="某人", scopes=scopes, valid_from=noon.date()
            )
            assert posts_assign(anyone, [item])[0].done

    return do


def all_sealed() -> bool:
    """Every act lies under a seal, and every seal holds; a transaction elsewhere in the cluster may delay it."""
    until = monotonic() + 20
    while monotonic() < until:
        seal.seal()
        ((under, acts),) = sql.fetch(SEALED)
        if under == acts:
            return seal.broken_seals() == []
    return False


@pytest.fixture
def elsewhere(
    django_db_blocker: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: Deed
) -> Iterator[None]:
    """A database with sealed and unsealed acts, dumped and restored into a cluster of its own."""
    name, dump = f"seawall_moved_{databases.worker()}", tmp_path / "moved.dump"
    bin_path = embedded.server().bin_path
    with django_db_blocker.unblock():
        with databases.administrator() as admin:
            databases.clone(admin, databases.migrated(admin), name)
            with databases.pointed_at(name):
                host = connection.get_connection_params()["host"]
                deed(1, 2, 3)
                assert all_sealed()
                deed("unsealed")
            run(bin_path / "pg_dump", "-h", host, "-U", "postgres", "-Fc", "-f", dump, name)
            databases.drop(admin, name)
        before = dict(connection.settings_dict)
        embedded.server.cache_clear()
        monkeypatch.setattr(settings, "VAR", tmp_path)
        own = embedded.server()
        connection.settings_dict.update(embedded.connection_settings(), NAME=name)
        try:
            host = connection.settings_dict["HOST"]
            run(bin_path / "createdb", "-h", host, "-U", "postgres", name)
            run(bin_path / "pg_restore", "-h", host, "-U", "postgres", "-d", name, dump)
            yield
        finally:
            connections.close_all()
            connection.settings_dict.update(before)
            embedded.server.cache_clear()
            own.stop()
            shutil.rmtree(own.pgdata.parent if own.pgdata.parent != tmp_path else own.pgdata, ignore_errors=True)


def run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True)


def test_a_restored_dump_goes_on_with_a_new_epoch(elsewhere: None, deed: Deed) -> None:
    assert sql.fetch("SELECT max(tx_to) FROM platform_seal")[0][0] > sql.fetch(f"SELECT {seal.SETTLED}")[0][0]
    assert seal.epoch_keep()
    assert not seal.epoch_keep()  # once for each cluster
    assert seal.broken_seals() == []
    deed("new", "newer")
    assert all_sealed()
    (first, second) = sql.fetch("SELECT number, cluster, after_seal FROM platform_epoch ORDER BY number")
    assert (first[0], second[0]) == (1, 2) and first[1] != second[1] and second[2] == 1
    sql.execute(
        "UPDATE platform_act SET account_id = 99 WHERE act = (SELECT act FROM platform_act ORDER BY tx LIMIT 1)"
    )
    assert seal.broken_seals() == [1]  # a later hand in the old part is still seen


def test_the_sealer_opens_the_epoch_where_nobody_did(elsewhere: None) -> None:
    assert all_sealed()
    assert sql.fetch("SELECT count(*) FROM platform_epoch") == [(2,)]
