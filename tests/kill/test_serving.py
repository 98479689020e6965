"""The server as a user starts it: facts are delivered and acts sealed within seconds, whoever is killed."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psutil
import psycopg
import pytest
from django.conf import settings

from seawall.platform import embedded
from seawall.platform.part import Part

ROOT = Path(__file__).parents[2]
SEAWALL = [sys.executable, "-m", "seawall.interfaces.cli.main"]
PARTS = {*Part} - {Part.MQTT}  # no broker is set
WAITS = """
SELECT (SELECT count(*) FROM platform_fact WHERE delivered_at IS NULL),
       (SELECT count(*) FROM platform_act WHERE tx >= coalesce((SELECT max(tx_to) FROM platform_seal), 0))
"""


class Install:
    """An installation of its own: folder, keys, embedded cluster, and the server on a port."""

    def __init__(self, var: Path) -> None:
        self.var, self.said = var, var / "said"
        self.env = {**os.environ, "SEAWALL_VAR": str(var), "SEAWALL_VOLATILE": "1", "SEAWALL_DEMO": "0"}
        self.env["SEAWALL_WEB_WORKERS"] = "1"
        for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "SEAWALL_MQTT_URL"):
            self.env.pop(name, None)
        self.server: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])

    def start(self, command: str) -> None:
        with self.said.open("ab") as said:
            self.server = subprocess.Popen(
                [*SEAWALL, command, "--port", str(self.port)], env=self.env, cwd=ROOT, stderr=said
            )
        within(180, self.well)

    def well(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return bool(json.load(answer)["ready"])
        except (HTTPError, URLError, OSError):
            return False

    def deed(self) -> None:
        as_django = {**self.env, "DJANGO_SETTINGS_MODULE": "seawall.config.settings"}
        subprocess.run([sys.executable, "-m", "tests.kill.deed"], env=as_django, cwd=ROOT, check=True)

    def settled(self) -> bool:
        """No fact waits, no act is unsealed."""
        host = (self.cluster / "postmaster.pid").read_text().splitlines()[4]
        with psycopg.connect(host=host, dbname="seawall", user="postgres") as database:
            return database.execute(WAITS).fetchone() == (0, 0)

    @property
    def cluster(self) -> Path:
        return embedded.cluster_folder()

    def stop_postgres(self) -> None:
        """As when the machine's memory runs out."""
        server = embedded.server()
        as_user: dict[str, Any] = {"user": server.system_user} if server.system_user else {}
        command = [str(server.bin_path / "pg_ctl"), "-D", str(self.cluster), "-m", "immediate", "-w", "stop"]
        subprocess.run(command, check=True, capture_output=True, **as_user)

    def family(self) -> list[psutil.Process]:
        assert self.server
        return psutil.Process(self.server.pid).children(recursive=True)

    def workers(self) -> list[psutil.Process]:
        return [p for p in self.family() if p.status() != psutil.STATUS_ZOMBIE and "worker" in p.cmdline()]


def within(seconds: float, true: Callable[[], bool]) -> None:
    until = monotonic() + seconds
    while not true():
        assert monotonic() < until, f"not within {seconds} s"
        sleep(0.3)


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    made = Install(tmp_path)
    monkeypatch.setattr(settings, "VAR", tmp_path)
    embedded.server.cache_clear()
    try:
        yield made
    finally:
        if made.server and made.server.poll() is None:
            made.server.terminate()
            made.server.wait(60)
        if (made.cluster / "postmaster.pid").exists():
            embedded.server().stop()
        embedded.server.cache_clear()
        shutil.rmtree(made.cluster.parent if made.cluster.parent != tmp_path else made.cluster, ignore_errors=True)


def test_what_is_announced_is_told_and_sealed_whoever_is_killed(install: Install) -> None:
    install.start("run")
    install.deed()
    within(40, install.settled)

    parts = install.workers()
    relay = next(part for part in parts if "relay" in part.cmdline())
    relay.kill()  # one part alone: started again, and that is said
    within(90, lambda: len(install.workers()) == len(parts) == len(PARTS) and relay not in install.workers())
    install.stop_postgres()  # the database: it comes back by itself
    within(120, install.well)
    install.deed()
    within(40, install.settled)
    assert "the background relay ended" in install.said.read_text()

    assert install.server
    within(60, lambda: len(install.workers()) == len(PARTS))  # each comes back after a pause of its own
    family = install.family()
    install.server.kill()  # the server without warning: no orphan stays
    install.server.wait()
    assert psutil.wait_procs(family, timeout=60)[1] == []
    install.start("serve")
    assert len(install.workers()) == 1
    install.deed()
    within(40, install.settled)
    family = install.family()
    install.server.send_signal(signal.SIGTERM)
    assert install.server.wait(60) == 0
    assert psutil.wait_procs(family, timeout=30)[1] == []
