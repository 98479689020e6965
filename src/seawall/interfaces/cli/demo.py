"""`seawall demo`: load the city, open its pages, and live its campaign while people watch."""

import os
import socket
import subprocess
import sys
from datetime import date
from time import monotonic, sleep
from typing import Self

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from seawall.terms.actor import LANGUAGES
from seawall.terms.acts import Refused

CONSOLE = Console(stderr=True, highlight=False)


class Steps:
    """One progress bar that names what is happening, and remembers how long each thing took."""

    def __init__(self) -> None:
        columns = (
            TextColumn("{task.description}", style="bold"),
            BarColumn(40),
            TextColumn("{task.percentage:>3.0f}%"),
        )
        self.progress = Progress(*columns, TimeElapsedColumn(), console=CONSOLE, transient=False)
        self.tasks: dict[str, TaskID] = {}
        self.seconds: dict[str, float] = {}
        self._since = monotonic()

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def __call__(self, what: str, done: int, total: int) -> None:
        """`what` is 'stage' or 'stage: detail'; done of total."""
        stage, _, detail = what.partition(": ")
        if stage not in self.tasks:
            self.tasks[stage] = self.progress.add_task(stage, total=total)
        shown = f"{stage} · {detail}" if detail else stage
        self.progress.update(self.tasks[stage], completed=done, total=total, description=shown)
        now = monotonic()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._since
        self._since = now


def demonstrate(city: str, scale: float, seed: int, until: date | None, port: int | None) -> None:
    """Load what is missing, then live on from the last whole act; on a port people watch, and act, from the first day on."""
    from seawall.drill import services as drill

    with Steps() as steps:
        drill.city_load(scale=scale, seed=seed, progress=steps, named=city)
        until = until or drill.usual_evening()
    if port is None:
        _live(until)
        return
    server = _serving(port)
    try:
        _live(until)
        server.wait()
    finally:
        server.terminate()
        server.wait()


def _live(until: date) -> None:
    from seawall.drill import services as drill
    from seawall.reference import selectors as reference

    with Steps() as steps:
        try:
            drill.live_shown(until, progress=steps)
        except Refused as refused:
            stopped = drill.stopped(refused)
            CONSOLE.print(*(reference.say(stopped.code, stopped.params, language) for language in LANGUAGES), sep="\n")
            raise typer.Exit(1) from refused


def _serving(port: int) -> "subprocess.Popen[bytes]":
    """The server as a process of its own, once it answers: one that has computed must not be forked, and it ends with this one."""
    command = [sys.executable, "-m", "seawall.interfaces.cli.main", "serve", "--port", str(port)]
    server = subprocess.Popen([*command, "--parent", str(os.getpid())])
    while server.poll() is None:
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return server
        sleep(0.2)
    raise typer.Exit(server.returncode)
