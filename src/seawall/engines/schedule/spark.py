"""The same judging on a Spark cluster: Parquet in, and the same rows out as Parquet.

Needs the optional extra `spark` (PySpark 4) and Java 17 or later. The rows of a person come together by the hash of the
person's id, wherever they were stored; `mapInArrow` hands each such part to the code that judges files on one machine.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from ..tables import write_frame
from .answers import due_table, served, verdict_table
from .batches import PARQUET
from .files import Summary, rejections, schedule_at
from .intake import CONDITIONS, DOSES, PEOPLE, Batch, FileNotRead, Intake
from .judging import Schedule
from .parts import Fault, due_record, judge_part, verdict_record

KINDS = {"people": PEOPLE, "doses": DOSES, "conditions": CONDITIONS}
PLACE = pa.schema([("table", pa.string()), ("division", pa.string()), ("file", pa.string()), ("row", pa.int64()),
                   ("place", pa.int64())])  # fmt: skip
REFUSED = pa.schema([("column", pa.string()), ("value", pa.string()), ("code", pa.string())])


class SparkMissing(FileNotRead):
    """The extra or Java is not installed, with what to do."""


def session() -> Any:
    """The running Spark session, or a local one on all cores of this machine."""
    if shutil.which("java") is None:
        raise SparkMissing("Spark needs Java 17 or later: install it. Spark 需要 Java 17 及以上，请先安装。")
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise SparkMissing("PySpark is missing: pip install 'seawall[spark]'. 缺少 PySpark，请先安装。") from None
    running = SparkSession.getActiveSession()
    if running is not None:
        return running
    local = SparkSession.builder.appName("seawall due").master("local[*]").config("spark.driver.host", "127.0.0.1")
    return local.config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "32").getOrCreate()


def due_to_files(
    *, schedule: str | Path, as_of: date, people: Path, doses: Path, out: Path, verdicts: Path, rejected: Path,
    conditions: Path | None = None,
) -> Summary:  # fmt: skip
    """Judges files or folders of Parquet. `out` and `verdicts` become folders of Parquet, `out` by division if known."""
    rules = schedule_at(schedule)
    spark = session()
    files = {"people": people, "doses": doses} | ({"conditions": conditions} if conditions else {})
    rows = _union(_rows(spark, kind, path) for kind, path in files.items()).repartition("person_id")
    answers = rows.mapInArrow(_judging(rules, as_of), _spark_schema(_answer_schema(rules))).persist()
    by_division = answers.where("table = 'due' and division != ''").head(1)
    schemas = _schemas(rules)
    _write(answers, "due", schemas["due"].names, out, bool(by_division))
    _write(answers, "verdicts", schemas["verdicts"].names, verdicts, False)
    refused = pl.DataFrame(answers.where("table = 'rejected'").select("file", "row", *REFUSED.names).toArrow())
    write_frame(rejections([refused]), rejected)
    persons = answers.where("table = 'due' and place = 0").count()
    given = answers.where("table = 'verdicts'").select("file", "row").distinct().count()
    answers.unpersist()
    return Summary(persons, given, len(refused))


def _rows(spark: Any, kind: str, path: Path) -> Any:
    """The rows of one file or folder as text under the names of their kind, with the file and row they stand in."""
    from pyspark.sql import functions as f

    if path.suffix not in PARQUET and not path.is_dir():
        raise FileNotRead(f"{path.name}: Spark reads Parquet only. Spark 只读 Parquet。")
    read = spark.read.parquet(str(path))
    chosen = []
    for name, aliases in KINDS[kind].columns.items():
        found = next((alias for alias in aliases if alias in read.columns), None)
        if found is None and name in KINDS[kind].needed:
            raise FileNotRead(f"{path.name}: column {name} is missing; the file has {', '.join(read.columns)}")
        text = f.trim(f.coalesce(f.col(found).cast("string"), f.lit(""))) if found else f.lit("")
        chosen.append(text.alias(name))
    place = read.division.cast("string") if kind == "people" and "division" in read.columns else f.lit("")
    return read.select(
        *chosen, place.alias("division"), f.lit(kind).alias("_kind"), f.col("_metadata.file_name").alias("_file"),
        (f.col("_metadata.row_index") + 1).alias("_row"),
    )  # fmt: skip


def _union(frames: Iterable[Any]) -> Any:
    first, *others = frames
    for other in others:
        first = first.unionByName(other, allowMissingColumns=True)
    return first


def _judging(rules: Schedule, as_of: date) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def judge(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        pieces = list(batches)
        if pieces:
            rows = pl.DataFrame(pa.Table.from_batches(pieces)).sort("_file", "_row")
            yield from _judged(rules, Intake(rules, as_of), rows).to_batches()

    return judge


def _judged(rules: Schedule, intake: Intake, rows: pl.DataFrame) -> pa.Table:
    """All answers about the persons of one part, and the rows set aside, in one table."""
    texts, records, refused = {}, {}, []
    for name, kind in KINDS.items():
        texts[name] = rows.filter(_kind=name).with_row_index("line")
        batch = Batch(name, kind, texts[name], {column: column for column in kind.columns})
        records[name], frames = intake.read(kind, batch)
        refused += frames
    part = judge_part(rules, records["people"], records["doses"], records["conditions"], intake.day)
    for name, faults in part.faults.items():
        refused += [_set_aside(texts[name], name, fault) for fault in faults]
    people, doses = texts["people"][part.due["line"]], texts["doses"][part.verdicts["line"]]
    own = pl.when(pl.col("dose_id") == "").then(pl.col("_row").cast(pl.String)).otherwise("dose_id")
    due = due_table(rules, people["person_id"], part.due["answer"])
    found = verdict_table(rules, doses.with_columns(own.alias("dose_id")), part.verdicts)
    targets = len(rules.compiled)
    tables = [
        _in_place("due", due, people[np.repeat(np.arange(len(people)), targets)], np.arange(len(due)) % targets),
        _in_place("verdicts", found, doses[served(part.verdicts["found"])[0]], np.arange(len(found))),
        *(
            _in_place("rejected", frame.to_arrow(), texts[frame["file"][0]][frame["row"].to_numpy()])
            for frame in refused
        ),
    ]
    return pa.concat_tables([_filled(table, _answer_schema(rules)) for table in tables])


def _set_aside(text: pl.DataFrame, name: str, fault: Fault) -> pl.DataFrame:
    said = [pl.lit(name).alias("file"), pl.lit(fault.column).alias("column"), pl.lit(fault.code).alias("code")]
    return pl.DataFrame({"row": fault.lines, "value": text[fault.column].gather(fault.lines)}).with_columns(said)


def _in_place(kind: str, table: pa.Table, source: pl.DataFrame, place: Any = 0) -> pa.Table:
    """Rows with the table they belong to, and the file and row of the person or dose that they are about."""
    where = source.select(
        pl.lit(kind).alias("table"), "division", pl.col("_file").alias("file"), pl.col("_row").alias("row")
    )
    where = where.with_columns(pl.Series("place", np.broadcast_to(place, len(source)).astype(np.int64)))
    for name in where.columns:
        if name in table.column_names:
            table = table.drop_columns([name])
        table = table.append_column(name, where[name].to_arrow())
    return table


def _filled(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The table with every column of a schema, null where it has none."""
    columns = [
        table[field.name].cast(field.type) if field.name in table.column_names else pa.nulls(len(table), field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _schemas(rules: Schedule) -> dict[str, pa.Schema]:
    """The columns of the tables that files have, with plain types."""
    text = pl.DataFrame(schema=dict.fromkeys(("dose_id", "person_id", "date"), pl.String))
    due = due_table(rules, text["person_id"], np.empty(0, due_record(rules))["answer"])
    found = verdict_table(rules, text, np.empty(0, verdict_record(rules)))
    return {"due": _plain(due.schema), "verdicts": _plain(found.schema), "rejected": REFUSED}


def _plain(schema: pa.Schema) -> pa.Schema:
    words = (pa.types.is_dictionary, pa.types.is_large_string)
    return pa.schema([(f.name, pa.string() if any(is_word(f.type) for is_word in words) else f.type) for f in schema])


def _answer_schema(rules: Schedule) -> pa.Schema:
    fields = {field.name: field for schema in (PLACE, *_schemas(rules).values()) for field in schema}
    return pa.schema(list(fields.values()))


def _spark_schema(schema: pa.Schema) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(schema)


def _write(answers: Any, table: str, columns: list[str], path: Path, by_division: bool) -> None:
    """One table as a folder of Parquet, in the order of the files read."""
    rows = answers.where(answers.table == table).orderBy("file", "row", "place")
    if by_division:
        rows.select(*columns, "division").write.mode("overwrite").partitionBy("division").parquet(str(path))
    else:
        rows.select(*columns).write.mode("overwrite").parquet(str(path))
