"""A keeper's process killed between any two statements of a morning of supply: told again, nothing is lost and nothing twice."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connections

from seawall.platform import sql
from seawall.supply import selectors

from .. import databases
from .chain import LOT
from .conftest import DAY
from .scene import killed, moments, send

Left = dict[str, list[tuple[object, ...]]]
AFTER = datetime(2030, 1, 1, tzinfo=UTC)
LEFT = {
    "lines": "SELECT kind, count(*), sum(delta) FROM supply_stockline WHERE lot = %s GROUP BY 1 ORDER BY 1",
    "balances": "SELECT place_id, state, doses FROM supply_balance WHERE lot = %s ORDER BY 1, 2",
    "packs": "SELECT code, place_id, state, doses_left FROM supply_pack WHERE lot = %s ORDER BY 1",
    "shipments": "SELECT act, state, doses, taken_doses FROM supply_shipment WHERE lot = %s ORDER BY 1",
    "loans": "SELECT act, state, doses, returned FROM supply_offer WHERE lot = %s ORDER BY 1",
}


def left() -> Left:
    return {name: sql.fetch(query, [LOT]) for name, query in LEFT.items()}


@pytest.fixture(scope="module")
def unharmed(rehearsal: str, django_db_blocker: Any) -> tuple[int, Left]:
    """How many moments the morning has, and what it leaves."""
    name = f"seawall_morning_{databases.worker()}"
    with django_db_blocker.unblock(), databases.administrator() as admin:
        databases.clone(admin, rehearsal, name)
        with databases.pointed_at(name):
            found = moments("chain", DAY), left()
        connections.close_all()
        databases.drop(admin, name)
    return found


def dies(day: date, at: int) -> None:
    """What stands after a death is in balance, whatever was being done."""
    killed("chain", day, at)
    assert selectors.difference(thorough=True) == []
    assert all(row.holds for row in selectors.identity(AFTER))


def ends_as(day: date, whole: Left) -> None:
    """The same acts told once more bring the morning to its end."""
    again = send("chain", day, 0, "count")
    assert again.returncode == 0, again.stderr
    assert selectors.difference(thorough=True) == []
    assert left() == whole


def test_a_morning_killed_again_and_again_ends_as_one_that_was_not(unharmed: tuple[int, Left], fresh: date) -> None:
    count, whole = unharmed
    assert count > 100
    for share in (0.05, 0.35, 0.6):
        dies(fresh, int(count * share))
    ends_as(fresh, whole)


@pytest.mark.long
@pytest.mark.parametrize("share", [n / 25 for n in range(1, 25)])
def test_at_any_moment(unharmed: tuple[int, Left], fresh: date, share: float) -> None:
    count, whole = unharmed
    dies(fresh, int(count * share))
    ends_as(fresh, whole)
