"""Files in, files out: every row that can be answered is, and every other row comes back with its reason.

The files may be longer than the memory. Their rows, in any order, become records of numbers; these are laid aside by
person into parts; each part is judged; the answers are laid aside by line; and the files are read once more, batch by
batch, to give each answer the texts of its own row. A short file takes the same way in one part.
"""

import csv
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock

import numpy as np
import polars as pl
import pyarrow as pa

from ..tables import write_frame
from .answers import due_table, verdict_table
from .batches import Shelf, Source, Target, placed
from .intake import CONDITIONS, DOSES, PEOPLE, REJECTED, Batch, FileNotRead, Intake, Records
from .judging import Schedule, load, shipped
from .parts import Fault, due_record, judge_part, verdict_record

BATCH = 500_000  # rows of a file in memory at a time
PART = 1_500_000  # records in a part, about
MOST_PARTS = 1_024
WORKERS = 2

__all__ = ["FileNotRead", "Summary", "conditions_known", "due_to_files", "rejections", "schedule_at"]


@dataclass(frozen=True, slots=True)
class Summary:
    """How many persons and doses were answered, and how many mistakes came back."""

    persons: int
    doses: int
    rejected: int

    @property
    def exit_code(self) -> int:
        """0 all answered, 3 some rejected, 2 nothing read."""
        return 2 if not self.persons else 3 if self.rejected else 0

    def __str__(self) -> str:
        return f"{self.persons} persons and {self.doses} doses answered, {self.rejected} rows rejected"


def schedule_at(name_or_folder: str | Path) -> Schedule:
    """A shipped schedule by its name, or the folder of one's own."""
    folder = Path(name_or_folder)
    return load(folder if folder.is_dir() else shipped(str(name_or_folder)))


def conditions_known(schedule: Schedule) -> list[tuple[str, str, str]]:
    """Code, Chinese and English name of every condition that the schedule knows."""
    return list(
        {row.condition: (row.condition, row.name_zh, row.name_en) for row in schedule.tables.conditions}.values()
    )


def due_to_files(
    *, schedule: str | Path, as_of: date, people: Path, doses: Path, out: Path, verdicts: Path | None = None,
    rejected: Path | None = None, conditions: Path | None = None, part: int = PART, batch: int = BATCH,
) -> Summary:  # fmt: skip
    """Judges the doses of a file; a name ending in .parquet is written as Parquet, any other as CSV.

    `part` and `batch` bound the memory: about so many records are judged, and so many rows read, at a time.
    """
    sources = [Source(people, PEOPLE), Source(doses, DOSES)]
    if conditions:
        sources.append(Source(conditions, CONDITIONS))
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".seawall-", dir=out.parent) as folder, ExitStack() as stack:
        work = _Work(schedule_at(schedule), as_of, sources, Path(folder), part, batch)
        work.pool = stack.enter_context(ThreadPoolExecutor(WORKERS))
        work.read()
        work.judge()
        due, found = stack.enter_context(Target(out)), stack.enter_context(Target(verdicts))
        answered = work.write(due, found)
        refused = work.rejected()
    if rejected:
        write_frame(refused, rejected)
    return Summary(*answered, len(refused))


