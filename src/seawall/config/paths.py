"""Folders of this installation."""

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
CHECKOUT = PACKAGE.parents[1]


def var_folder() -> Path:
    """Everything that Seawall writes: keys, logs, files, and the cluster unless root keeps it elsewhere."""
    folder = Path(os.environ.get("SEAWALL_VAR", CHECKOUT / "var")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
