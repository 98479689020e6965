"""A rehearsal killed between any two statements goes on from the last whole act and ends as if nothing had happened."""

import random
from datetime import date
from typing import Any

import pytest

from seawall.drill import services as drill

from .scene import broken_proofs, killed, signature

DICE = random.Random(11)
SHARES = [round(DICE.random(), 3) for _ in range(40)]  # of the day's moments


def lived_again(whole: dict[str, Any], day: date, *shares: float) -> None:
    for share in shares:
        killed("live", day, max(1, int(share * whole["moments"])))
        assert [p for p in broken_proofs() if not p.startswith("PROOF_CLOSINGS")] == []
    drill.live_until(day)
    assert broken_proofs() == []
    assert signature(day) == whole["left"]
    assert drill.lived_until() == day
    drill.live_until(day)
    assert signature(day) == whole["left"]


@pytest.mark.parametrize("share", SHARES[:3])
def test_a_killed_day_ends_as_if_it_had_not_been(whole: dict[str, Any], fresh: date, share: float) -> None:
    lived_again(whole, fresh, share)


def test_a_day_killed_again_and_again_ends_all_the_same(whole: dict[str, Any], fresh: date) -> None:
    lived_again(whole, fresh, 0.3, 0.2, 0.4)


@pytest.mark.long
@pytest.mark.parametrize("share", SHARES[3:])
def test_any_moment_will_do(whole: dict[str, Any], fresh: date, share: float) -> None:
    lived_again(whole, fresh, share)
