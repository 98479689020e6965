"""The parts that work behind the pages (queue of jobs, relay of facts, sealer of acts, gateway of messages), and who starts them again."""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic, sleep

import typer
from django.conf import settings
from django.db import connections

from seawall.interfaces import mqtt
from seawall.outreach import services as outreach
from seawall.platform import services as platform
from seawall.platform.part import Part

LOG = logging.getLogger("seawall.run")
PATIENCE = 5  # seconds given to what still runs when asked to stop
PAUSES = (1, 2, 5, 10, 30)  # seconds before a part is started again, longer each time it does not last
LASTED = 60  # seconds after which the pauses begin anew
ROUNDS: dict[Part, tuple[Callable[[], int], float]] = {
    Part.RELAY: (platform.relay_round, 1),
    Part.SEALER: (platform.seal_round, 5),
    Part.MQTT: (mqtt.listening_round, 0.2),
    Part.GATEWAY: (outreach.gateway_round, 5),
}
"""What a part does, and the seconds between."""


def here() -> list[Part]:
    """Parts that this installation has: readings of loggers only where a broker is set."""
    return [part for part in Part if part is not Part.MQTT or settings.MQTT_URL]


def work(parts: Sequence[Part], parent: int) -> None:
    """Work until stopped, until a part fails, or until the process that started this one is gone."""
    end_with(parent)
    if Part.MQTT in parts:
        mqtt.listen()
    over, failed = Event(), Event()
    rounds = [Thread(target=_again, args=(*ROUNDS[part], over, failed)) for part in parts if part in ROUNDS]
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    for thread in rounds:
        thread.start()
    if Part.QUEUE in parts:
        _work_off(failed)
    else:
        while not over.wait(0.5):
            pass
    over.set()
    for thread in rounds:
        thread.join()
    if failed.is_set():
        raise typer.Exit(1)


def _work_off(failed: Event) -> None:
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    own = app.connector
    assert isinstance(own, DjangoConnector)
    try:
        with app.replace_connector(own.get_worker_connector()) as running:
            running.run_worker(concurrency=2, delete_jobs="successful", shutdown_graceful_timeout=PATIENCE)
    except Exception:
        LOG.exception("the queue failed")
        failed.set()


def _again(round_of: Callable[[], int], pause: float, over: Event, failed: Event) -> None:
    """A round that fails ends the process: whoever started it starts a fresh one, and the database with it where that is ours."""
    try:
        while not over.wait(pause):
            round_of()
    except Exception:
        LOG.exception("a round failed")
        failed.set()
        os.kill(os.getpid(), signal.SIGTERM)
    finally:
        connections.close_all()


def end_with(parent: int) -> None:
    """Whoever was killed could not say so: an orphan ends by itself. 0 is nobody's child."""
    if parent:
        Thread(target=_outlive, args=(parent,), daemon=True).start()


def _outlive(parent: int) -> None:
    while os.getppid() == parent:
        sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
    sleep(2 * PATIENCE)
    os._exit(1)


@contextmanager
def beside(parts: Sequence[Sequence[str]]) -> Iterator[None]:
    """A process for each of these arguments of `seawall worker`, as long as the server runs; one that ends is started again."""
    owner, over = os.getpid(), Event()
    watches = [Thread(target=_watch, args=(arguments, over), daemon=True) for arguments in parts]
    for watch in watches:
        watch.start()
    try:
        yield
    finally:
        if os.getpid() == owner:  # a server's child that ends leaves this block as well
            over.set()
            for watch in watches:
                watch.join()


def _watch(arguments: Sequence[str], over: Event) -> None:
    tries, command = 0, [sys.executable, "-m", "seawall.interfaces.cli.main", "worker", *arguments]
    while not over.is_set():
        since = monotonic()
        part = subprocess.Popen([*command, "--parent", str(os.getpid())])
        while part.poll() is None and not over.wait(0.5):
            pass
        if over.is_set():
            return _stop(part)
        tries = 0 if monotonic() - since > LASTED else tries
        pause = PAUSES[min(tries, len(PAUSES) - 1)]
        tries += 1
        name = " ".join(arguments) or "worker"
        LOG.warning("the background %s ended; started again in %s s", name, pause)
        over.wait(pause)
    return None


def _stop(part: "subprocess.Popen[bytes]") -> None:
    """Let it finish what it does; what will not end is ended: it can be done again."""
    part.terminate()
    try:
        part.wait(2 * PATIENCE)
    except subprocess.TimeoutExpired:
        part.kill()
        part.wait()
