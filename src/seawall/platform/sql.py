"""Set-based statements: many rows in, one round trip."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Model

Row = Sequence[Any]


def fetch(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """Rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def execute(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> int:
    """Run one statement; the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


@cache
def _column(table: type[Model], name: str) -> tuple[str, str, str]:
    """Column name, type of its unnest array, and the expression that reads it back."""
    field = table._meta.get_field(name)
    kind = field.db_type(connection) or "text"
    column = connection.ops.quote_name(field.column)
    if kind.endswith("[]") or kind == "jsonb":
        return column, "text", f"u.{column}::{kind}"
    kind = "text" if kind.startswith("varchar") else kind
    return column, kind, f"u.{column}"


def _array_literal(values: Sequence[Any] | None) -> str | None:
    if values is None:
        return None
    return "{" + ",".join(json.dumps(str(v), ensure_ascii=False) for v in values) + "}"


def _cells(table: type[Model], name: str, values: list[Any]) -> list[Any]:
    kind = table._meta.get_field(name).db_type(connection) or ""
    if kind == "jsonb":
        return [None if v is None else json.dumps(v, cls=DjangoJSONEncoder, ensure_ascii=False) for v in values]
    if kind.endswith("[]"):
        return [_array_literal(v) for v in values]
    return [getattr(v, "value", v) for v in values]


def insert(
    table: type[Model],
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    on_conflict: str = "",
    returning: Sequence[str] = (),
) -> list[tuple[Any, ...]]:
    """Insert all rows in one statement.

    `columns` are field names; `on_conflict` is the text after ON CONFLICT ("DO NOTHING", "(a, b) DO UPDATE SET ...");
    `returning` are field names. No rows, no statement.
    """
    if not rows:
        return []
    parts = [_column(table, name) for name in columns]
    names = ", ".join(column for column, _, _ in parts)
    arrays = ", ".join(f"%s::{kind}[]" for _, kind, _ in parts)
    reads = ", ".join(read for _, _, read in parts)
    sql = f"INSERT INTO {connection.ops.quote_name(table._meta.db_table)} ({names}) SELECT {reads} FROM unnest({arrays}) AS u({names})"
    if on_conflict:
        sql += f" ON CONFLICT {on_conflict}"
    if returning:
        sql += " RETURNING " + ", ".join(_column(table, name)[0] for name in returning)
    turned = [_cells(table, name, list(values)) for name, values in zip(columns, zip(*rows, strict=True), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(sql, turned)
        return cursor.fetchall() if returning else []


def unnest(columns: Mapping[str, str], alias: str = "u") -> str:
    """FROM item of parallel arrays: unnest({"id": "bigint", "n": "int"}) reads two parameters, lists of equal length."""
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    return f"unnest({arrays}) AS {alias}({', '.join(columns)})"


def turn(rows: Sequence[Row], width: int) -> list[list[Any]]:
    """Rows to parallel lists, for the parameters of `unnest`."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
