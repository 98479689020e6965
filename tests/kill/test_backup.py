"""A backup taken while doses are given: what was confirmed before it is in it, and every proof holds where it is brought back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from pyrage.x25519 import Identity
from typer.testing import CliRunner

from seawall.clinic import services as clinic
from seawall.clinic.models import Injection
from seawall.interfaces.cli.archive import Measured, Source, recipients, sealed_into
from seawall.interfaces.cli.main import app
from seawall.platform import services as platform
from seawall.platform import unwritten
from seawall.terms.visits import DoseGive

from .. import databases
from ..cli.test_database import Line
from ..clinic.test_races import hall  # noqa: F401
from ..clinic.world import World

pytestmark = pytest.mark.django_db(transaction=True)
PASSPHRASE = "herons wade at low tide"
HANDS, DOSES, SEATS = 3, 40, 20
RESTORED = f"seawall_restored_{databases.worker()}"


@pytest.fixture
def elsewhere(django_db_blocker: Any, tmp_path: Path) -> Iterator[Line]:
    """The command line on a database that is not there yet, with a folder of keys that is empty."""
    with django_db_blocker.unblock(), databases.administrator() as admin:
        databases.drop(admin, RESTORED)
        folder = tmp_path / "var"
        folder.mkdir()
        yield Line(str(connection.get_connection_params()["host"]), folder)
        databases.drop(admin, RESTORED)


def run(*command: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(part) for part in command])
    return done.exit_code, done.output


@pytest.fixture
def sealed(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PASSPHRASE = PASSPHRASE
    monkeypatch.setenv("SEAWALL_PASSPHRASE", PASSPHRASE)


def waiting(hall: World) -> list[DoseGive]:  # noqa: F811
    """Doses ready to be given, by people who sit before the vaccinator."""
    codes, after = hall.packs(DOSES), [15 * (n // SEATS) for n in range(DOSES)]
    arrivals = [hall.arrival(person, None, n) for person, n in zip(hall.persons(DOSES), after, strict=True)]
    visits = [(item.act, n) for item, n in zip(arrivals, after, strict=True)]
    steps: tuple[tuple[Any, list[Any]], ...] = (
        (clinic.visit_arrive, arrivals),
        (clinic.screening_record, [hall.screening(visit, n + 5) for visit, n in visits]),
        (clinic.consent_record, [hall.consent(visit, n + 6) for visit, n in visits]),
    )
    for verb, items in steps:
        assert [outcome.refusal for outcome in verb(hall.actor, items) if outcome.refusal] == []
    return [hall.dose(visit, code, n + 10) for (visit, n), code in zip(visits, codes, strict=True)]


def test_a_backup_taken_while_doses_are_given_is_whole_where_it_is_restored(
    hall: World,  # noqa: F811
    elsewhere: Line,
    sealed: None,
    tmp_path: Path,
) -> None:
    platform.background_round()
    doses, given, over, file = waiting(hall), list[UUID](), Event(), tmp_path / "night.backup"

    def hand(mine: list[DoseGive]) -> None:
        try:
            for item in mine:
                if over.is_set():
                    return
                assert clinic.dose_give(hall.actor, [item])[0].done
                given.append(item.act)
                sleep(0.1)
        finally:
            connection.close()

    with ThreadPoolExecutor(HANDS) as pool:
        hands = [pool.submit(hand, doses[n::HANDS]) for n in range(HANDS)]
        while len(given) < HANDS:
            sleep(0.01)
        before = set(given)
        code, said = run("backup", file)
        meanwhile = len(given)
        over.set()
        for done in hands:
            done.result()
    assert code == 0, said
    assert len(before) < meanwhile, "nobody worked while it was taken"
    assert PASSPHRASE.encode() not in (content := file.read_bytes()) and "张三丰".encode() not in content
    clinic.dose_give(hall.actor, doses)  # the day goes on here

    back = ["restore", str(file)]
    restore, check, again = elsewhere(back, ["check"], back, name=RESTORED, key="")
    assert restore[0] == check[0] == 0, (restore[1], check[1])
    assert "✓  Every injection has exactly one line" in restore[1], "the proofs are shown"
    assert "Acts are sealed in time: 0 wait" in restore[1], "however old the backup is"
    with databases.pointed_at(RESTORED):
        kept = set(Injection.objects.values_list("act", flat=True))
        assert before <= kept <= {item.act for item in doses}
        assert len(kept) < DOSES
        later = [item for item in doses if item.act not in kept][:1] + [item for item in doses if item.act in kept][:1]
        assert [outcome.replayed for outcome in clinic.dose_give(hall.actor, later)] == [False, True]
    assert again[0] == 2 and "not empty" in again[1]


def test_a_backup_is_for_a_key_as_well_and_damage_is_seen(sealed: None, settings: Any, tmp_path: Path) -> None:
    secret, file = tmp_path / "safe.key", tmp_path / "a.backup"
    code, recipient = run("key", "pair", secret)
    assert code == 0 and recipient.startswith("age1") and secret.stat().st_mode & 0o077 == 0
    assert run("backup", file, "--to", recipient.strip())[0] == 0
    assert run("verify", file, "--key", secret)[0] == 0
    code, said = run("verify", file, "--language", "zh-hans")
    assert code == 2 and "打不开" in said
    assert run("backup", file)[0] == 2  # nothing is overwritten
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    code, said = run("verify", file, "--key", secret)
    assert code == 2 and "damaged" in said
    file.write_bytes(content[:100])
    code, said = run("verify", file, "--key", secret)
    assert code == 2 and "cut off" in said and said.count("\n") == 1


def test_a_full_disk_is_the_disks_own_error(tmp_path: Path) -> None:
    with pytest.raises(OSError) as raised, Path("/dev/full").open("wb") as full:
        sealed_into(
            full, Source(BytesIO(bytes(1_000_000)), Measured(None)), recipients([str(Identity.generate().to_public())])
        )
    told = unwritten.why(raised.value)
    assert told and told.refusal.code == "DISK_FULL"


@pytest.mark.parametrize(
    ("passphrase", "said"), [("short", "12 characters"), ("", "no passphrase")], ids=["too short", "none"]
)
def test_a_backup_without_a_passphrase_worth_the_name_is_not_written(
    settings: Any, tmp_path: Path, passphrase: str, said: str
) -> None:
    settings.PASSPHRASE = passphrase
    code, told = run("backup", tmp_path / "a.backup")
    assert code == 2 and said in told and list(tmp_path.iterdir()) == []
