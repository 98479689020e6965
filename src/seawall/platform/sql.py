"""Set-based statements: many rows in, one round trip."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, Model

from . import arrays

Row = Sequence[Any]
_encode = DjangoJSONEncoder(ensure_ascii=False, allow_nan=False).encode


def fetch(sql: str, params: Sequence[Any] | Mapping[str, Any] = (), *, prepared: bool = False) -> list[tuple[Any, ...]]:
    """Rows of one statement. `prepared` is for what many requests a second ask: planning it costs several times its answer."""
    with _cursor(prepared) as cursor:
        cursor.execute(sql, arrays.plain(params))
        return cursor.fetchall()


def execute(sql: str, params: Sequence[Any] | Mapping[str, Any] = (), *, prepared: bool = False) -> int:
    """Run one statement; the number of rows it touched."""
    with _cursor(prepared) as cursor:
        cursor.execute(sql, arrays.plain(params))
        return cursor.rowcount


def there(table: str, column: str) -> bool:
    """Whether the database has it: one of an earlier version may not."""
    query = "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attname = %s)"
    return bool(fetch(query, [table, column])[0][0])


@cache
def _column(table: type[Model], name: str) -> tuple[str, str, str]:
    """Column name, type of its unnest array, and the expression that reads it back."""
    field = table._meta.get_field(name)
    assert isinstance(field, Field)
    kind = field.db_type(connection) or "text"
    column = connection.ops.quote_name(str(field.column))
    if kind.endswith("[]") or kind == "jsonb":
        return column, "text", f"u.{column}::{kind}"
    kind = "text" if kind.startswith("varchar") else kind
    return column, kind, f"u.{column}"


def _cells(table: type[Model], name: str, values: list[Any]) -> list[Any]:
    kind = table._meta.get_field(name).db_type(connection) or ""
    if kind == "jsonb":
        return [None if v is None else "{}" if v == {} else _encode(v) for v in values]
    if kind.endswith("[]"):
        return [None if v is None else arrays.literal(v) or "{}" for v in values]
    return values


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
    typed = ", ".join(f"%s::{kind}[]" for _, kind, _ in parts)
    reads = ", ".join(read for _, _, read in parts)
    sql = f"INSERT INTO {connection.ops.quote_name(table._meta.db_table)} ({names}) SELECT {reads} FROM unnest({typed}) AS u({names})"
    if on_conflict:
        sql += f" ON CONFLICT {on_conflict}"
    if returning:
        sql += " RETURNING " + ", ".join(_column(table, name)[0] for name in returning)
    turned = [_cells(table, name, list(values)) for name, values in zip(columns, zip(*rows, strict=True), strict=True)]
    with bound_cursor() as cursor:
        cursor.execute(sql, arrays.plain(turned))
        return cursor.fetchall() if returning else []


def _cursor(prepared: bool) -> CursorWrapper:
    return bound_cursor() if prepared else connection.cursor()


def bound_cursor() -> CursorWrapper:
    """A cursor whose parameters travel beside the statement: the server need not read megabytes of values as SQL, and keeps
    the plan of what a connection asks again and again."""
    connection.ensure_connection()
    return connection._prepare_cursor(ServerBindingCursor(connection.connection))  # type: ignore[attr-defined,call-arg]


def unnest(columns: Mapping[str, str], alias: str = "u") -> str:
    """FROM item of parallel arrays: unnest({"id": "bigint", "n": "int"}) reads two parameters, lists of equal length."""
    typed = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    return f"unnest({typed}) AS {alias}({', '.join(columns)})"


def turn(rows: Sequence[Row], width: int) -> list[list[Any]]:
    """Rows to parallel lists, for the parameters of `unnest`."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def after(columns: str, place: Row) -> tuple[str, list[Any]]:
    """A condition that goes on after a row, by the columns that order the page ("AND (a, b) > (%s, %s)"); none where it begins."""
    return (f"AND ({columns}) > ({', '.join(['%s'] * len(place))})", list(place)) if place else ("", [])


def like(text: str) -> str:
    """A text inside a LIKE pattern, where its own signs stand for themselves."""
    return re.sub(r"([%_\\])", r"\\\1", text)
