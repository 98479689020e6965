"""The rehearsal's own tables of facts and choices and those of its city, each row with its source, read once."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import polars as pl

FOLDER = Path(__file__).parent / "tables"


@dataclass(frozen=True, slots=True)
class Tables:
    """One frame per CSV file, by file name."""

    frames: dict[str, pl.DataFrame] = field(default_factory=dict)

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self.frames[name]

    def text(self, name: str) -> str:
        """A marked identifier: never-issued division, undiallable prefix."""
        return str(self["identifiers"].filter(pl.col("name") == name)["value"][0])

    def number(self, name: str) -> float:
        """One behaviour parameter."""
        return float(self["behaviour"].filter(pl.col("name") == name)["value"][0])


@cache
def load_tables(*cities: Path) -> Tables:
    """Every CSV of the package and of a city's folder of rehearsal tables; codes stay text."""
    text = dict.fromkeys(("area_code", "value", "prefix", "made", "source"), pl.String)
    frames = {}
    for path in (path for folder in (FOLDER, *cities) for path in sorted(folder.glob("*.csv"))):
        with path.open(encoding="utf-8") as file:
            header = file.readline().strip().split(",")
        frames[path.stem] = pl.read_csv(path, schema_overrides={c: t for c, t in text.items() if c in header})
    return Tables(frames)
