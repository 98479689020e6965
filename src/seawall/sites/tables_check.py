"""A city's tables of teams, readiness and returning seats before they are taken in: roles that are defined, rows in their order."""

from collections.abc import Mapping

import polars as pl

from seawall.engines.tables import Findings, overlaps
from seawall.staff import selectors as staff


def tables_judge(read: Mapping[str, pl.DataFrame], findings: Findings) -> None:
    """Notes every mistake of these tables; `read` holds the city's tables by name."""
    own = (
        read["roles"]
        .select("role", unused=(pl.col("used") == "0").fill_null(value=False))
        .group_by("role")
        .agg(pl.col("unused").all())
    )
    known = staff.shipped_roles().keys() | set(own["role"].to_list())
    known -= set(own.filter("unused")["role"].to_list())
    of_roles = {"team": "role", "readiness": "by_role"}
    for table, key in (("team", ("role", "stations")), ("readiness", ("code",)), ("seat_returns", ("at",))):
        rows, column = read[table].to_dicts(), of_roles.get(table, "")
        for row in rows:
            if column and row[column] and row[column] not in known:
                findings.add(f"{table}.csv", row["row"], column, row[column], "role_unknown")
        for after, before in overlaps(rows, lambda row, key=key: tuple(row[k] for k in key)):  # type: ignore[misc]
            findings.add(f"{table}.csv", after["row"], "valid_from", after["valid_from"], "overlap", before["row"])
    for row in read["team"].to_dicts():
        if row["most"] is not None and row["least"] is not None and row["most"] < row["least"]:
            findings.add("team.csv", row["row"], "most", row["most"], "most")
