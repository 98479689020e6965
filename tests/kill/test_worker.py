"""A background worker killed in its round: the next one tells what was not told, once, and seals what was not sealed."""

from datetime import date

import pytest

from seawall.platform import selectors as platform
from seawall.platform import sql

from ..city import LIVED_UNTIL
from .scene import broken_proofs, killed, moments, send, signature

UNTOLD = "UPDATE platform_fact SET delivered_at = NULL WHERE fact = ANY(%s)"
HEARD = ["SiteClosed", "SessionClosed", "LotHeld", "PersonMerged", "CityDayClosed", "DayClosed"]


def _facts_wait() -> None:
    """Facts of the whole life of the city are told once more: whoever hears one again must change nothing."""
    assert sql.execute(UNTOLD, [HEARD]) > 100
    sql.execute("DELETE FROM platform_seal WHERE sequence > (SELECT max(sequence) - 3 FROM platform_seal)")


@pytest.mark.parametrize("at", [1, 3, 7, 20])
def test_a_killed_round_is_made_up_by_the_next(fresh: date, at: int) -> None:
    before = signature(LIVED_UNTIL)
    _facts_wait()
    killed("work", fresh, at)
    assert send("work", fresh, 0, "count").returncode == 0
    assert platform.untold().count == 0
    assert broken_proofs() == []
    assert signature(LIVED_UNTIL) == before


def test_a_round_has_more_moments_than_are_tried(fresh: date) -> None:
    _facts_wait()
    assert moments("work", fresh) >= 20
