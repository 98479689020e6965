"""A server on its own clone of the rehearsed city, and a browser that tells what went wrong on a page."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests import databases

SCREENSHOTS = Path(__file__).parents[2] / "docs" / "screenshots"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
QUIET = "!document.querySelector('.htmx-request, [hx-trigger=load]')"
LANGUAGES = {"zh": "zh-hans", "en": "en"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.fixture(scope="session")
def server(rehearsal, django_db_blocker) -> Iterator[str]:
    """The address of a demonstration on a clone of the rehearsed city."""
    name, port = f"seawall_browser_{databases.worker()}", _free_port()
    with django_db_blocker.unblock(), databases.administrator() as admin:
        databases.clone(admin, rehearsal, name)
        command = [sys.executable, "-m", "seawall.interfaces.cli.main", "serve", "--port", str(port)]
        process = subprocess.Popen(command, env=os.environ | {"SEAWALL_DATABASE": name, "SEAWALL_DEMO": "1"})
        try:
            yield _when_up(f"http://127.0.0.1:{port}", process)
        finally:
            process.terminate()
            process.wait(20)
            databases.drop(admin, name)


def _when_up(address: str, process: "subprocess.Popen[bytes]") -> str:
    for _ in range(240):
        assert process.poll() is None, "the server ended before it answered"
        try:
            urlopen(f"{address}/console/start", timeout=5).close()
        except OSError:
            time.sleep(0.25)
        else:
            return address
    raise AssertionError("the server did not answer within a minute")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM, "the browser tests need Chromium: apt-get install chromium fonts-noto-cjk"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Visitor:
    """Somebody at a browser: opens pages, and keeps what the browser complained about and whom it called."""

    def __init__(self, page: Page, address: str, language: str) -> None:
        self.page, self.address, self.language = page, address, language
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        page.on("console", lambda m: self.complaints.append(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._called)

    def _called(self, request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != urlsplit(self.address).netloc:
            self.strangers.append(request.url)

    def open(self, path: str) -> int:
        """Opens a page, waits until it is drawn, and says its status."""
        response = self.page.goto(self.address + path)
        self.page.wait_for_load_state("networkidle")
        assert response is not None
        return response.status

    def arrive(self, path: str) -> int:
        """Opens a page and says its status; what the page asks for later is there, pictures may still be drawn."""
        response = self.page.goto(self.address + path)
        if not self.page.evaluate(QUIET):
            self.page.wait_for_load_state("networkidle")
        assert response is not None
        return response.status

    def enter(self, home: str) -> None:
        """Takes a post of the start page by its icon: board, district, site, station, safety, roster."""
        self.open("/console/start")
        self.page.locator(f"button[name=post]:has(use[href$='#{home}'])").first.click()
        self.page.wait_for_load_state("networkidle")

    def at_peace(self) -> None:
        assert self.complaints == []
        assert self.strangers == []
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} scrolls sideways by {wide} px"


@pytest.fixture
def visit(chromium, server):
    """Make a visitor: language zh or en, and the size of the screen."""
    contexts = []

    def make(language: str = "zh", width: int = 1440, height: int = 900, script: bool = True) -> Visitor:
        context = chromium.new_context(viewport={"width": width, "height": height}, java_script_enabled=script)
        context.add_cookies([{"name": "django_language", "value": LANGUAGES[language], "url": server}])
        contexts.append(context)
        return Visitor(context.new_page(), server, language)

    yield make
    for context in contexts:
        context.close()
