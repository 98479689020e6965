"""A database of version 0.1 becomes one of today: nothing lost, every proof holds, and its campaign goes on."""

import lzma
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from seawall.drill import services as drill
from seawall.people.models import Document
from seawall.platform import embedded, secrets, sql

from .. import databases
from ..cli.test_database import Line
from ..kill.scene import broken_proofs

OLD = Path(__file__).parent / "v0_1"
KEY = (OLD / "data.key").read_text().strip()
NAME, COPIED = (f"seawall_{what}_{databases.worker()}" for what in ("upgraded", "copied"))
CENSUS = "reference_censusfigure"
BROUGHT = ("auth_", "django_", "procrastinate_", "reference_rulerelease", CENSUS)  # by the version or the city's folder
NEXT = date(2021, 3, 29)


RESHAPED = {"supply_reading", "supply_stockline", "clinic_checkmark"}
"""Readings became arrays of a day; a movement to or from a virtual place became one line; the checks of a dose one number."""
HELD = """
SELECT place_id, lot, state, sum(delta)::int FROM supply_stockline l
WHERE EXISTS (SELECT FROM supply_balance b WHERE b.place_id = l.place_id) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def counts() -> dict[str, int]:
    """Rows of every table that holds what people did."""
    found = sql.fetch("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
    tables = sorted(name for (name,) in found if not name.startswith(BROUGHT))
    return {name: sql.fetch(f"SELECT count(*) FROM {name}")[0][0] for name in tables}


@pytest.fixture
def old(django_db_blocker: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Line]:
    """The command line on the database of version 0.1, and Django's connection with it."""
    with django_db_blocker.unblock(), databases.administrator() as admin:
        for name in (NAME, COPIED):
            databases.drop(admin, name)
        admin.execute(f"CREATE DATABASE {NAME}")
        host = str(connection.get_connection_params()["host"])
        restore = [str(embedded.server().bin_path / "pg_restore"), "-h", host, "-U", "postgres", "-d", NAME]
        dump = lzma.decompress((OLD / "city.dump.xz").read_bytes())
        subprocess.run(restore, input=dump, check=True)
        settings.DATA_KEY = KEY
        secrets.forget()
        try:
            with databases.pointed_at(NAME):
                yield Line(host, tmp_path)
        finally:
            secrets.forget()
            for name in (NAME, COPIED):
                databases.drop(admin, name)


def test_a_city_of_version_0_1_is_upgraded_and_lives_on(old: Line, tmp_path: Path) -> None:
    before, held = counts(), sql.fetch(HELD)
    ours = {"name": NAME, "key": KEY, "SEAWALL_PASSPHRASE": "herons wade at low tide"}
    for key in ("two", ""):  # another, and none at all
        ((code, said),) = old(["upgrade", "--check"], name=NAME, key=key)
        assert code == 2 and "never make a new one" in said
    copy = tmp_path / "before.backup"
    look, left, done, again = old(
        ["upgrade", "--check"], ["check"], ["upgrade", "--copy", str(copy)], ["upgrade", "--check"], **ours
    )
    assert look[0] == 0 and left[0] == 2, (look, left)
    assert done[0] == 0 and done[1].count("✗") == 1 and "✗ No city's folder" in done[1], done[1]
    assert "0 migrations wait" in again[1]
    connection.close()
    after = counts()
    assert {name: after.get(name) for name in before.keys() - RESHAPED} == {
        n: before[n] for n in before.keys() - RESHAPED
    }
    assert sql.fetch(HELD) == held
    (back,) = old(["restore", str(copy)], **ours | {"name": COPIED, "key": "", "SEAWALL_VAR": str(tmp_path / "back")})
    assert back[0] == 0 and "migrations wait" in back[1], back[1]

    load, check = old(["city", "load", "chongqing"], ["check"], **ours)
    assert load[0] == check[0] == 0, (load[1], check[1])
    assert counts()["reference_area"] == before["reference_area"]
    assert sql.fetch(f"SELECT count(*) FROM {CENSUS}")[0][0] > 0
    numbers = [secrets.decrypt(sealed) for sealed in Document.objects.values_list("number_sealed", flat=True)[:20]]
    assert all(len(number) == 18 for number in numbers)
    drill.live_until(NEXT)
    assert sql.fetch("SELECT count(*) FROM clinic_injection WHERE day = %s", [NEXT])[0][0] > 0
    assert broken_proofs() == []
