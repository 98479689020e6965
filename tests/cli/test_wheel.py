"""The wheel alone, in an empty folder and a clean environment without Node: from a city's folder to the report of its first dose."""

import json
import os
import re
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import connection

from seawall.platform import clock

from .. import databases
from ..walks.beginning import administers
from ..walks.first_dose import CHONGQING, LOS_RIOS, Ground, evening_run, first_dose
from ..walks.pages import Visitor
from ..walks.wire import Wire

ROOT = Path(__file__).parents[2]
NAME = f"seawall_wheel_{databases.worker()}"
HOST = "vaccine.example.org"
INIT = ["init", "--site", f"https://{HOST}"]


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
    """The environment of somebody who has just installed it: an empty database on a server, an empty folder, no Node.

    Kernels run uncompiled: compiling takes half a minute and judges the same.
    """
    with django_db_blocker.unblock(), databases.administrator() as admin:
        databases.clone(admin, databases.migrated(admin), NAME)
        host = connection.get_connection_params()["host"]
        yield {
            "PATH": str(clean / "bin"), "HOME": str(tmp_path), "SEAWALL_VAR": str(tmp_path / "var"), "LANG": "C.UTF-8",
            "DATABASE_URL": f"postgresql://postgres@/{NAME}?host={host}", "SEAWALL_ALLOWED_HOSTS": HOST,
            "SEAWALL_WEB_WORKERS": "1", "NUMBA_DISABLE_JIT": "1",
        }  # fmt: skip
        databases.drop(admin, NAME)


@contextmanager
def served(env: dict[str, str], clean: Path, tmp_path: Path) -> Iterator[Callable[[], Wire]]:
    """`seawall serve` in an empty folder that stays empty, behind a proxy that ends TLS."""
    here = tmp_path / "empty"
    here.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [clean / "bin" / "seawall", "serve", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, env=env, cwd=here, stdout=log, stderr=log)
    try:
        until = monotonic() + 90
        while not up(Wire(HOST, port)):
            assert server.poll() is None and monotonic() < until, (tmp_path / "log").read_text()
            sleep(0.2)
        yield lambda: Wire(HOST, port)
    finally:
        server.terminate()
        assert server.wait(60) == 0
    assert list(here.iterdir()) == []


def up(browser: Wire) -> bool:
    try:
        return browser.get("/healthz").status_code == 200
    except OSError:
        return False


@pytest.mark.parametrize(
    ("begun", "ground", "noon", "page", "given"),
    [
        ([["city", "load", "chongqing"], INIT], CHONGQING, datetime(2021, 4, 10, 4, tzinfo=UTC), "登录", ("Yuzhong",)),
        ([[*INIT, "--city", "los-rios"]], LOS_RIOS, datetime(2026, 9, 4, 16, tzinfo=UTC), "Sign in", ("Valdivia",)),
    ],
    ids=["chongqing", "los-rios"],
)
def test_the_wheel_alone_goes_from_init_to_the_report_of_the_first_dose(
    begun: list[list[str]], ground: Ground, noon: datetime, page: str, given: tuple[str, ...], env: dict[str, str], clean: Path,
    tmp_path: Path, django_db_blocker: Any, settings: Any,
) -> None:  # fmt: skip
    """Everything but the day on the wall is done by the installed program, at its command line and its pages."""
    settings.CAMPAIGN_TIME_ZONE = ""

    def seawall(*words: str) -> str:
        done = subprocess.run(
            [clean / "bin" / "seawall", *words], env=env, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    with django_db_blocker.unblock(), databases.pointed_at(NAME):
        clock.set_to(noon)
    link = [seawall(*words) for words in begun][-1]
    with served(env, clean, tmp_path) as line, django_db_blocker.unblock(), databases.pointed_at(NAME):
        seen = line().get("/console/sign-in", headers={"Accept-Language": "zh"}).content.decode()
        assert page in seen
        style = re.search(r'href="(/static/[^"]+\.css)"', seen)
        assert style and line().get(style[1]).status_code == 200
        posts = first_dose(administers(Visitor(line), link), ground)
        evening_run(posts["office"])
    (tmp_path / "out").mkdir()
    seawall("report", "--out", str(tmp_path / "out"))
    told = json.loads(next((tmp_path / "out").glob("*.json")).read_text(encoding="utf-8"))
    assert told["day"] == noon.date().isoformat() and told["totals"]["done"] == 1
    assert all(
        named in (tmp_path / "out" / f"dispatch-{told['day']}.en.md").read_text(encoding="utf-8") for named in given
    )
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
