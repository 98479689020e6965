"""Files in, files out: every row that can be answered is, and every other row comes back with its reason."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from .intake import FileNotRead, Rejected, read_conditions, read_doses, read_persons
from .judging import Schedule, judge, load, shipped

STATUS = {"not_yet": "later", "contraindicated": "not_eligible", "ineligible": "not_eligible", "review": "deferred"}
VERDICT = {"valid_by_grace": "grace"}
REJECTED = {"file": pl.String, "row": pl.Int64, "column": pl.String, "value": pl.String, "code": pl.String}

__all__ = ["FileNotRead", "Summary", "conditions_known", "due_on_files", "due_to_files", "schedule_at"]


@dataclass(frozen=True, slots=True)
class Summary:
    """How many persons and doses were answered, and how many rows came back."""

    persons: int
    doses: int
    rejected: int

    @property
    def exit_code(self) -> int:
        return 3 if self.rejected else 0

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


def due_on_files(
    persons: Path, doses: Path, out_dir: Path, schedule: str | Path, as_of: date, conditions: Path | None = None
) -> Summary:
    """Writes due and verdicts as CSV and Parquet, and rejected.csv, into a folder."""
    out_dir.mkdir(parents=True, exist_ok=True)
    due, verdicts, rejected = answer(schedule_at(schedule), as_of, persons, doses, conditions)
    for frame, name in ((due, "due"), (verdicts, "verdicts")):
        write(frame, out_dir / f"{name}.csv")
        write(frame, out_dir / f"{name}.parquet")
    write(rejected, out_dir / "rejected.csv")
    return _summary(due, verdicts, rejected)


def due_to_files(
    *, schedule: str | Path, as_of: date, people: Path, doses: Path, out: Path, verdicts: Path | None = None,
    rejected: Path | None = None, conditions: Path | None = None,
) -> Summary:  # fmt: skip
    """The same to named files; a name ending in .parquet is written as Parquet, any other as CSV."""
    found, judged, refused = answer(schedule_at(schedule), as_of, people, doses, conditions)
    for frame, path in ((found, out), (judged, verdicts), (refused, rejected)):
        if path is not None:
            write(frame, path)
    return _summary(found, judged, refused)


def _summary(due: pl.DataFrame, verdicts: pl.DataFrame, rejected: pl.DataFrame) -> Summary:
    return Summary(due["person_id"].n_unique(), verdicts["dose_id"].n_unique(), len(rejected))


def answer(
    schedule: Schedule, as_of: date, people: Path, doses: Path, conditions: Path | None
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Due, verdicts and rejected rows, with the columns that the files have."""
    refused: list[Rejected] = []
    persons, keys = read_persons(people, as_of, refused)
    given = read_doses(doses, as_of, schedule, keys, refused)
    known = read_conditions(conditions, schedule, keys, refused) if conditions else None
    judgement = judge(schedule, persons, given, known, as_of=as_of)
    return (
        _due(schedule, judgement.due, persons),
        _verdicts(schedule, judgement.verdicts, given),
        _rejected(refused),
    )


def _due(schedule: Schedule, due: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    named = due.with_columns(persons["person_id"].gather(due["person"]))
    return named.select(
        "person_id",
        pl.lit(schedule.programme).alias("programme"),
        "target",
        "series",
        pl.col("status").replace(STATUS),
        pl.col("dose_rank").alias("next_rank"),
        "doses_needed", "earliest", "recommended", "overdue_from", "latest",
        pl.col("products").list.join("|"),
        "complete_on", "deferred_until",
        pl.col("reason").alias("why"),
        "rule",
    )  # fmt: skip


def _verdicts(schedule: Schedule, verdicts: pl.DataFrame, doses: pl.DataFrame) -> pl.DataFrame:
    """One row per dose and target it serves, in the order of the file; a dose that serves none has one row."""
    targets = len(schedule.tables.targets)
    if targets > 1:
        serves = pl.col("verdict").is_not_null()
        alone = ~serves.any().over("row") & (pl.col("target") == schedule.tables.targets[0].target)
        verdicts = verdicts.filter(serves | alone).sort("row", maintain_order=True)
    row = verdicts["row"]
    none = pl.col("verdict").is_null()
    return verdicts.with_columns(
        doses["dose_id"].gather(row), doses["person_id"].gather(row), doses["date"].gather(row)
    ).select(
        "dose_id",
        "person_id",
        "date",
        "product",
        pl.lit(schedule.programme).alias("programme"),
        pl.when(none).then(None).otherwise("target").alias("target"),
        "dose_rank",
        pl.col("verdict").fill_null("extra").replace(VERDICT),
        "reason",
        "rule",
    )


def _rejected(refused: list[Rejected]) -> pl.DataFrame:
    """All rejected rows in the order of file and row, with what to do in both languages."""
    with (Path(__file__).parent / "rejections.csv").open(encoding="utf-8", newline="") as file:
        sentences = pl.DataFrame(list(csv.DictReader(file)))
    rows = pl.concat([r.rows for r in refused]) if refused else pl.DataFrame(schema=REJECTED)
    return rows.sort("file", "row", maintain_order=True).join(
        sentences.select("code", pl.col("en").alias("message"), "zh", "en"),
        on="code",
        how="left",
        maintain_order="left",
    )


def write(frame: pl.DataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        frame.write_parquet(path)
    else:
        frame.write_csv(path)