class _Work:
    """The four steps of one run, and what lies between them."""

    pool: ThreadPoolExecutor

    def __init__(
        self, schedule: Schedule, as_of: date, sources: list[Source], folder: Path, part: int, batch: int
    ) -> None:
        self.schedule, self.sources, self.folder, self.batch = schedule, sources, folder, batch
        self.intake = Intake(schedule, as_of)
        rows = sum(source.rows() for source in sources)
        self.parts = min(MOST_PARTS, 1 << max(0, (rows // part).bit_length()))
        self.shelves = [Shelf(folder / str(n), s.kind.record, self.parts) for n, s in enumerate(sources)]
        self.refused: list[list[pl.DataFrame]] = [[] for _ in sources]
        self.faults: list[list[Fault]] = [[] for _ in sources]
        self.lock = Lock()

    def read(self) -> None:
        """Every row of every file becomes a record of its person's part, or is set aside."""
        rows = list(self.pool.map(self._read, range(len(self.sources))))
        self.due = self._by_line("due", due_record(self.schedule), rows[0])
        self.verdicts = self._by_line("verdicts", verdict_record(self.schedule), rows[1])

    def _by_line(self, name: str, record: "np.dtype[np.void]", rows: int) -> Shelf:
        return Shelf(self.folder / name, record, max(1, -(-rows // self.batch)))

    def _read(self, number: int) -> int:
        source, rows = self.sources[number], 0
        for text in source.batches(self.batch):
            records, refused = self.intake.read(source.kind, Batch(source.path.name, source.kind, text, source.names))
            self.refused[number] += refused
            self.shelves[number].put((records["check"] & np.uint64(self.parts - 1)).astype(np.int16), records)
            rows += len(text)
        return rows

    def judge(self) -> None:
        """Part by part; the answers go to the batch of their line."""
        list(self.pool.map(self._judge, range(self.parts)))

    def _judge(self, number: int) -> None:
        records = [shelf.take(number) for shelf in self.shelves]
        if len(records) == 2:
            records.append(np.empty(0, CONDITIONS.record))
        part = judge_part(self.schedule, records[0], records[1], records[2], self.intake.day)
        with self.lock:
            for shelf, source, answers in ((self.due, self.sources[0], part.due),
                                           (self.verdicts, self.sources[1], part.verdicts)):  # fmt: skip
                shelf.put((answers["line"] - source.first) // self.batch, answers)
            for faults, found in zip(self.faults, part.faults.values(), strict=False):
                faults += found

    def write(self, due: Target, verdicts: Target) -> tuple[int, int]:
        """Both files at once, in the order of the files read; how many persons and doses were answered."""
        persons = self.pool.submit(self._write, due, self._due())
        doses = self.pool.submit(self._write, verdicts, self._verdicts())
        return persons.result(), doses.result()

    def _write(self, target: Target, tables: Iterator[tuple[int, pa.Table]]) -> int:
        answered = 0
        for count, table in tables:
            answered += count
            target.write(table)
        return answered

    def _answered(self, source: Source, shelf: Shelf, *columns: str) -> Iterator[tuple[pl.DataFrame, Records]]:
        """Batch by batch the rows that were answered, with their answers in the order of the file."""
        nothing = pl.DataFrame(schema=dict.fromkeys(source.kind.columns, pl.String) | {"line": pl.Int64})
        yield nothing, np.empty(0, shelf.record)
        for number, text in enumerate(source.batches(self.batch, *columns)):
            found = shelf.take(number)
            answers, answered = placed(found, found["line"] - text["line"][0], len(text))
            if answered.all():
                yield text, answers
            elif answered.any():
                yield text.filter(pl.Series(answered)), answers[answered]

    def _due(self) -> Iterator[tuple[int, pa.Table]]:
        for text, records in self._answered(self.sources[0], self.due, "person_id"):
            yield len(records), due_table(self.schedule, text["person_id"], records["answer"])

    def _verdicts(self) -> Iterator[tuple[int, pa.Table]]:
        for text, records in self._answered(self.sources[1], self.verdicts, "dose_id", "person_id", "date"):
            line = pl.col("line").cast(pl.String)
            given = text.with_columns(pl.when(pl.col("dose_id") == "").then(line).otherwise("dose_id").alias("dose_id"))
            yield len(records), verdict_table(self.schedule, given, records)

    def rejected(self) -> pl.DataFrame:
        """All rows set aside, by file and row, with what to do in both languages."""
        frames = [frame for frames in self.refused for frame in frames]
        frames += [self._of_others(*pair) for pair in zip(self.sources, self.faults, strict=True)]
        return rejections(frames)

    def _of_others(self, source: Source, faults: list[Fault]) -> pl.DataFrame:
        """Rows set aside because of other rows: their cells are looked up in the file."""
        frames = [
            pl.DataFrame({"row": fault.lines}).with_columns(column=pl.lit(fault.column), code=pl.lit(fault.code))
            for fault in faults
        ]
        empty = pl.DataFrame(schema={"row": pl.Int64, "column": pl.String, "code": pl.String})
        rows = source.with_values(pl.concat([empty, *frames]).sort("row"), self.batch)
        named = pl.col("column").replace(source.names)
        return rows.select(pl.lit(source.path.name).alias("file"), "row", named, "value", "code")


def rejections(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Rejected rows of all files in order, with the sentences of their codes."""
    with (Path(__file__).parent / "rejections.csv").open(encoding="utf-8", newline="") as file:
        sentences = pl.DataFrame(list(csv.DictReader(file)))
    rows = pl.concat([pl.DataFrame(schema=REJECTED), *frames])
    said = sentences.select("code", pl.col("en").alias("message"), "zh")
    return rows.sort("file", "row", maintain_order=True).join(said, on="code", how="left", maintain_order="left")
