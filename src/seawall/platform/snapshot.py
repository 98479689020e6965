"""What every request asks of small tables, in one statement: the clock, the city, and the versions of rules that rarely change.

Rows read by `versioned` functions are kept in the process under the version that they were read at, so that rules cost a
request nothing until somebody changes them. Outside a request nothing is kept.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection

from . import sql

P = ParamSpec("P")
R = TypeVar("R")
MOST = 2000  # answers kept
SOURCES: dict[str, str] = {}
"""Expressions of one value each, by name, as rooms register them."""

_read: ContextVar[dict[str, Any] | None] = ContextVar("snapshot", default=None)
_kept: dict[tuple[object, ...], Any] = {}


def register(name: str, expression: str) -> None:
    """A value that requests ask for, as a constant SQL expression without parameters."""
    SOURCES[name] = f"({expression})"


def register_version(name: str, *tables: str) -> None:
    """The version of small tables: other as soon as any row of them is."""
    rows = " UNION ALL ".join(f"SELECT '{table}' || ctid::text || xmin::text AS v FROM {table}" for table in tables)
    register(name, f"SELECT md5(string_agg(v, ' ')) FROM ({rows}) x")


@contextmanager
def of_request() -> Iterator[None]:
    """While a request runs, values are read together once."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def forget() -> None:
    """Something was changed: whoever asks next in this request reads anew."""
    held = _read.get()
    if held is not None:
        held.clear()


def value(name: str) -> Any:
    """A registered value, read with all others where a request runs."""
    held = _read.get()
    if held is None:
        return sql.fetch(f"SELECT {SOURCES[name]}")[0][0]
    if name not in held:
        (row,) = sql.fetch(f"SELECT {', '.join(SOURCES.values())}", prepared=True)
        held.update(zip(SOURCES, row, strict=True))
    return held[name]


def versioned(source: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep what a selector answers for as long as the version of its tables stands; the arguments are plain values."""

    def decorate(read: Callable[P, R]) -> Callable[P, R]:
        @wraps(read)
        def asked(*args: P.args, **kwargs: P.kwargs) -> R:
            if _read.get() is None:
                return read(*args, **kwargs)
            key = (connection.settings_dict["NAME"], read, value(source), args, tuple(sorted(kwargs.items())))
            if key not in _kept:
                if len(_kept) > MOST:
                    _kept.clear()
                _kept[key] = read(*args, **kwargs)
            answer: R = copy(_kept[key])
            return answer

        return asked

    return decorate
