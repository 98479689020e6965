"""A wrong name, a database left behind or another key: every command stops with a sentence, and nothing is made in silence."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from .. import databases

ROOT = Path(__file__).parents[2]
NAME = f"seawall_cli_{databases.worker()}"
EMPTY = f"{NAME}_empty"
RUN = """
import json, sys
from typer.testing import CliRunner
from seawall.interfaces.cli.main import app
for command in json.loads(sys.argv[1]):
    done = CliRunner().invoke(app, command)
    print(json.dumps([done.exit_code, done.output]))
"""
PRINT = """
import django; django.setup()
from django.db import connection
from seawall.platform import sql
told = [sql.fetch(f"SHOW {name}")[0][0] for name in ("application_name", "statement_timeout")]
print(connection.get_connection_params()["sslmode"], *told)
"""


class Line:
    """The command line on a database of somebody's own server."""

    def __init__(self, host: str, folder: Path) -> None:
        self.host, self.folder = host, folder

    def env(self, name: str, user: str = "postgres", key: str = "one", more: str = "", **also: str) -> dict[str, str]:
        url = f"postgresql://{user}@/{name}?host={self.host}{more}"
        return {**os.environ, "DATABASE_URL": url, "SEAWALL_DATA_KEY": key, "SEAWALL_VAR": str(self.folder), **also}

    def __call__(self, *commands: list[str], **more: str) -> list[tuple[int, str]]:
        """Exit code and output of each command, run one after the other in a process of their own."""
        run = [sys.executable, "-c", RUN, json.dumps(commands)]
        done = subprocess.run(run, env=self.env(**more), cwd=ROOT, capture_output=True, text=True, check=True)
        return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def line(django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A migrated database and an empty one."""
    with django_db_blocker.unblock(), databases.administrator() as admin:
        databases.clone(admin, databases.migrated(admin), NAME)
        databases.drop(admin, EMPTY)
        admin.execute(f"CREATE DATABASE {EMPTY}")
        yield Line(str(connection.get_connection_params()["host"]), tmp_path_factory.mktemp("var"))
        for name in (NAME, EMPTY):
            databases.drop(admin, name)


def names(django_db_blocker: Any) -> set[str]:
    with django_db_blocker.unblock(), databases.administrator() as admin:
        return {name for (name,) in admin.execute("SELECT datname FROM pg_database")}


SERVE = ["serve", "--port", "8326"]


def test_a_misspelt_name_makes_no_database(line: Line, django_db_blocker: Any) -> None:
    for code, said in line(["check"], SERVE, name="seawal_cli"):
        assert code == 2 and "no database “seawal_cli”" in said
    assert "seawal_cli" not in names(django_db_blocker)


def test_a_database_left_behind_is_not_migrated_unasked(line: Line, tmp_path: Path) -> None:
    for code, said in line(["export", "--out", str(tmp_path)], ["report", "--out", str(tmp_path)], SERVE, name=EMPTY):
        assert code == 2 and "seawall migrate" in said


def test_another_key_stops_every_command(line: Line, tmp_path: Path) -> None:
    ((code, said), (checked, table)) = line(["migrate"], ["check"], name=NAME)  # the first use leaves the canary
    assert (code, checked) == (0, 0) and "up to date" in said and "–" in table
    roster = tmp_path / "roster.csv"
    roster.write_text("姓名,证件号码\n", encoding="utf-8")
    reading = ["check", "--language", "zh-hans"]
    for code, said in line(
        reading, ["import", str(roster), "--kind", "roster"], ["worker"], SERVE, name=NAME, key="two"
    ):
        assert code == 2 and "SEAWALL_DATA_KEY" in said and NAME in said


def test_what_the_address_says_is_kept(line: Line) -> None:
    more = "&sslmode=require&application_name=night-shift&options=-c%20statement_timeout%3D4321"
    env = line.env(NAME, more=more) | {"DJANGO_SETTINGS_MODULE": "seawall.config.settings"}
    done = subprocess.run([sys.executable, "-c", PRINT], env=env, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["require", "night-shift", "4321ms"]


def test_a_role_that_may_not_see_the_servers_own_database_works_on_its_own(line: Line, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), databases.administrator() as admin:
        admin.execute("DROP ROLE IF EXISTS narrow")
        admin.execute("CREATE ROLE narrow LOGIN")
        admin.execute("REVOKE CONNECT ON DATABASE postgres FROM PUBLIC")
        with databases.pointed_at(NAME):
            connection.cursor().execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO narrow")
        try:
            ((code, said),) = line(["check"], name=NAME, user="narrow")
            assert code == 0, said
        finally:
            admin.execute("GRANT CONNECT ON DATABASE postgres TO PUBLIC")
            with databases.pointed_at(NAME):
                connection.cursor().execute("DROP OWNED BY narrow")
            admin.execute("DROP ROLE narrow")
