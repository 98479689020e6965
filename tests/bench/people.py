"""Writes files of people and doses as a country has them: shuffled, ids as text, dates as dates."""

from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from seawall.engines.schedule import Schedule
from seawall.engines.schedule.kernel import layout as at
from seawall.engines.schedule.synthetic import synthetic

CHUNK = 1_000_000


def write_people(schedule: Schedule, folder: Path, persons: int, seed: int = 7) -> tuple[Path, Path]:
    """people.parquet and doses.parquet of so many persons with 0 to 4 doses, made and shuffled a million at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    people, doses = folder / "people.parquet", folder / "doses.parquet"
    writers: list[pq.ParquetWriter] = []
    # Doses lie far from their persons: the chunk that a dose belongs to is written in another order.
    for first in range(0, persons, CHUNK):
        made = synthetic(schedule, min(CHUNK, persons - first), rng)
        count = len(made.births)
        ids = first + np.arange(count)
        frames = [
            pl.DataFrame({"person_id": _ids(ids), "birth_date": _days(made.births[:, at.B_LOW]),
                          "sex": np.array(["U", "M", "F"])[made.births[:, at.B_SEX]]}),
            pl.DataFrame({"person_id": _ids(np.repeat(ids, np.diff(made.starts[:, 0]))),
                          "date": _days(made.doses[:, at.L_LOW]),
                          "product": np.array(schedule.words.products)[made.doses[:, at.L_VACCINE]]})
            .with_row_index("dose_id", first * 5).with_columns(pl.col("dose_id").cast(pl.String)),
        ]  # fmt: skip
        tables = [frame.sample(fraction=1.0, shuffle=True, seed=seed).to_arrow() for frame in frames]
        if not writers:
            writers = [
                pq.ParquetWriter(path, table.schema) for path, table in zip((people, doses), tables, strict=True)
            ]
        for writer, table in zip(writers, tables, strict=True):
            writer.write_table(table)
    for writer in writers:
        writer.close()
    return people, doses


def _ids(numbers: np.ndarray) -> pl.Series:
    """Eleven characters that say nothing of the person's place in the file."""
    mixed = (numbers.astype(np.uint64) * np.uint64(0x9E3779B1)) & np.uint64(0xFFFFFFFF)
    return "P" + pl.Series(mixed).cast(pl.String).str.zfill(10)


def _days(numbers: np.ndarray) -> pl.Series:
    return pl.Series(numbers.astype(np.int32)).cast(pl.Date)
