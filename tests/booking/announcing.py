"""The city as it stands, with times of day at which cancelled seats return."""

import shutil
from pathlib import Path

from seawall.reference.selectors import city_folder
from seawall.reference.services import city_load


def announce_returns(folder: Path, *times: str) -> None:
    """Loads the city anew, in this test's transaction, with these times."""
    shutil.copytree(city_folder("chongqing"), folder, dirs_exist_ok=True)
    rows = [f"{at},2021-01-01,notice 7" for at in times]
    (folder / "seat_returns.csv").write_text("\n".join(["at,valid_from,source", *rows]) + "\n", encoding="utf-8")
    city_load(folder)
