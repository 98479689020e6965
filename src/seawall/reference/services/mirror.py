"""Make a table hold exactly the given rows, touching only those that changed, in two statements."""

from collections.abc import Sequence
from typing import Any, cast

from django.db import connection
from django.db.models import Field, Model

from seawall.platform import sql

Row = Sequence[Any]


def upsert(
    table: type[Model], columns: Sequence[str], rows: Sequence[Row], key: Sequence[str], *, where: str = ""
) -> None:
    """Insert or bring up to date; rows that already say the same are left alone."""
    keys = [_column(table, name) for name in key]
    rest = [_column(table, name) for name in columns if name not in key]
    name = table._meta.db_table
    if not rest:
        sql.insert(table, columns, rows, on_conflict="DO NOTHING")
        return
    sets = ", ".join(f"{c} = excluded.{c}" for c in rest)
    now, new = (", ".join(f"{side}.{c}" for c in rest) for side in (name, "excluded"))
    changed = f"({now}) IS DISTINCT FROM ({new})" + (f" AND {where}" if where else "")
    sql.insert(table, columns, rows, on_conflict=f"({', '.join(keys)}) DO UPDATE SET {sets} WHERE {changed}")


def mirror(table: type[Model], columns: Sequence[str], rows: Sequence[Row], key: Sequence[str]) -> None:
    """Upsert, after removing the rows whose key is not among those given."""
    places = [columns.index(name) for name in key]
    kinds = {_column(table, name): _kind(table, name) for name in key}
    match = " AND ".join(f"t.{c} = u.{c}" for c in kinds)
    sql.execute(
        f"DELETE FROM {table._meta.db_table} t WHERE NOT EXISTS (SELECT 1 FROM {sql.unnest(kinds)} WHERE {match})",
        sql.turn([[row[i] for i in places] for row in rows], len(key)),
    )
    upsert(table, columns, rows, key)


def _field(table: type[Model], name: str) -> "Field[Any, Any]":
    return cast("Field[Any, Any]", table._meta.get_field(name))


def _column(table: type[Model], name: str) -> str:
    return str(_field(table, name).column)


def _kind(table: type[Model], name: str) -> str:
    kind = _field(table, name).db_type(connection) or "text"
    return "text" if kind.startswith("varchar") else kind
