"""What stops an operator is one clear line and an exit code; the doctor finds it beforehand."""

import json
import logging
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory
from typer.testing import CliRunner

from seawall.config.logs import Line as LogLine
from seawall.config.paths import own_folder
from seawall.engines import __main__ as engines
from seawall.interfaces.cli import database
from seawall.interfaces.cli.main import app
from seawall.interfaces.cli.saying import or_refusal
from seawall.platform import secrets, sql, unwritten, vitals
from seawall.platform import services as platform
from seawall.reference.services import city_load

ROOT = Path(__file__).parents[2]


def run(*command: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(command))
    return done.exit_code, done.output


def test_the_version_is_told() -> None:
    assert run("--version") == (0, "seawall 0.1.0\n")


@pytest.mark.django_db
def test_an_old_postgresql_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LEAST_POSTGRES", 99)
    code, said = run("check")
    assert code == 2 and "99 or newer is needed" in said and said.count("\n") == 1


@pytest.mark.django_db
def test_a_database_of_a_newer_version_is_left_alone() -> None:
    sql.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('people', '0999_later', now())")
    code, said = run("check")
    assert code == 2 and "people.0999_later" in said


@pytest.mark.django_db
def test_a_key_that_is_gone_is_not_made_anew(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    platform.canary_leave()
    settings.DATA_KEY = ""
    monkeypatch.setattr(secrets, "key_file", lambda: tmp_path / "keys" / "data")
    code, said = run("check")
    assert code == 2 and f"no key at {tmp_path}/keys/data" in said
    assert not (tmp_path / "keys" / "data").exists()


@pytest.mark.django_db
def test_a_port_in_use_is_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, said = run("serve", "--port", str(taken.getsockname()[1]))
    assert code == 2 and "in use by another program" in said and said.count("\n") == 1


def test_a_full_disk_is_one_line() -> None:
    with pytest.raises(OSError) as raised, Path("/dev/full").open("w") as file:
        file.write("one row")
    told = unwritten.why(raised.value)
    assert told and told.refusal.code == "DISK_FULL"

    def work() -> None:
        raise raised.value

    with pytest.raises(Exception) as ended:
        or_refusal(work)
    assert getattr(ended.value, "exit_code", None) == 2


def test_whatever_is_compiled_is_compiled_by_init() -> None:
    """So that nobody who plans the first week or opens the map waits a minute for it."""
    assert {path.parent.name for path in Path(engines.__file__).parent.glob("*/__main__.py")} == set(engines.KERNELS)


@pytest.mark.django_db
def test_the_doctor_says_what_is_missing_and_what_to_do() -> None:
    platform.canary_leave()
    platform.background_round()
    city_load("chongqing")
    code, said = run("doctor", "--site", "http://seawall.example.org")
    assert code == 1
    for line in (
        "✓ The data keys fit", "✓ The relay works", "✗ The queue does not work", "✗ There is no store",
        "✗ http://seawall.example.org is no https address",
    ):  # fmt: skip
        assert line in said
    assert "✗ 后台“queue”没有运行" in run("doctor", "--language", "zh-hans")[1]


@pytest.mark.django_db
def test_an_upgrade_waits_until_the_parts_have_stopped() -> None:
    platform.canary_leave()
    platform.background_round()
    code, said = run("upgrade", "--check")
    assert code == 2 and "Parts of the program still run" in said
    sql.execute("UPDATE platform_round SET done_at = done_at - interval '1 minute'")
    code, said = run("upgrade", "--check")
    assert code == 0 and "0 migrations wait" in said


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"origin": "https://vaccine.example.org"}, "X-Forwarded-Proto"),
        ({"origin": "http://vaccine.example.org"}, "https"),
    ],
    ids=["a proxy that strips headers", "no TLS at all"],
)
@pytest.mark.django_db
def test_a_form_over_a_way_that_keeps_no_key_says_why(settings: Any, headers: dict[str, str], code: str) -> None:
    settings.CSRF_COOKIE_SECURE = True
    settings.ALLOWED_HOSTS = ["vaccine.example.org"]
    client = Client(
        enforce_csrf_checks=True, headers={"accept-language": "en", "host": "vaccine.example.org", **headers}
    )
    answer = client.post("/console/sign-in", {"username": "a", "password": "b"})
    assert answer.status_code == 403 and code in answer.content.decode()


def test_a_line_of_the_log_holds_no_persons_data() -> None:
    request = RequestFactory().get("/console/people?name=张三丰&number=500101198005010011")
    try:
        raise ValueError("张三丰 500101198005010011")
    except ValueError:
        record = logging.LogRecord(
            "django.request",
            logging.ERROR,
            "",
            0,
            "Internal Server Error: %s",
            (request.get_full_path(),),
            sys.exc_info(),
        )
    record.request = request
    line = LogLine().format(record)
    told = json.loads(line)
    assert "张三丰" not in line and "500101198005010011" not in line and "\n" not in line
    assert told["error"] == "ValueError" and told["level"] == "ERROR" and told["where"]


@pytest.mark.django_db
def test_a_request_is_logged_by_its_route_and_named_to_whoever_asked(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "seawall.requests"):
        answer = Client(headers={"x-request-id": "proxy-0001"}).get("/healthz?name=张三丰")
    (record,) = [r for r in caplog.records if r.name == "seawall.requests"]
    assert answer.headers["X-Request-ID"] == "proxy-0001"
    assert record.told["route"] == "/healthz" and "张三丰" not in LogLine().format(record)
    assert len(Client(headers={"x-request-id": "<b>"}).get("/healthz").headers["X-Request-ID"]) == 32


@pytest.mark.parametrize(
    ("environ", "root", "mac", "folder"),
    [
        ({}, True, False, "/var/lib/seawall"),
        ({"HOME": "/home/a"}, False, False, "/home/a/.local/share/seawall"),
        ({"HOME": "/home/a", "XDG_DATA_HOME": "/data"}, False, False, "/data/seawall"),
        ({"HOME": "/Users/a"}, False, True, "/Users/a/Library/Application Support/seawall"),
    ],
)
def test_an_installed_program_writes_in_a_stable_folder(
    environ: dict[str, str], root: bool, mac: bool, folder: str
) -> None:
    assert own_folder(environ, root=root, mac=mac) == Path(folder)


@pytest.mark.django_db
def test_connections_and_clock_are_watched() -> None:
    states, most = vitals.connections()
    assert states and most >= sum(states.values())
    assert vitals.clock_apart().total_seconds() < 2


@pytest.mark.django_db
def test_doses_without_a_programme_are_those_of_the_campaign_that_runs(tmp_path: Path) -> None:
    doses = tmp_path / "doses.csv"
    doses.write_text("姓名,证件号码,接种日期,疫苗\n", encoding="utf-8")
    code, said = run("import", str(doses), "--kind", "doses")
    assert code == 2 and "campaign" in said and said.count("\n") == 1  # none runs: none is guessed
    code, said = run("import", str(doses), "--kind", "doses", "--programme", "influenza-cn", "--no-commit")
    assert "campaign" not in said
