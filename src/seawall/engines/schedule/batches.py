"""Long files a batch at a time: read as text, written as Parquet or CSV, and records laid aside in between."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from .intake import FileNotRead, Kind, Records

PARQUET = (".parquet", ".pq")
UNLIKE = ("person_id", "dose_id")  # columns in which few cells are alike; any other is written as a dictionary


class Source:
    """A CSV or Parquet file whose columns may go by several names. Lines are counted as an editor shows them."""

    def __init__(self, path: Path, kind: Kind) -> None:
        self.path, self.kind = path, kind
        self.parquet = path.suffix in PARQUET
        self.first = 1 if self.parquet else 2
        self.names: dict[str, str] = {}
        schema = self._tried(lambda: dict(self._scan().collect_schema()))
        self.columns = []
        for name, aliases in kind.columns.items():
            found = next((alias for alias in aliases if alias in schema), None)
            if found is None and name in kind.needed:
                raise FileNotRead(f"{path.name}: column {name} is missing; the file has {', '.join(schema)}")
            self.names[name] = found or name
            self.columns.append(_text(found, schema).alias(name))

    def _scan(self) -> pl.LazyFrame:
        if self.parquet:
            return pl.scan_parquet(self.path)
        return pl.scan_csv(self.path, infer_schema=False, encoding="utf8")

    def _tried(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except (pl.exceptions.PolarsError, OSError) as wrong:
            kind = "Parquet" if self.parquet else "CSV in UTF-8"
            told = str(wrong).splitlines()[0]
            raise FileNotRead(f"{self.path.name}: cannot be read as {kind}: {told}") from None

    def rows(self) -> int:
        """How many rows the file may have: known of Parquet, guessed of CSV from its size."""
        if self.parquet:
            return int(self._tried(lambda: self._scan().select(pl.len()).collect().item()))
        return self.path.stat().st_size // 24

    def batches(self, size: int, *columns: str) -> Iterator[pl.DataFrame]:
        """The file as text, `size` rows at a time, with `line` as the row in the file; the last batch may be shorter."""
        wanted = [c for c, name in zip(self.columns, self.kind.columns, strict=True) if not columns or name in columns]
        pieces = iter(
            self._tried(lambda: self._scan().select(wanted).collect_batches(chunk_size=size, maintain_order=True))
        )
        line = self.first
        held = pl.DataFrame()
        while (piece := self._tried(lambda: next(pieces, None))) is not None or len(held):
            if piece is not None:
                held = held.vstack(piece) if len(held) else piece
            while len(held) >= size or (piece is None and len(held)):
                yield held.head(size).with_columns(pl.int_range(line, line + min(size, len(held))).alias("line"))
                line += min(size, len(held))
                held = held.slice(size)

    def with_values(self, faults: pl.DataFrame, size: int) -> pl.DataFrame:
        """Adds to rows (`row` in rising order, `column`) the cell that they name; one more pass over the file."""
        found = [faults.clear().with_columns(pl.lit("").alias("value"))]
        for batch in self.batches(size) if len(faults) else ():
            first = int(batch["line"][0])
            here = faults.filter(pl.col("row").is_between(first, first + len(batch) - 1))
            for (column,), rows in here.group_by("column", maintain_order=True):
                found.append(rows.with_columns(batch[str(column)].gather(rows["row"] - first).alias("value")))
        return pl.concat(found).sort("row", maintain_order=True)


def _text(found: str | None, schema: dict[str, Any]) -> pl.Expr:
    if found is None:
        return pl.lit("", pl.String)
    column = pl.col(found)
    if schema[found] == pl.Datetime:
        column = column.cast(pl.Date)
    if schema[found] in (pl.Date, pl.Datetime):
        return column.map_batches(_spelled, pl.String, is_elementwise=True).fill_null("")
    return column.cast(pl.String).fill_null("").str.strip_chars()


def _spelled(dates: pl.Series) -> pl.Series:
    """Dates as text; a file has few different days, so each is spelled once."""
    days = dates.to_physical()
    first, last = days.min(), days.max()
    if not isinstance(first, int) or not isinstance(last, int) or last - first > len(days):
        return dates.cast(pl.String)
    every = pl.int_range(first, last + 1, dtype=pl.Int32, eager=True)
    return every.cast(pl.Date).cast(pl.String).gather(days - first).alias(dates.name)


def _plain(records: Records) -> "np.ndarray[Any, Any]":
    """Records as rows of 32-bit words, which numpy moves faster."""
    return records.view(np.int32).reshape(len(records), records.itemsize // 4)


class Shelf:
    """Records laid aside under numbers; one number stays in memory, more go to files in the folder."""

    def __init__(self, folder: Path, record: np.dtype[Any], count: int) -> None:
        self.folder, self.record, self.count = folder, record, count
        self.held: list[Records] = []
        if count > 1:
            folder.mkdir()

    def put(self, numbers: "np.ndarray[Any, Any]", records: Records) -> None:
        """Lays each record under its number, in the order given."""
        if self.count == 1:
            self.held.append(records)
            return
        ends = np.cumsum(np.bincount(numbers, minlength=self.count))
        if (numbers[1:] < numbers[:-1]).any():
            order = np.argsort(numbers.astype(np.int16), kind="stable")
            records = np.take(_plain(records), order, axis=0).view(self.record)[:, 0]
        start = 0
        for number, end in enumerate(ends):
            if end > start:
                with (self.folder / str(number)).open("ab") as file:
                    records[start:end].tofile(file)
            start = end

    def take(self, number: int) -> Records:
        if self.count == 1:
            held, self.held = self.held, []
            return np.concatenate(held) if held else np.empty(0, self.record)
        path = self.folder / str(number)
        if not path.exists():
            return np.empty(0, self.record)
        records = np.fromfile(path, self.record)
        path.unlink()
        return records


def placed(records: Records, place: "np.ndarray[Any, Any]", count: int) -> tuple[Records, "np.ndarray[Any, Any]"]:
    """`count` records with those given at their places, and which places were filled."""
    answers, answered = np.empty(count, records.dtype), np.zeros(count, bool)
    _plain(answers)[place] = _plain(records)
    answered[place] = True
    return answers, answered


class Target:
    """A file being written: Parquet by the ending of its name, else CSV. It appears when it is whole, or not at all."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.draft = path and path.with_name(f".{path.name}")
        self.writer: Any = None

    def __enter__(self) -> "Target":
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        return self

    def write(self, table: pa.Table) -> None:
        if not self.path or not self.draft:
            return
        if self.path.suffix in PARQUET:
            if self.writer is None:
                coded = [name for name in table.column_names if name not in UNLIKE]
                # Rows in the order of the input: least and greatest values would let nobody pass over any of them.
                self.writer = pq.ParquetWriter(
                    self.draft, table.schema, use_dictionary=coded, store_schema=False, write_statistics=False
                )
            self.writer.write_table(table)
        else:
            new = self.writer is None
            self.writer = self.writer or self.draft.open("wb")
            pl.DataFrame(pl.from_arrow(table)).write_csv(self.writer, include_header=new)

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if self.writer is not None:
            self.writer.close()
        if self.draft and self.path and self.draft.exists():
            self.draft.replace(self.path) if kind is None else self.draft.unlink()
