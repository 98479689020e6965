"""Sealing anew, with the key in force, what an earlier key sealed: in batches, whenever interrupted going on where it stood."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import connection, models, transaction

from . import secrets, sql
from .models import Canary

BATCH = 2_000
PASSES = 5  # rows that somebody holds are left to the next pass


class Sealed(Protocol):
    """Something of a room that rests sealed."""

    def example(self) -> bytes | None:
        """Something that rests sealed there, in a database of any version."""

    def waits(self) -> bool:
        """Whether anything is still sealed with an earlier key."""

    def renewed(self) -> Iterator[int]:
        """Seal it anew, batch by batch, each in its own transaction; how many in each."""


@dataclass(frozen=True, slots=True)
class Column:
    """A sealed column of a table, with the index beside it where it can be looked up."""

    table: type[models.Model]
    sealed: str
    index: str = ""

    def example(self) -> bytes | None:
        if not sql.there(self.table._meta.db_table, self.sealed):
            return None
        found = sql.fetch(f"SELECT {self.sealed} FROM {self._name} WHERE {self.sealed} IS NOT NULL LIMIT 1")
        return bytes(found[0][0]) if found else None

    def waits(self) -> bool:
        query = f"SELECT EXISTS (SELECT 1 FROM {self._name} WHERE {self._old})"
        return bool(sql.fetch(query, [secrets.in_force()])[0][0])

    def renewed(self) -> Iterator[int]:
        after: tuple[Any, ...] = ()
        while True:
            with transaction.atomic():
                rows = self._some(after)
                self._write(rows)
            if not rows:
                return
            yield len(rows)
            after = rows[-1][: len(self._key)]

    @property
    def _name(self) -> str:
        return connection.ops.quote_name(self.table._meta.db_table)

    @property
    def _key(self) -> tuple[str, ...]:
        pk = self.table._meta.pk
        return pk.field_names if isinstance(pk, models.CompositePrimaryKey) else (pk.name,)

    def _kind(self, name: str) -> str:
        field = self.table._meta.get_field(name)
        assert isinstance(field, models.Field)
        return field.rel_db_type(connection) or ""

    @property
    def _old(self) -> str:
        return f"{self.sealed} IS NOT NULL AND get_byte({self.sealed}, 0) <> %s"

    def _some(self, after: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        key, on = ", ".join(self._key), self.index or "NULL"
        beyond = f"AND ({key}) > ({', '.join(['%s'] * len(self._key))})" if after else ""
        return sql.fetch(
            f"SELECT {key}, {self.sealed}, {on} FROM {self._name} WHERE {self._old} {beyond} "
            f"ORDER BY {key} LIMIT {BATCH} FOR UPDATE SKIP LOCKED",
            [secrets.in_force(), *after],
        )

    def _write(self, rows: list[tuple[Any, ...]]) -> None:
        if not rows:
            return
        columns = {name: self._kind(name) for name in self._key}
        columns |= {"sealed_anew": "bytea"} | ({"index_anew": "bytea"} if self.index else {})
        same = " AND ".join(f"t.{name} = u.{name}" for name in self._key)
        news = [(*row[:-2], *renewed(bytes(row[-2]), row[-1] and bytes(row[-1]))) for row in rows]
        values = sql.turn([new[: len(columns)] for new in news], len(columns))
        source = sql.unnest(columns)
        if self.index in self._key:
            # The same thing may have been entered again since, under its new index: that row stays.
            others = " AND ".join(f"o.{name} = u.{'index_anew' if name == self.index else name}" for name in self._key)
            sql.execute(
                f"DELETE FROM {self._name} t USING {source} WHERE {same} AND EXISTS (SELECT 1 FROM {self._name} o WHERE {others})",
                values,
            )
        index = f", {self.index} = u.index_anew" if self.index else ""
        sql.execute(
            f"UPDATE {self._name} t SET {self.sealed} = u.sealed_anew{index} FROM {source} WHERE {same}", values
        )


def renewed(sealed: bytes, index: bytes | None) -> tuple[bytes, bytes | None]:
    """The same text under the key in force, and its index: that of the text, or of the beginning of it that is looked up."""
    text = secrets.decrypt(sealed)
    if index is None:
        return secrets.encrypt(text), None
    found = next((text[:n] for n in range(len(text), 0, -1) if index in secrets.indexes([text[:n]])), text)
    return secrets.encrypt(text), secrets.keyed_index(found)


_places: list[Sealed] = []


def rests_in(*places: Sealed) -> None:
    """Say, when a room is made ready, where it keeps what is sealed."""
    _places.extend(place for place in places if place not in _places)


def example() -> bytes | None:
    """Something that this database holds sealed."""
    return next((found for place in _places if (found := place.example()) is not None), None)


def waits() -> bool:
    """Whether anything is still sealed with an earlier key."""
    return any(place.waits() for place in _places)


def rotate() -> Iterator[int]:
    """Seal everything with the key in force; how many in each batch. From its start on this database opens only with that key."""
    Canary.objects.filter(key="data").update(sealed=secrets.encrypt("seawall"))
    for _ in range(PASSES):
        for place in _places:
            yield from place.renewed()
        if not waits():
            return
