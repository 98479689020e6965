"""Where the inputs lie that are not part of the product, and small cells made by hand."""

from pathlib import Path

import pytest

import seawall

AEFI = Path(seawall.__file__).parents[3] / "shared/data/aefi"


@pytest.fixture(scope="session")
def aefi() -> Path:
    if not AEFI.exists():
        pytest.skip(f"needs the adverse event inputs in {AEFI}")
    return AEFI
