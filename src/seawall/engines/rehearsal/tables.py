"""The rehearsal's own tables of facts and choices, each row with its source, read once from a folder."""

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
def load_tables(folder: Path = FOLDER) -> Tables:
    """Read every CSV of the folder; codes stay text."""
    text = {"area_code": pl.String, "value": pl.String, "prefix": pl.String, "source": pl.String}
    frames = {}
    for path in sorted(folder.glob("*.csv")):
        header = path.open(encoding="utf-8").readline().strip().split(",")
        frames[path.stem] = pl.read_csv(path, schema_overrides={c: t for c, t in text.items() if c in header})
    return Tables(frames)
