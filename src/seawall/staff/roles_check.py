"""A city's table of roles before it is taken in: its rights exist, its new roles are whole, and somebody gives out posts."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

import polars as pl

from seawall.engines.tables import Findings, overlaps
from seawall.platform.verbs import all_verbs

from .roles import Role, listed, shipped_roles
from .rows import sights

FILE = "roles.csv"
KEEPER, KEPT = "ADMINISTRATOR", frozenset({"see:staff", "accounts_create", "posts_assign"})
OWN = ("level", "purpose", "home")
Row = Mapping[str, Any]


def roles_judge(read: Mapping[str, pl.DataFrame], findings: Findings) -> None:
    """Notes every mistake of the table; `read` holds the city's tables by name."""
    shipped, known = shipped_roles(), _rights()
    words = {key: sorted({getattr(role, key) for role in shipped.values()}) for key in OWN}
    rows = [row for row in read["roles"].to_dicts() if row["role"]]
    for after, before in overlaps(rows, lambda row: row["role"]):
        findings.add(FILE, after["row"], "valid_from", after["valid_from"], "overlap", before["row"])
    for row in rows:
        role = shipped.get(row["role"])
        for column, value, rule, detail in (*_itself(row, role, words), *_granted(row, role, known)):
            findings.add(FILE, row["row"], column, value, rule, detail)


def _itself(row: Row, role: Role | None, words: Mapping[str, list[str]]) -> Iterator[tuple[str, str, str, str]]:
    names = [column for column in row if column.startswith("name_")]
    if role is None and not any(row[name] for name in names):
        yield "name_en", "", "role_unnamed", ", ".join(names)
    for column, said in words.items():
        if (role is None or row[column]) and row[column] not in said:
            yield column, row[column] or "", "role_new", ", ".join(said)
    if row["role"] == KEEPER and row["used"] == "0":
        yield "used", "0", "role_needed", ""


def _granted(row: Row, role: Role | None, known: Collection[str]) -> Iterator[tuple[str, str, str, str]]:
    held = (role.grants if role else frozenset()) | listed(row["gains"])
    for column in ("gains", "loses"):
        for right in sorted(listed(row[column])):
            if right not in known:
                yield column, right, "grant", ", ".join(get_close_matches(right, sorted(known))) or "-"
            elif column == "loses" and right not in held:
                yield column, right, "grant_not_held", ""
            elif column == "loses" and row["role"] == KEEPER and right in KEPT:
                yield column, right, "role_needed", ""


def _rights() -> frozenset[str]:
    return frozenset(all_verbs()) | {sight.grant for sight in sights()}
