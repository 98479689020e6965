"""The demonstration is open while it lives: pages answer, tell how far it is, follow the days, and end with it."""

import http.cookiejar
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from time import monotonic, sleep
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from tests import databases
from tests.city import LIVED_UNTIL, SCALE, SEED

SEAWALL = [sys.executable, "-m", "seawall.interfaces.cli.main"]
UNTIL = LIVED_UNTIL + timedelta(days=2)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def within(seconds: float, done: Callable[[], bool]) -> None:
    ends = monotonic() + seconds
    while not done():
        assert monotonic() < ends, "not within its time"
        sleep(0.2)


class Browser:
    """A visitor who keeps cookies."""

    def __init__(self, address: str) -> None:
        self.address, self.jar = address, http.cookiejar.CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.jar))

    def ask(self, path: str, data: dict[str, str] | None = None, **headers: str) -> tuple[str, str | None]:
        """The page, and whether it is to be fetched anew."""
        token = next((c.value or "" for c in self.jar if c.name == "csrftoken"), "")
        body = urlencode(data | {"csrfmiddlewaretoken": token}).encode() if data else None
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with self.opener.open(Request(self.address + path, body, named), timeout=60) as answer:
            return answer.read().decode(), answer.headers.get("HX-Refresh")

    def answers(self) -> bool:
        try:
            self.ask("/console/start")
        except (URLError, OSError):
            return False
        return True

    def takes_the_first_post(self) -> None:
        post = re.search(r'name="post"\s+value="(\d+)"', self.ask("/console/start")[0])
        assert post
        self.ask("/console/enter", {"post": post[1]})


@pytest.fixture
def shown(rehearsal, django_db_blocker) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The command on a clone of the rehearsed city, with two days to live."""
    name, port = f"seawall_demo_{databases.worker()}", free_port()
    told = ["--scale", str(SCALE), "--seed", str(SEED), "--until", UNTIL.isoformat(), "--port", str(port)]
    with django_db_blocker.unblock(), databases.administrator() as admin:
        databases.clone(admin, rehearsal, name)
        process = subprocess.Popen(
            [*SEAWALL, "demo", *told], env=os.environ | {"SEAWALL_DATABASE": name}, stderr=subprocess.DEVNULL, text=True
        )
        try:
            yield process, f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait(60)
            databases.drop(admin, name)


def test_people_watch_while_the_days_are_lived(shown) -> None:
    process, address = shown
    visitor = Browser(address)
    within(120, visitor.answers)
    visitor.takes_the_first_post()
    first = (LIVED_UNTIL + timedelta(days=1)).isoformat()
    within(60, lambda: f"day={first}" in visitor.ask("/console/living")[0])
    assert "<progress" in visitor.ask("/console/living")[0]
    assert visitor.ask(f"/console/living?day={first}", HX_Current_URL=f"{address}/console/orders")[1] is None
    board = f"{address}/console/board"
    within(120, lambda: visitor.ask(f"/console/living?day={first}", HX_Current_URL=board)[1] == "true")
    within(120, lambda: "<progress" not in visitor.ask("/console/living")[0])
    assert process.poll() is None
    assert visitor.ask("/console/living?was=running", HX_Current_URL=f"{address}/console/orders")[1] == "true"
    process.kill()  # nobody is left to say so, and yet the server goes
    within(30, lambda: not visitor.answers())


def test_a_port_in_use_is_told_before_anything_is_made(tmp_path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"SEAWALL_VAR": str(tmp_path)}
        done = subprocess.run([*SEAWALL, "demo", "--port", port], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"Port {port}" in done.stderr
    assert not (tmp_path / "pgdata").exists()
