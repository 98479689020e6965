"""Rows out as Polars frames and rows in as they are, by COPY: a hundred and sixty thousand people in a second."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

import polars as pl
from django.db import connection
from django.db.models import Model
from psycopg import ClientCursor


def frame(sql: str, params: Sequence[Any] | Mapping[str, Any], schema: Mapping[str, Any]) -> pl.DataFrame:
    """Rows of a SELECT under the schema's names and types; arrays come as text joined by `|`, split by `split`."""
    buffer = BytesIO()
    with connection.cursor() as cursor:
        statement = ClientCursor(connection.connection).mogrify(f"COPY ({sql}) TO STDOUT (FORMAT csv)", params)
        with cursor.copy(statement) as rows:
            for block in rows:
                buffer.write(block)
    if not buffer.tell():
        return pl.DataFrame(schema=dict(schema))
    buffer.seek(0)
    dates = [name for name, kind in schema.items() if kind == pl.Date]
    plain = {name: pl.String if kind == pl.Date else kind for name, kind in schema.items()}
    read = pl.read_csv(buffer, has_header=False, schema=plain)
    return read.with_columns(pl.col(name).str.to_date("%Y-%m-%d") for name in dates)


def append(table: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add new rows to a table in one statement; nothing may be there already."""
    fields = {f.name: f.column for f in table._meta.local_fields if f.column}
    names = ", ".join(connection.ops.quote_name(fields[name]) for name in columns)
    target = connection.ops.quote_name(table._meta.db_table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} ({names}) FROM STDIN") as lines:
        for row in rows:
            lines.write_row([getattr(cell, "value", cell) for cell in row])


def split(column: str) -> pl.Expr:
    """The list behind a text joined by `|`."""
    text = pl.col(column)
    return (
        pl.when(text.is_null() | (text == "")).then(pl.lit([], dtype=pl.List(pl.String))).otherwise(text.str.split("|"))
    )
