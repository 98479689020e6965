"""The wheel alone, in an empty folder and a clean environment without Node: init, the first account by page, a page with its style."""

import os
import re
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlencode, urlsplit
from zipfile import ZipFile

import pytest
from django.db import connection

from .. import databases

ROOT = Path(__file__).parents[2]
NAME = f"seawall_wheel_{databases.worker()}"
HOST = "vaccine.example.org"
PASSWORD = "seven grey herons wade"


def dev() -> Any:
    """The script `./dev` as a module."""
    loader = SourceFileLoader("dev", str(ROOT / "dev"))
    spec = spec_from_loader("dev", loader)
    assert spec
    made = module_from_spec(spec)
    loader.exec_module(made)
    made.PYTHON = Path(sys.executable)
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = dev().built(tmp_path_factory.mktemp("wheel"))
    return made


@pytest.fixture(scope="module")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel; the locked packages are lent, the checkout is not seen."""
    folder = tmp_path_factory.mktemp("clean")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = folder.glob("lib/python3*/site-packages")
    (site / "locked.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        folder / "bin" / "python",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
    ]
    subprocess.run([*pip, "--no-compile", "--ignore-installed", "--disable-pip-version-check", wheel], check=True)
    return folder


@pytest.fixture
def env(django_db_blocker: Any, clean: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of somebody who has just installed it: an empty database on a server, an empty folder, no Node."""
    with django_db_blocker.unblock(), databases.administrator() as admin:
        databases.clone(admin, databases.migrated(admin), NAME)
        host = connection.get_connection_params()["host"]
        yield {
            "PATH": str(clean / "bin"), "HOME": str(tmp_path), "SEAWALL_VAR": str(tmp_path / "var"), "LANG": "C.UTF-8",
            "DATABASE_URL": f"postgresql://postgres@/{NAME}?host={host}", "SEAWALL_ALLOWED_HOSTS": HOST,
            "SEAWALL_WEB_WORKERS": "1",
        }  # fmt: skip
        databases.drop(admin, NAME)


class Browser:
    """Asks through a proxy that ends TLS, and keeps cookies."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, dict[str, str]()

    def ask(self, path: str, **form: str) -> tuple[HTTPResponse, str]:
        told = {"Host": HOST, "X-Forwarded-Proto": "https", "Accept-Language": "zh", "Origin": f"https://{HOST}"}
        told["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        line = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            if form:
                told["Content-Type"] = "application/x-www-form-urlencoded"
                line.request("POST", path, urlencode(form | {"csrfmiddlewaretoken": self.cookies["csrftoken"]}), told)
            else:
                line.request("GET", path, headers=told)
            answer = line.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or ():
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer, answer.read().decode(errors="replace")
        finally:
            line.close()

    def follow(self, path: str) -> tuple[str, str]:
        """Where a page leads in the end, and its text."""
        answer, text = self.ask(path)
        while answer.status == 302:
            path = urlsplit(answer.headers["Location"]).path
            answer, text = self.ask(path)
        assert answer.status == 200, (path, answer.status)
        return path, text


def up(browser: Browser) -> bool:
    try:
        return browser.ask("/healthz")[0].status == 200
    except OSError:
        return False


def test_the_wheel_alone_serves_from_an_empty_folder(env: dict[str, str], clean: Path, tmp_path: Path) -> None:
    here = tmp_path / "empty"
    here.mkdir()
    seawall = str(clean / "bin" / "seawall")
    init = subprocess.run(
        [seawall, "init", "--city", "chongqing", "--site", f"https://{HOST}"],
        env=env,
        cwd=here,
        capture_output=True,
        text=True,
    )
    assert init.returncode == 0, init.stderr
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen([seawall, "serve", "--port", str(port)], env=env, cwd=here, stdout=log, stderr=log)
    try:
        browser, until = Browser(port), monotonic() + 90
        while not up(browser):
            assert server.poll() is None and monotonic() < until, (tmp_path / "log").read_text()
            sleep(0.2)
        _, page = browser.follow("/console/sign-in")
        assert "登录" in page
        style = re.search(r'href="(/static/[^"]+\.css)"', page)
        assert style and browser.ask(style[1])[0].status == 200
        path, _ = browser.follow(urlsplit(init.stdout.strip()).path)
        answer, _ = browser.ask(path, new_password1=PASSWORD, new_password2=PASSWORD)
        assert answer.status == 302
        assert browser.ask("/console/sign-in", username="admin", password=PASSWORD)[0].status == 302
        assert "系统管理员" in browser.follow("/console/start")[1]
    finally:
        server.terminate()
        assert server.wait(60) == 0
    assert list(here.iterdir()) == []
    assert {path.name for path in (tmp_path / "var" / "keys").iterdir()} == {"data", "session"}


def test_the_wheel_holds_what_the_checkout_does_and_what_is_built(wheel: Path) -> None:
    with ZipFile(wheel) as file:
        names = set(file.namelist())
    listed = subprocess.run(["git", "ls-files", "src/seawall", "cities"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    tracked = {
        f"seawall/{line}" if line.startswith("cities/") else line.removeprefix("src/") for line in listed.stdout.split()
    }
    assert {name for name in tracked if (ROOT / "src" / name).exists()} - names == set()
    assert {name for name in tracked if name.startswith("seawall/cities/")} - names == set()
    made = (
        "interfaces/static/staticfiles.json",
        "locale/zh_Hans/LC_MESSAGES/django.mo",
    )
    assert {f"seawall/{name}" for name in made} <= names


@pytest.mark.long
def test_two_builds_give_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    assert dev().built(tmp_path).read_bytes() == wheel.read_bytes()


@pytest.mark.long
def test_a_clean_installation_downloads_what_it_needs_and_looks_well(wheel: Path, tmp_path: Path) -> None:
    """As anybody installs it: a new environment, packages from the registry, the embedded PostgreSQL."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    pip = [tmp_path / "venv" / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", ROOT / "locks" / "run.txt"], check=True)
    subprocess.run([*pip, "--no-deps", wheel], check=True)
    env = {**os.environ, "SEAWALL_VAR": str(tmp_path / "var"), "SEAWALL_VOLATILE": "1", "SEAWALL_DEMO": "0"}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTHONPATH"):
        env.pop(name, None)
    seawall = str(tmp_path / "venv" / "bin" / "seawall")
    for command in (["init", "--city", "los-rios"], ["check"]):
        subprocess.run([seawall, *command], env=env, cwd=tmp_path, check=True)
