"""The rehearsal's own tables of facts and choices and those of its city, each row with its source, read once."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
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

    def marked(self, name: str, count: int, start: int = 1) -> pl.Series:
        """Identifiers by a pattern, each run of # a serial number."""
        pattern, serial = self.text(name), pl.Series(np.arange(start, start + count)).cast(pl.String)
        return serial.str.zfill(pattern.count("#")).str.replace("^", pattern.rstrip("#"))

    def called(self, key: str) -> tuple[str, str]:
        """How the city calls such a thing, in Chinese and English; `{unit}`, `{kind}` and `{n}` stand in it."""
        ((zh, en),) = self["called"].filter(pl.col("key") == key).select("zh", "en").rows()
        return zh or en, en

    def census_day(self) -> date:
        """The day of the ages that the city states."""
        return date.fromisoformat(str(self["census_age"]["day"][0]))

    def number(self, name: str) -> float:
        """One behaviour parameter."""
        return float(self["behaviour"].filter(pl.col("name") == name)["value"][0])


@cache
def load_tables(*cities: Path) -> Tables:
    """Every CSV of the package and of a city's folder of rehearsal tables, the city's own before ours; codes stay text."""
    text = dict.fromkeys(("area_code", "value", "prefix", "made", "source", "zh", "en"), pl.String)
    frames = {}
    for path in (path for folder in (FOLDER, *cities) for path in sorted(folder.glob("*.csv"))):
        with path.open(encoding="utf-8") as file:
            header = file.readline().strip().split(",")
        frames[path.stem] = pl.read_csv(path, schema_overrides={c: t for c, t in text.items() if c in header})
    return Tables(frames)
