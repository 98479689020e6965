"""Folders of this installation."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
CHECKOUT = PACKAGE.parents[1]


def in_checkout() -> bool:
    """Whether the program runs from its sources and not from an installed package."""
    return (CHECKOUT / "dev").is_file() and (CHECKOUT / "pyproject.toml").is_file()


def own_folder(environ: Mapping[str, str], *, root: bool, mac: bool) -> Path:
    """Where an installed program writes: the system's folder for root, else the user's own; never beside the package."""
    if root:
        return Path("/var/lib/seawall")
    home = Path(environ.get("HOME") or Path.home())
    if mac:
        return home / "Library" / "Application Support" / "seawall"
    return Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "seawall"


def var_folder() -> Path:
    """Everything that Seawall writes: keys, logs, files, and the cluster unless root keeps it elsewhere."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    usual = CHECKOUT / "var" if in_checkout() else own_folder(os.environ, root=root, mac=sys.platform == "darwin")
    folder = Path(os.environ.get("SEAWALL_VAR") or usual).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
