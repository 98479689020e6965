"""One judge, two languages: the same cases, hit and missed, are judged by Python and by the tablet's TypeScript."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from seawall.clinic import tables
from seawall.supply import tables as supply_tables

from .tablet_cases import HITS, NOT_KNOWN_THERE, STEPS, cases

pytestmark = pytest.mark.usefixtures("db")
ROOT = Path(__file__).parents[2]


def test_each_interlock_is_hit_and_missed():
    found = list(cases())
    for case in found[: len(STEPS)]:
        assert case["broken"] == [], case["name"]
    for (step, code, _), case in zip(HITS, found[len(STEPS) :], strict=True):
        assert code in [why["code"] for why in case["broken"]], (step, case["name"], case["broken"])


def test_no_interlock_is_without_a_case():
    rows = {row.code for row in (*tables.interlocks(), *supply_tables.interlocks())}
    assert rows == {code for _, code, _ in HITS} | NOT_KNOWN_THERE.keys()


def test_the_tablet_judges_as_python_does(tmp_path):
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"cases": list(cases())}, ensure_ascii=False))
    done = subprocess.run(
        ["node", "frontend/test.mjs", "tablet_judge.test.mjs"], cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "SEAWALL_CASES": str(file)}, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert f"# cases {len(HITS) + len(STEPS)}" in done.stdout
