"""Small cities of several seeds live to the evening of 9 June, through the command that the manual names."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCALES = (0.0002, 0.0005, 0.001)
SEEDS = (2021, 7, 11, 23, 42)


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", SCALES)
def test_the_demonstration_reaches_the_ninth_of_june(tmp_path: Path, scale: float, seed: int) -> None:
    env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"SEAWALL_VAR": str(tmp_path)}
    command = [sys.executable, "-m", "seawall.interfaces.cli.main", "demo", "--no-serve"]
    done = subprocess.run(
        [*command, "--scale", str(scale), "--seed", str(seed)], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "2021-06-09 plan" in done.stderr
