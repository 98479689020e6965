"""Cases for every judge of the interlocks: each rule is hit and missed."""

import pytest

from seawall.clinic import tables
from seawall.supply import tables as supply_tables

from .tablet_cases import HITS, NOT_KNOWN_THERE, STEPS, cases

pytestmark = pytest.mark.usefixtures("db")


def test_each_interlock_is_hit_and_missed():
    found = list(cases())
    for case in found[: len(STEPS)]:
        assert case["broken"] == [], case["name"]
    for (step, code, _), case in zip(HITS, found[len(STEPS) :], strict=True):
        assert code in [why["code"] for why in case["broken"]], (step, case["name"], case["broken"])


def test_no_interlock_is_without_a_case():
    rows = {row.code for row in (*tables.interlocks(), *supply_tables.interlocks())}
    assert rows == {code for _, code, _ in HITS} | NOT_KNOWN_THERE.keys()
